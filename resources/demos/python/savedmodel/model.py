"""The model in TensorFlow."""

import tensorflow as tf


def load(path):
    """A function: pixels 0..255, float32 [n, size, size, 3] -> probabilities [n, classes]. Scaling is inside the model."""
    serve = tf.saved_model.load(str(path.parent)).signatures["serving_default"]
    return lambda pixels: serve(image=tf.constant(pixels))["probabilities"].numpy()
