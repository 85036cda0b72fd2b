"""CIFAR-10's binary batches: rows of a label byte and the planes R, G, B."""
import os
import re

import numpy as np

TRAIN, TEST = r"data_batch_\d\.bin", r"test_batch.*\.bin"


def read(folder, pattern, limit=None):
    """Pictures [n, 32, 32, 3] uint8 and labels [n] int32 of the files that match, in file order."""
    names = sorted(name for name in os.listdir(folder) if re.fullmatch(pattern, name))
    rows = np.concatenate([np.fromfile(os.path.join(folder, name), np.uint8).reshape(-1, 3073) for name in names])[:limit]
    return rows[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), rows[:, 0].astype("int32")


def unit(pixels):
    """0..255 to 0..1, as the tutorial has it."""
    return pixels.astype("float32") / 255.0
