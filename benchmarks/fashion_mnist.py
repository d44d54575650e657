"""The test accuracy of two presets on Fashion-MNIST, ten kinds of clothes, from Debian's package dataset-fashion-mnist.

Usage: python -m benchmarks.fashion_mnist [--files FOLDER] [--seed N]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

from benchmarks.limits import at_least, end

_FILES = "/usr/share/datasets/fashion-mnist"
_MIN_ACCURACY = {"recipe": 0.87, "convnet": 0.91}


def main():
    """Add the data set to a folder of its own, train each preset on it once, and print the test accuracies."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", default=_FILES, help=f"the folder of the four IDX files (default: {_FILES})")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    limits = []
    with tempfile.TemporaryDirectory() as home:
        added = _run(home, "data", "add", options.files, "--name", "Fashion-MNIST", "--json")
        print(f"{added['name']}: {added['train_images']:,} images for training, {added['test_images']:,} for the test")
        for preset, accuracy in _MIN_ACCURACY.items():
            arguments = ("--preset", preset, "--dataset", added["dataset"], "--seed", str(options.seed), "--json")
            result = _run(home, "train", *arguments)
            print(f"{preset}: {result['test_accuracy']:.2%}, trained in {result['train_s']:.0f} s", flush=True)
            limits.append(at_least(f"preset {preset} reads", result["test_accuracy"], accuracy, "{:.2%}"))
    end(*limits)


def _run(home, *arguments):
    """Return the JSON object on the last line of what a command of the program prints."""
    environment = os.environ | {"DIGIT_STUDIO_HOME": home}
    output = subprocess.run(
        [sys.executable, "-m", "core", *arguments],
        check=True,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ).stdout
    return json.loads(output.splitlines()[-1])


if __name__ == "__main__":
    main()
