"""The test accuracy of a preset over ten seeds, with its spread.

Usage: python -m benchmarks.recipe_accuracy [--preset NAME] [--seeds N]
"""

import argparse
import json
import subprocess
import sys
from statistics import mean, stdev


def main():
    """Train one run a seed, each a process of its own in the runs folder, and print their test accuracy."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="recipe-60k")
    parser.add_argument("--seeds", type=int, default=10)
    options = parser.parse_args()
    scores = [_test_accuracy(options.preset, seed) for seed in range(options.seeds)]
    print(
        f"{options.preset}, seeds 0 to {options.seeds - 1}: mean {mean(scores):.2%}, standard deviation "
        f"{stdev(scores):.2%}, {min(scores):.2%} to {max(scores):.2%}"
    )


def _test_accuracy(preset, seed):
    command = [sys.executable, "-m", "core", "train", "--preset", preset, "--seed", str(seed), "--json"]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    score = json.loads(output.splitlines()[-1])["test_accuracy"]
    print(f"  seed {seed}: {score:.2%}", flush=True)
    return score


if __name__ == "__main__":
    main()
