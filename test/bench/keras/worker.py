"""Keras' side of the rows that are measured in turns: worker.py TASK, a JSON object (see scripts/bench/rows.mjs)."""
import json
import statistics
import sys
import time

import keras
import tensorflow as tf

import better
import cifar
import network
from epoch_turns import EpochTurns
from turns import take_turns

FOR_EVER = 10**6
ABOUT = {"keras": keras.__version__, "tensorflow": tf.__version__}


def clock(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def model_of(task):
    base, model = network.build(task["recipe"], task["weights"])
    network.begin(task["recipe"]["phases"][0], base, model)
    return model


def pictures(task):
    pixels, labels = cifar.read(task["data"], cifar.TRAIN, task["recipe"]["limit"])
    return cifar.unit(pixels), labels


def epochs(task):
    """An epoch of `fit`, its validation included."""
    x, y = pictures(task)
    recipe = task["recipe"]
    model_of(task).fit(x, y, epochs=FOR_EVER, batch_size=recipe["batchSize"], validation_split=recipe["validationSplit"], verbose=0, callbacks=[EpochTurns(**ABOUT)])


def better_epochs(task):
    """An epoch of the better recipe: its own input pipeline, no validation."""
    x, y = cifar.read(task["data"], cifar.TRAIN, task["recipe"]["limit"])
    model = better.whole(better.load_base(task["weights"]), better.new_head(), 3e-4)
    model.fit(better.batches(x, y), epochs=FOR_EVER, verbose=0, callbacks=[EpochTurns(**ABOUT)])


class FirstStep(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        self.at = time.perf_counter()
        self.model.stop_training = True


def first_step(task):
    """From `fit` to the end of its first step, on a model that was never traced."""
    x, y = pictures(task)

    def turn():
        keras.backend.clear_session()
        model, first = model_of(task), FirstStep()
        began = time.perf_counter()
        model.fit(x[:64], y[:64], batch_size=64, verbose=0, callbacks=[first])
        return first.at - began

    take_turns(turn, **ABOUT)


def evaluate(task):
    x, y = pictures(task)
    model = model_of(task)
    take_turns(lambda: clock(lambda: model.evaluate(x, y, batch_size=task["batch"], verbose=0)), **ABOUT)


def classify(task):
    x, _ = pictures(task)
    model = model_of(task)
    take_turns(lambda: clock(lambda: model.predict(x, batch_size=task["batch"], verbose=0)), **ABOUT)


def picture(task):
    """The bytes of a PNG to their probabilities: median of some calls, by `predict` or by the model as one traced function."""
    pixels, _ = cifar.read(task["data"], cifar.TEST)
    content = tf.io.encode_png(pixels[0]).numpy()
    model = model_of(task)
    traced = tf.function(lambda x: model(x, training=False))
    name_it = traced if task["traced"] else lambda x: model.predict(x, verbose=0)

    def call():
        x = tf.cast(tf.io.decode_image(content, channels=3, expand_animations=False), tf.float32) / 255.0
        probabilities = name_it(x[None])
        assert len(probabilities[0]) == 10

    take_turns(lambda: statistics.median(clock(call) for _ in range(task["calls"])), **ABOUT)


def import_(task):
    """Class folders to tensors: `image_dataset_from_directory`, and one pass over it."""
    size = task["recipe"]["inputSize"]

    def turn():
        pictures = keras.utils.image_dataset_from_directory(task["folder"], image_size=(size, size), batch_size=64, verbose=False)
        for _ in pictures:
            pass

    take_turns(lambda: clock(turn), **ABOUT)


TASKS = {task.__name__.strip("_"): task for task in (epochs, better_epochs, first_step, evaluate, classify, picture, import_)}
asked = json.loads(sys.argv[1])
TASKS[asked["task"]](asked)
