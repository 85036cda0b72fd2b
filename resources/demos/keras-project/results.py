"""What comes out: `model.keras`, and `history.json` with the figures of every phase. Both go back into Tsugiki.

Until then `progress/` holds what a training that broke off goes on from, when train.py is started again."""

import json
import os
import shutil
import tempfile
import time

import keras

import pictures
import workers

PROGRESS = "progress"
phases, times = {}, {}


class Progress(keras.callbacks.Callback):
    """Keeps weights, optimizer and figures after each epoch. A phase that broke off goes on behind the last one, and one that has ended is not trained again."""

    def __init__(self, phase):
        super().__init__()
        self.phase, self.path = phase, os.path.join(PROGRESS, f"{phase}.json")
        self.kept = {"epochs": 0, "ended": False, "seconds": 0, "history": {}, "epoch_seconds": [], "weights": None}

    def on_train_begin(self, logs=None):
        if os.path.exists(self.path):
            with open(self.path, encoding="utf-8") as file:
                self.kept = json.load(file)
        workers.agree(self.kept["epochs"], f"The workers see different files in {PROGRESS}/. Put it on a disk that they share, or copy that of worker 0 to all others.")
        if self.kept["weights"]:
            print(f"The phase {self.phase} goes on behind epoch {self.kept['epochs']}.")
            self.model.load_weights(os.path.join(PROGRESS, self.kept["weights"]))
        # As keras.callbacks.BackupAndRestore tells fit where to begin.
        self.model._initial_epoch = self.params["epochs"] if self.kept["ended"] else self.kept["epochs"]
        self.began = time.time() - self.kept["seconds"]

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch_began = time.time()

    def on_epoch_end(self, epoch, logs=None):
        self.kept["epoch_seconds"].append(time.time() - self.epoch_began)
        for name, value in logs.items():
            self.kept["history"].setdefault(name, []).append(float(value))
        self.keep(epoch + 1, ended=False)

    def on_train_end(self, logs=None):
        if not self.kept["ended"]:
            # Early stopping may have put the best weights back.
            self.keep(self.kept["epochs"], ended=True)
        self.model.history.history = self.kept["history"]
        times[self.phase] = {"epoch_seconds": self.kept["epoch_seconds"], "total_seconds": self.kept["seconds"]}

    def keep(self, epochs, ended):
        old, new = self.kept["weights"], f"{self.phase}-{epochs}{'-end' if ended else ''}.weights.h5"
        self.kept.update(epochs=epochs, ended=ended, seconds=time.time() - self.began, weights=new)
        os.makedirs(PROGRESS, exist_ok=True)
        write(self.model.save_weights, os.path.join(PROGRESS, new))
        if workers.INDEX == 0:
            with open(self.path + ".new", "w", encoding="utf-8") as file:
                json.dump(self.kept, file)
            # From here on, and not before, the new weights count.
            os.replace(self.path + ".new", self.path)
            if old:
                os.remove(os.path.join(PROGRESS, old))


def write(save, path):
    """Every worker holds the same model and writes it, as Keras asks all of them for it; the first one's is kept."""
    if workers.INDEX == 0:
        save(path)
    else:
        with tempfile.TemporaryDirectory() as folder:
            save(os.path.join(folder, os.path.basename(path)))


def keep(phase, history, loss=None, accuracy=None):
    """Of the test pictures, or of those for validation where there are none."""
    figures = {name: [float(value) for value in values] for name, values in history.history.items()}
    phases[phase] = {"history": figures, **times[phase], "test_loss": loss, "test_accuracy": accuracy}


def save(model):
    write(model.save, "model.keras")
    if workers.INDEX == 0:
        with open("recipe.json", encoding="utf-8") as file:
            recipe = json.load(file)
        counts = {part: sum(counts) for part, counts in pictures.DATA["parts"].items()}
        with open("history.json", "w", encoding="utf-8") as file:
            json.dump({"workers": workers.COUNT, "devices": workers.devices(), "pictures": counts, "recipe": recipe, "phases": phases}, file, indent=1)
        shutil.rmtree(PROGRESS)
