"""The network and the phases of a recipe (electron/contract/recipe.ts), as somebody who uses Keras writes them."""
import keras
from keras import layers


def build(recipe, weights):
    """The base and the whole model; it takes pixels in 0..1, [n, 32, 32, 3]."""
    size = recipe["inputSize"]
    base = keras.applications.MobileNetV2(weights=weights, include_top=False, input_shape=(size, size, 3))
    stack = [keras.Input((32, 32, 3))]
    if recipe["scale"] == "-1..1":
        stack.append(layers.Rescaling(2.0, -1.0))
    if size != 32:
        stack.append(layers.Resizing(size, size))
    head = [layers.GlobalAveragePooling2D(), layers.Dense(128, activation="relu"), layers.Dense(10, activation="softmax")]
    return base, keras.Sequential(stack + [base] + head)


def begin(phase, base, model):
    """Freezes and unfreezes as the phase says, and compiles."""
    start = phase["trainableFrom"]
    learns = start == "all"
    base.trainable = start is not None
    for layer in base.layers:
        learns = learns or layer.name == start
        layer.trainable = learns and not (phase.get("keepBatchNormFrozen") and isinstance(layer, layers.BatchNormalization))
    model.compile(optimizer=keras.optimizers.Adam(phase["optimizer"]["learningRate"]), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
