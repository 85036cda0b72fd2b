"""The model in LiteRT (TensorFlow Lite)."""

import numpy as np
from ai_edge_litert.interpreter import Interpreter


def load(path):
    """A function: pixels 0..255, float32 [n, size, size, 3] -> probabilities [n, classes]. Scaling is inside the model."""
    interpreter = Interpreter(str(path))
    (image,), (answer,) = interpreter.get_input_details(), interpreter.get_output_details()
    scale, zero = answer["quantization"]

    def ask(pixels):
        interpreter.resize_tensor_input(image["index"], pixels.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(image["index"], pixels.astype(image["dtype"]))
        interpreter.invoke()
        values = interpreter.get_tensor(answer["index"])
        # Of int8 throughout, what comes out are whole numbers, too.
        return (values.astype(np.float32) - zero) * scale if scale else values

    return ask
