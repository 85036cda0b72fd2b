"""Starts several workers on this machine, to try out what several machines would do: python launch.py --workers 2"""

import argparse
import os
import socket
import subprocess
import sys
import time

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--workers", type=int, default=2)
count = parser.parse_args().workers

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    address = f"127.0.0.1:{free.getsockname()[1]}"


def start(index):
    """The first worker speaks for all; what the others say is in their logs."""
    names = {"JOB_ADDRESSES": address, "NUM_PROCESSES": count, "PROCESS_ID": index}
    surroundings = {**os.environ, "KERAS_BACKEND": "jax", **{f"KERAS_DISTRIBUTION_{name}": str(value) for name, value in names.items()}}
    log = None if index == 0 else open(f"worker-{index}.log", "w", encoding="utf-8")
    return subprocess.Popen([sys.executable, "train.py"], env=surroundings, stdout=log, stderr=log)


workers = [start(index) for index in range(count)]
try:
    # One that fails leaves the others waiting for it.
    while any(worker.poll() is None for worker in workers) and not any(worker.poll() for worker in workers):
        time.sleep(0.2)
finally:
    for worker in workers:
        worker.terminate()
failed = [index for index, worker in enumerate(workers) if worker.wait() > 0]
if failed:
    sys.exit(f"Worker {failed[0]} failed." + (f" Its words are in worker-{failed[0]}.log." if failed[0] > 0 else ""))
