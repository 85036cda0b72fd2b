"""The model in Keras."""

import keras


def load(path):
    """A function: pixels 0..255, float32 [n, size, size, 3] -> probabilities [n, classes]. Scaling is inside the model."""
    return keras.saving.load_model(path, compile=False).predict_on_batch
