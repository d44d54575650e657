"""An epoch of a preset: what its images take, what its arithmetic takes, and how long one waits for the other.

The images of a chunk are made in a thread of their own while the network learns those of the chunk before. Measured are
the first epoch as it is trained, its images made with nothing else to do, and its steps with the images at hand.

Usage: python -m benchmarks.preset_epoch [--preset reader] [--max-minutes 15]
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.limits import at_most, end
from core.config import PRESETS, schedules
from core.datasets.input_pipeline import training_chunks
from core.datasets.split import split_for
from core.networks.builder import build, import_keras
from core.training import train_step
from core.training.batch_parts import count_parts
from core.training.evaluator import Evaluator


def main():
    """Print the seconds of each part of an epoch, and the minutes that all epochs take with their validation."""
    options = _options()
    config = PRESETS[options.preset]
    parts = count_parts(config)
    train_step.set_threads(config, parts)
    import_keras().utils.set_random_seed(config.seed)
    model, optimizer = build(config), train_step.make_optimizer(config)
    block = train_step.make_step_block(model, optimizer, config)
    data = split_for(config, Path(tempfile.gettempdir()))
    rates = np.full(schedules.steps_per_epoch(len(data.train), config.batch_size), config.learning_rate, np.float32)

    def learn(chunk):
        steps = schedules.steps_per_epoch(len(chunk.labels), config.batch_size)
        block(chunk.images, chunk.labels, rates, np.int32(0), np.int32(steps))

    chunks, images_s = _timed(lambda: list(_chunks(data, config)))
    learn(chunks[-1])
    _, arithmetic_s = _timed(lambda: [learn(chunk) for chunk in chunks])
    waited_s, epoch_s = _timed(lambda: _train(_chunks(data, config), learn))
    evaluator = Evaluator(model, lambda: None, parts)
    evaluator.probabilities(data.validation.images[:500], 0)
    _, validation_s = _timed(lambda: evaluator.probabilities(data.validation.images, 0))
    print(f"{options.preset}: an epoch of {len(data.train):,} images, batch {config.batch_size}")
    print(f"  images alone {images_s:.1f} s, arithmetic alone {arithmetic_s:.1f} s")
    print(f"  together {epoch_s:.1f} s, in which the arithmetic waits for images {waited_s:.1f} s")
    minutes = config.epochs * (epoch_s + validation_s) / 60
    print(f"  validation {validation_s:.1f} s; {config.epochs} epochs: {minutes:.1f} minutes")
    end(at_most(f"minutes of the preset {options.preset}", minutes, options.max_minutes))


def _options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", choices=list(PRESETS), default="reader")
    parser.add_argument("--max-minutes", type=float, default=15)
    return parser.parse_args()


def _chunks(data, config):
    return training_chunks(data.train, config, 0, lambda: 1, lambda: None)


def _train(chunks, learn):
    """Learn each chunk; return for how many seconds in all the next one was not ready."""
    waited_s, began = 0.0, time.perf_counter()
    for chunk in chunks:
        waited_s += time.perf_counter() - began
        learn(chunk)
        began = time.perf_counter()
    return waited_s


def _timed(call):
    """Return what the call returns, and the seconds that it took."""
    began = time.perf_counter()
    found = call()
    return found, time.perf_counter() - began


if __name__ == "__main__":
    main()
