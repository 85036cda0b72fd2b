"""
What Keras reaches with a better recipe: 96x96 (bicubic), inputs in -1..1; the head on features computed once; then one epoch of the whole base,
batch norm kept frozen, Adam with warm-up and cosine decay, random flips. better.py DATA WEIGHTS LIMIT; the last line is JSON.
"""
import json
import resource
import sys

import keras
import numpy as np
import tensorflow as tf
from keras import layers

import cifar

SIZE = 96
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def prepare(pixels):
    """Bytes [n, 32, 32, 3] to the base's input."""
    return tf.image.resize(tf.cast(pixels, tf.float32) / 127.5 - 1, (SIZE, SIZE), method="bicubic")


def load_base(weights):
    return keras.applications.MobileNetV2(weights=weights, include_top=False, input_shape=(SIZE, SIZE, 3))


def new_head():
    return keras.Sequential([keras.Input((1280,)), layers.Dense(128, activation="relu"), layers.Dense(10)])


def whole(base, head, rate):
    """Compiled so that all of it learns but the batch norms."""
    for layer in base.layers:
        layer.trainable = not isinstance(layer, layers.BatchNormalization)
    model = keras.Sequential([keras.Input((SIZE, SIZE, 3)), base, layers.GlobalAveragePooling2D(), head])
    model.compile(keras.optimizers.Adam(rate), LOSS, metrics=["accuracy"])
    return model


def batches(x, y):
    flipped = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=1).map(lambda u, v: (tf.image.random_flip_left_right(u), v))
    return flipped.batch(64, drop_remainder=True).map(lambda u, v: (prepare(u), v)).prefetch(2)


def main(data, weights, limit):
    x, y = cifar.read(data, cifar.TRAIN, int(limit))
    xt, yt = cifar.read(data, cifar.TEST)
    base, head = load_base(weights), new_head()
    pooled = keras.Sequential([base, layers.GlobalAveragePooling2D()])
    features = tf.function(lambda u: pooled(prepare(u), training=False))
    head.compile(keras.optimizers.Adam(1e-3), LOSS, metrics=["accuracy"])
    head.fit(np.concatenate([features(x[i:i + 250]).numpy() for i in range(0, len(x), 250)]), y, epochs=5, batch_size=64, verbose=0)
    steps = len(x) // 64
    warm_up = min(60, steps // 2)
    model = whole(base, head, keras.optimizers.schedules.CosineDecay(1e-6, steps - warm_up, warmup_target=3e-4, warmup_steps=warm_up))
    model.fit(batches(x, y), epochs=1, verbose=0)
    _, accuracy = model.evaluate(prepare(xt), yt, verbose=0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"fine_tune": {"test_accuracy": accuracy}, "peak_rss_mib": peak, "keras": keras.__version__, "tensorflow": tf.__version__}))


if __name__ == "__main__":
    main(*sys.argv[1:])
