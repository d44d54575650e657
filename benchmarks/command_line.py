"""What commands cost: the processor time from start to end of reading a picture, of each help and of wrong use.

Processor time of a process and all its threads, user and system together; it hardly depends on what else runs.

Usage: python -m benchmarks.command_line [--times N]
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from benchmarks.limits import at_most, end
from core.cli.commands import COMMANDS
from core.datasets.mnist import load_arrays

_PROJECT = Path(__file__).resolve().parents[1]
_MAX_READ_S = 3.0
_MAX_HELP_S = 0.3
_HELP = [("--help",), *((each.name, "--help") for each in COMMANDS)]
_WRONG = [
    ("raed",),
    ("read",),
    ("read", "--no-such-option"),
    ("read", "none.png"),
    ("read", "none.png", "--out", "none/parts", "--processes", "0"),
    ("evaluate", "none.keras"),
    ("evaluate", "--pictures", "none"),
    ("export", "none", "--format", "keras"),
    ("bundle", "none"),
    ("import", "none.zip"),
    ("data", "show", "none"),
    ("data", "add", "none.zip"),
    ("sweep", "show", "none"),
    ("release", "none"),
    ("control", "none", "stop"),
    ("train", "--preset", "none"),
    ("train", "--layers", "none.json"),
    ("train", "--resume", "none"),
    ("serve", "--host", "no:name"),
]


def main() -> None:
    """Print the median and the range of each command, and whether it is within its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as folder:
        digit, number = _pictures(Path(folder))
        limits = [
            _limit("read a picture of a digit", ["read", str(digit)], times, _MAX_READ_S),
            _limit("read a picture of a number", ["read", str(number)], times, _MAX_READ_S),
            _limit("read nine pictures, with TensorFlow", ["read", *[str(number)] * 9], times, None),
            *(_limit(" ".join(line), list(line), times, _MAX_HELP_S) for line in _HELP),
            *(_limit(" ".join(line), list(line), times, _MAX_HELP_S) for line in _WRONG),
        ]
    end(*(each for each in limits if each))


def _pictures(folder: Path) -> tuple[Path, Path]:
    """Return the files of a digit and of a number of four, dark on white."""
    images = load_arrays()["x_test"]
    for name, picture in (("digit", images[0]), ("number", np.hstack(list(images[1:5])))):
        size = (10 * picture.shape[1], 10 * picture.shape[0])
        Image.fromarray(255 - picture).resize(size, Image.Resampling.BICUBIC).save(folder / f"{name}.png")
    return folder / "digit.png", folder / "number.png"


def _limit(what: str, arguments: list[str], times: int, limit_s: float | None) -> tuple[str, bool] | None:
    """Print what a command costs; return the line of its limit, where it has one."""
    _cpu_s(arguments)  # once for the files, which are then in memory
    cpu_s = [_cpu_s(arguments) for _ in range(times)]
    print(f"{what}: median {median(cpu_s):.2f} s of processor time ({min(cpu_s):.2f} to {max(cpu_s):.2f}, n = {times})")
    return at_most(what, median(cpu_s), limit_s, "{:.2f} s") if limit_s else None


def _cpu_s(arguments: list[str]) -> float:
    before = os.times()
    subprocess.run([sys.executable, "-m", "core", *arguments], cwd=_PROJECT, capture_output=True, check=False)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


if __name__ == "__main__":
    main()
