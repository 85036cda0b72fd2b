"""A whole recipe in a process of its own: recipe.py DATA WEIGHTS RECIPE. The last line is JSON, keys as `tsugiki train --json` prints them."""
import json
import resource
import sys
import time

import keras
import tensorflow as tf

import cifar
import network

data, weights, path = sys.argv[1:]
with open(path) as file:
    recipe = json.load(file)
keras.utils.set_random_seed(0)
x, y = cifar.read(data, cifar.TRAIN, recipe["limit"])
xt, yt = cifar.read(data, cifar.TEST)
x, xt = cifar.unit(x), cifar.unit(xt)
base, model = network.build(recipe, weights)
result = {"images": len(x), "keras": keras.__version__, "tensorflow": tf.__version__}
for phase in recipe["phases"]:
    network.begin(phase, base, model)
    began = time.perf_counter()
    model.fit(x, y, epochs=phase["epochs"], batch_size=recipe["batchSize"], validation_split=recipe["validationSplit"], verbose=0)
    seconds = time.perf_counter() - began
    loss, accuracy = model.evaluate(xt, yt, verbose=0)
    result[phase["name"]] = {"total_seconds": seconds, "test_loss": loss, "test_accuracy": accuracy}
result["peak_rss_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps(result))
