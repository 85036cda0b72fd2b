"""An epoch of one long `fit` as a turn of an interleaved measurement."""
import time

import keras

from turns import tell, wait


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
