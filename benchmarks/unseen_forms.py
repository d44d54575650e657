"""How well a network reads digits in written forms that no training saw, beside those that training draws.

Usage: python -m benchmarks.unseen_forms [--model PATH] [--digits N] [--seed N]
"""

import argparse
from pathlib import Path

import numpy as np

from benchmarks.limits import at_least, end
from core.datasets.synthetic_digits import draw_digits
from core.recognition.recognizer import Recognizer


def main():
    """Print the share of digits that are read right, in either kind of forms, of each digit and of all."""
    options = _options()
    reader = Recognizer.load(options.model)
    labels = np.repeat(np.arange(10), options.digits)
    print("digit   " + "".join(f"{label:8d}" for label in range(10)) + "     all")
    shares = {}
    for kind, is_aside in (("seen", False), ("unseen", True)):
        right = read_right(reader, labels, options.seed, is_aside)
        shares[kind] = right.mean()
        print(f"{kind:8s}" + "".join(f"{each:8.1%}" for each in (*right.reshape(10, -1).mean(axis=1), right.mean())))
    end(at_least("digits in unseen forms that are read right", shares["unseen"], 0.98, "{:.2%}"))


def _options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="a .keras file or a run folder (default: the model that ships)")
    parser.add_argument("--digits", type=int, default=300, help="of each digit and kind (default 300)")
    parser.add_argument("--seed", type=int, default=0, help="of the digits (default 0)")
    return parser.parse_args()


def read_right(reader, labels, seed, is_aside):
    """Return which digits, drawn in forms of one kind and each read as one digit, are read right: (n,) bool."""
    drawings = draw_digits(labels, np.random.default_rng(seed), forms_aside=is_aside)
    readings = reader.read_many(drawings, single=True)
    return np.array([reading.text == str(label) for reading, label in zip(readings, labels, strict=True)])


if __name__ == "__main__":
    main()
