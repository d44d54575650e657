"""A minute to 99 %: the preset `minute` against the well-known Keras convnet, both trained to 99 % of the test images.

Each side of each pair is a process of its own. The Keras side is keras.io's "Simple MNIST convnet" (two convolutions,
Adam, batches of 128, nine tenths of the training images) under `model.fit`, measured on the test images after each
epoch until it classifies 99 % of them correctly; that evaluation is not counted, the tracing is. Ours is
`core.training.train` from the first step to the last, with its metrics, checkpoints and validation.

Usage: python -m benchmarks.minute_to_99 [--pairs N]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from statistics import median

from benchmarks.limits import at_least, at_most, end
from core.config import PRESETS
from core.networks.builder import import_keras

_TARGET_ACCURACY = 0.99
_MAX_S = 20
_MAX_EPOCHS = 30


def main():
    """Print the seconds, CPU seconds and accuracies of all pairs, and the ratio of their medians."""
    options = _options()
    if options.side:
        print(json.dumps({"keras": _keras, "ours": _ours}[options.side](options.seed)))
        return
    pairs = [(_run("keras", seed), _run("ours", seed)) for seed in range(options.pairs)]
    for seed, (theirs, ours) in enumerate(pairs):
        print(f"seed {seed}: Keras example {_describe(theirs)}; preset minute {_describe(ours)}")
    theirs_s, ours_s = (median(pair[side]["s"] for pair in pairs) for side in (0, 1))
    print(f"median: {theirs_s:.1f} s against {ours_s:.1f} s, ratio {ours_s / theirs_s:.3f}", end=" ")
    print(f"({theirs_s / ours_s:.1f} times as fast); 99 % in {ours_s:.1f} s")
    theirs, ours = (min(pair[side]["accuracy"] for pair in pairs) for side in (0, 1))
    end(
        at_most("preset minute, median", ours_s, _MAX_S, "{:.1f} s"),
        at_least("preset minute, lowest accuracy", ours, _TARGET_ACCURACY, "{:.2%}"),
        at_least("Keras example, lowest accuracy", theirs, _TARGET_ACCURACY, "{:.2%}"),
    )


def _options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--side", choices=["keras", "ours"], help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


def _run(side, seed):
    command = [sys.executable, "-m", "benchmarks.minute_to_99", "--side", side, "--seed", str(seed)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(output.splitlines()[-1])


def _describe(result):
    reached = f"{result['accuracy']:.2%} after {result['epochs']} epochs"
    return f"{reached} in {result['s']:.1f} s ({result['cpu_s']:.1f} s of CPU)"


def _keras(seed):
    from core.datasets.mnist import load_arrays

    keras, data = import_keras(), load_arrays()
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, kernel_size=(3, 3), activation="relu"),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Conv2D(64, kernel_size=(3, 3), activation="relu"),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    images, test_images = (data[name][..., None] / 255.0 for name in ("x_train", "x_test"))
    s, cpu_s, accuracy, epochs = 0.0, 0.0, 0.0, 0
    while accuracy < _TARGET_ACCURACY and epochs < _MAX_EPOCHS:
        began, cpu_began = time.perf_counter(), time.process_time()
        model.fit(images[:54000], data["y_train"][:54000], batch_size=128, epochs=1, verbose=0)
        s, cpu_s = s + time.perf_counter() - began, cpu_s + time.process_time() - cpu_began
        epochs += 1
        accuracy = model.evaluate(test_images, data["y_test"], verbose=0)[1]
    return {"s": s, "cpu_s": cpu_s, "accuracy": accuracy, "epochs": epochs}


def _ours(seed):
    from core.runs.store import RunStore
    from core.training.loop import train

    import_keras()
    config = replace(PRESETS["minute"], seed=seed)
    with tempfile.TemporaryDirectory() as root:
        run = RunStore(root).create(config)
        cpu_began = time.process_time()
        status = train(config, run)
        cpu_s, report = time.process_time() - cpu_began, run.report()
        assert report
        return {"s": status.train_s, "cpu_s": cpu_s, "accuracy": report.accuracy, "epochs": config.epochs}


if __name__ == "__main__":
    main()
