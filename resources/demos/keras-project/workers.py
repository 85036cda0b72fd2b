"""Who does the work: all devices of this machine, and of all machines that the surroundings name."""

import os

import keras

# Keras' own variables: how many programs like this one run together, and which of them this is.
COUNT = int(os.environ.get("KERAS_DISTRIBUTION_NUM_PROCESSES", 1))
INDEX = int(os.environ.get("KERAS_DISTRIBUTION_PROCESS_ID", 0))


def join():
    """Finds the other workers. From here on every batch is shared by all devices, and every device holds the whole model."""
    if keras.backend.backend() == "jax":
        if COUNT > 1:
            keras.distribution.initialize()
        if devices() > 1:
            keras.distribution.set_distribution(keras.distribution.DataParallel(auto_shard_dataset=False))
    elif COUNT > 1:
        raise SystemExit(f"Keras on {keras.backend.backend()} does not train on several machines. Set KERAS_BACKEND=jax.")


def devices():
    """Of all workers together."""
    return len(keras.distribution.list_devices()) if keras.backend.backend() == "jax" else 1


def agree(number, otherwise):
    """Ends all workers, with a sentence, where they do not have the same number: they would wait for each other for ever."""
    if COUNT > 1:
        from jax.experimental import multihost_utils

        multihost_utils.assert_equal(number, otherwise)
