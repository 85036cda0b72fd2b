"""What comes out: `model.keras`, and `history.json` with the figures of every phase. Both go back into Tsugiki."""

import json
import os
import shutil
import tempfile
import time

import workers

phases, began = {}, time.time()


def keep(phase, history, loss=None, accuracy=None):
    """Of the test pictures, or of those for validation where there are none."""
    global began
    phases[phase] = {
        "history": {name: [float(value) for value in values] for name, values in history.history.items()},
        "total_seconds": time.time() - began,
        "test_loss": loss,
        "test_accuracy": accuracy,
    }
    began = time.time()


def save(model):
    """Every worker holds the same model and writes it, as Keras asks all of them for it; the first one's is kept."""
    path = "model.keras" if workers.INDEX == 0 else os.path.join(tempfile.mkdtemp(), "model.keras")
    model.save(path)
    if workers.INDEX == 0:
        with open("history.json", "w", encoding="utf-8") as file:
            json.dump({"workers": workers.COUNT, "devices": workers.devices(), **phases}, file, indent=1)
    else:
        shutil.rmtree(os.path.dirname(path))
