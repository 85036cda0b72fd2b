"""One side of an interleaved measurement: prepares, says so, then does one turn for each line on stdin (test/bench/turns.ts is the other)."""
import json
import os
import sys

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
