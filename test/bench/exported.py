"""The Python program of an export, timed: exported.py FOLDER PICTURE CALLS. From a picture's file to its probabilities, the median."""
import json
import os
import statistics
import sys
import time

folder, picture, calls = sys.argv[1], sys.argv[2], int(sys.argv[3])
sys.path.insert(0, os.path.join(folder, "python"))
WARM_UP = 3


def timed(ask):
    seconds = []
    for _ in range(WARM_UP + calls):
        began = time.perf_counter()
        ask(classify.pixels_of(picture)[None])
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds[WARM_UP:])


try:
    import classify
except ModuleNotFoundError as error:
    print(json.dumps({"missing": error.name}))
    sys.exit()
result = {"answer": timed(classify.ask)}
# Of Keras, what the lesson calls, too.
keras_model = getattr(classify.ask, "__self__", None)
if keras_model:
    result["predict"] = timed(lambda pixels: keras_model.predict(pixels, verbose=0))
print(json.dumps(result))
