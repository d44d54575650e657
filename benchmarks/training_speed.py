"""Training against plain Keras: the same network, images, batch size and epochs, side by side.

Each side of each pair is a process of its own. The plain side is `model.fit` as the recipe is usually written; ours is
`core.training.train` with its live metrics. Both train on all 60,000 images without validation, and tracing counts on
both sides: ours is done before the first step, and added to the run's own time. A third process trains with validation,
as a person does, and measures what the snapshots cost.

Usage: python -m benchmarks.training_speed [--network mlp|convnet] [--epochs N] [--pairs N]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from statistics import median
from typing import Any

from benchmarks.limits import at_most, end
from core.config import PRESETS, TrainConfig
from core.networks.builder import build, import_keras

_MAX_RATIO = {"mlp": 1 / 7, "convnet": 1.0}
_QUIET: dict[str, Any] = {"verbose": 0}  # which Keras annotates as a string alone


def main():
    """Print the times, accuracies and ratios of all pairs, and their medians."""
    options = _options()
    if options.side:
        config = _config(options.network, options.epochs, options.seed)
        print(json.dumps({"plain": _plain, "ours": _ours, "with_snapshots": _with_snapshots}[options.side](config)))
        return
    pairs = [(_run("plain", options, seed), _run("ours", options, seed)) for seed in range(options.pairs)]
    print(f"{options.network}, {options.epochs} epochs, batch {_config(options.network, 1, 0).batch_size}")
    for seed, (plain, ours) in enumerate(pairs):
        print(f"  seed {seed}: {_describe(plain)} plain, {_describe(ours)} ours, ratio {ours['s'] / plain['s']:.3f}")
    plain_s, ours_s = (median(pair[side]["s"] for pair in pairs) for side in (0, 1))
    ratio = median(ours["s"] / plain["s"] for plain, ours in pairs)
    print(f"  median: {plain_s:.2f} s plain, {ours_s:.2f} s ours, ratio {ratio:.3f} ({1 / ratio:.1f} times as fast)")
    share = median(ours["metrics_s"] / ours["s"] for _, ours in pairs)
    lines = median(ours["lines"] / ours["s"] for _, ours in pairs)
    print(f"  live metrics: {lines:.1f} lines a second, {share:.2%} of the training time")
    checkpoints = median(ours["checkpoints_s"] / ours["s"] for _, ours in pairs)
    print(f"  a checkpoint an epoch: {checkpoints:.2%} of the training time, if training waited for it")
    shares = [_run("with_snapshots", options, seed) for seed in range(options.pairs)]
    each_epoch, all_snapshots = (median(share[which] for share in shares) for which in ("epochs", "all"))
    print(
        f"  a snapshot at each epoch's end: {each_epoch:.2%} of the training time; with the ten digits "
        f"and the snapshots within the epochs: {all_snapshots:.2%}"
    )
    end(
        at_most("our time against plain Keras", ratio, _MAX_RATIO[options.network], "{:.3f}"),
        at_most("checkpoints, share of the training time", checkpoints, 0.03, "{:.2%}"),
        at_most("snapshots at each epoch's end, share of the training time", each_epoch, 0.02, "{:.2%}"),
    )


def _options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", choices=["mlp", "convnet"], default="mlp")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--side", choices=["plain", "ours", "with_snapshots"], help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


def _config(network, epochs, seed):
    base = TrainConfig() if network == "mlp" else PRESETS["convnet"]
    return replace(
        base,
        epochs=epochs,
        seed=seed,
        validation_images=0,
        augmentation=False,
        schedule="constant",
        learning_rate=0.001,
    )


def _run(side, options, seed):
    command = [sys.executable, "-m", "benchmarks.training_speed", "--side", side, "--seed", str(seed)]
    command += ["--network", options.network, "--epochs", str(options.epochs)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(output.splitlines()[-1])


def _describe(result):
    return f"{result['s']:.2f} s and {result['accuracy']:.2%}"


def _plain(config):
    from core.datasets.mnist import load_arrays

    keras, data = import_keras(), load_arrays()
    keras.utils.set_random_seed(config.seed)
    model = build(config)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    images = data["x_train"] / 255.0
    began = time.perf_counter()
    model.fit(images, data["y_train"], epochs=config.epochs, batch_size=config.batch_size, **_QUIET)
    took_s = time.perf_counter() - began
    return {"s": took_s, "accuracy": model.evaluate(data["x_test"] / 255.0, data["y_test"], **_QUIET)[1]}


def _ours(config):
    from core.runs.store import RunStore
    from core.training import train_step
    from core.training.loop import train

    traced_s, make_step_block = [], train_step.make_step_block

    def timed(*arguments):
        began = time.perf_counter()
        try:
            return make_step_block(*arguments)
        finally:
            traced_s.append(time.perf_counter() - began)

    train_step.make_step_block = timed
    with tempfile.TemporaryDirectory() as root:
        store = RunStore(root)
        run = store.create(config)
        status = train(config, run)
        rows = run.metrics().rows
        other = store.create(config)
        began = time.perf_counter()
        for row in rows:
            other.append_metrics(row)
        metrics_s = time.perf_counter() - began
        state, report = run.checkpoint(), run.report()
        assert state and report
        began = time.perf_counter()
        for _ in range(config.epochs):
            other.save_checkpoint(state)
        checkpoints_s = time.perf_counter() - began
        return {
            "s": status.train_s + sum(traced_s),
            "accuracy": report.accuracy,
            "lines": len(rows),
            "metrics_s": metrics_s,
            "checkpoints_s": checkpoints_s,
        }


def _with_snapshots(config):
    from core.runs.store import RunStore
    from core.training import loop
    from core.training.snapshot_recorder import SnapshotRecorder

    snapshots_s, epochs_s = [], []

    def timed(method):
        def measured(*arguments):
            began = time.perf_counter()
            try:
                return method(*arguments)
            finally:
                snapshots_s.append(time.perf_counter() - began)
                if len(arguments) == 5 and arguments[-1] is not None:  # all validation images: an epoch's end
                    epochs_s.append(snapshots_s[-1])

        return measured

    for name in ("record_snapshot", "read_probe_digits"):
        setattr(SnapshotRecorder, name, timed(getattr(SnapshotRecorder, name)))
    with tempfile.TemporaryDirectory() as root:
        config = replace(config, validation_images=TrainConfig().validation_images)
        status = loop.train(config, RunStore(root).create(config))
        return {"epochs": sum(epochs_s) / status.train_s, "all": sum(snapshots_s) / status.train_s}


if __name__ == "__main__":
    main()
