"""One side of an interleaved measurement: prepares, says so, then does one turn for each line on stdin (test/bench/turns.ts is the other)."""
import json
import os
import sys
import time

import keras


def tell(**answer):
    print(json.dumps(answer), flush=True)


def wait():
    """Until the next turn is wanted; the end of stdin is the end of the process, in whatever loop it stands."""
    if not sys.stdin.readline():
        os._exit(0)


def take_turns(turn, **about):
    """Does each turn; `turn` gives its seconds. The first, which traces, is not counted."""
    turn()
    tell(ready=True, **about)
    while True:
        wait()
        tell(seconds=turn())


class EpochTurns(keras.callbacks.Callback):
    """Makes each epoch of one long `fit` a turn; the first, which traces, is not counted."""

    def __init__(self, **about):
        super().__init__()
        self.about = about

    def on_epoch_begin(self, epoch, logs=None):
        if epoch > 0:
            wait()
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        seconds = time.perf_counter() - self.began
        if epoch > 0:
            tell(seconds=seconds)
        else:
            tell(ready=True, **self.about)
