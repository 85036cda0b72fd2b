"""The model in onnxruntime."""

import onnxruntime


def load(path):
    """A function: pixels 0..255, float32 [n, size, size, 3] -> probabilities [n, classes]. Scaling is inside the model."""
    session = onnxruntime.InferenceSession(str(path))
    return lambda pixels: session.run(["probabilities"], {"image": pixels})[0]
