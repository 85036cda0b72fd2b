"""
The Python program of an export as one side of an interleaved measurement: exported.py FOLDER PICTURE CALLS [predict].
A turn: from a picture's file to its probabilities, the median of the calls; with "predict", asked as the Keras lesson asks.
"""
import os
import statistics
import sys
import time

folder, picture, calls, *how = sys.argv[1:]
sys.path[:0] = [os.path.join(folder, "python"), os.path.join(os.path.dirname(os.path.abspath(__file__)), "keras")]
import classify
from turns import take_turns

model = getattr(classify.ask, "__self__", None)
ask = (lambda pixels: model.predict(pixels, verbose=0)) if how == ["predict"] else classify.ask


def call(_):
    began = time.perf_counter()
    ask(classify.pixels_of(picture)[None])
    return time.perf_counter() - began


take_turns(lambda: statistics.median(map(call, range(int(calls)))))
