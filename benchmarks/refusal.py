"""How much is refused: the share of pictures of no digit, by kind, and of MNIST's test digits.

Usage: python -m benchmarks.refusal [--model PATH] [--pictures N] [--seed N]
"""

import argparse
from pathlib import Path

import numpy as np

from benchmarks.limits import at_least, end
from benchmarks.refusal_pictures import KINDS, pictures
from core.datasets.mnist import load_arrays
from core.recognition.recognizer import Recognizer


def main():
    """Print the share of each kind that is refused, of all of them, and the share of digits that are kept."""
    options = _options()
    reader = Recognizer.load(options.model)
    found = {kind: refused(reader, pictures(kind, options.pictures, options.seed)) for kind in KINDS}
    for kind, each in found.items():
        print(f"{kind:12s} n {len(each):5d}  refused {each.mean():7.2%}")
    every = np.concatenate(list(found.values()))
    print(f"{'all':12s} n {len(every):5d}  refused {every.mean():7.2%}")
    digits = refused(reader, load_arrays()["x_test"])
    print(f"{'MNIST test':12s} n {len(digits):5d}  kept    {1 - digits.mean():7.2%}")
    end(
        at_least("pictures of no digit that are refused", every.mean(), 0.95, "{:.2%}"),
        at_least("MNIST's test digits that are kept", 1 - digits.mean(), 0.99, "{:.2%}"),
    )


def _options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="a .keras file or a run folder (default: the model that ships)")
    parser.add_argument("--pictures", type=int, default=600, help="of each kind (default 600)")
    parser.add_argument("--seed", type=int, default=0, help="of the pictures (default 0)")
    return parser.parse_args()


def refused(reader, images):
    """Return which pictures, each read as one digit, give no digit or a refused one: (n,) bool."""
    readings = reader.read_many(images, single=True)
    return np.array([not reading.digits or reading.digits[0].refused for reading in readings])


if __name__ == "__main__":
    main()
