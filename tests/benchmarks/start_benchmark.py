"""How long a learner waits for the start, and how much memory a command takes.

    python tests/benchmarks/start_benchmark.py start --rounds 5
    python tests/benchmarks/start_benchmark.py memory compare --data mnist --seeds 3

`start` begins new processes and prints the least and the median of seconds: of `import dimlearn`;
of TensorFlow's and Keras' own import; of `import dimlearn.check` after it, and of the first
exercise, which is imported when it is used; and of a first `fit` until its first step is done (the
encoder of `dimlearn compare`, local objective and prior, steps one by one).

`memory` runs `dimlearn` with the arguments that follow and prints the most memory that it held.
"""

import argparse
import importlib
import json
import resource
import statistics
import subprocess
import sys
import time

IMPORTS = ("dimlearn", "dimlearn.startup", "dimlearn.check")  # the second is TensorFlow's


def start(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = []
    for _ in range(parser.parse_args(arguments).rounds):
        command = [sys.executable, __file__, "once"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        rounds.append(json.loads(done.stdout))
    print(f"{'seconds':28}  least  median")
    for name in rounds[0]:
        waits = [waits[name] for waits in rounds]
        print(f"{name:28}{min(waits):7.3f}{statistics.median(waits):8.3f}")


def once(arguments):
    """One round, in a process that has imported nothing yet."""
    waits = {}
    for name in IMPORTS:
        began = time.perf_counter()
        importlib.import_module(name)
        waits[f"import {name}"] = time.perf_counter() - began
    began = time.perf_counter()
    assert sys.modules["dimlearn.check"].jsd_bound.probes
    waits["the first exercise"] = time.perf_counter() - began
    waits["the first step of fit"] = first_step()
    print(json.dumps(waits))


def first_step():
    import numpy as np

    from dimlearn import DeepInfoMax, build_encoder
    from dimlearn.startup import keras

    images = np.random.default_rng(0).random((256, 28, 28, 1), dtype="float32")
    model, ends = DeepInfoMax(build_encoder((28, 28, 1)), 0, 1, 0.1), []
    model.compile("adam")
    clock = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: ends.append(time.perf_counter())
    )
    began = time.perf_counter()
    model.fit(images, callbacks=[clock], verbose=0)
    return ends[0] - began


def memory(arguments):
    began = time.perf_counter()
    status = subprocess.run([sys.executable, "-m", "dimlearn", *arguments]).returncode
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    most /= 1024**2 if sys.platform == "darwin" else 1024  # bytes there, KiB here
    print(f"{time.perf_counter() - began:.0f} s, at most {most:.0f} MiB, status {status}")


PARTS = {"start": start, "once": once, "memory": memory}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in PARTS:
        sys.exit(__doc__)
    PARTS[sys.argv[1]](sys.argv[2:])
