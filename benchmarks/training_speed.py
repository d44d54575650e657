"""Training against plain Keras or tuned PyTorch: the same network, images, batch size and epochs, side by side.

Each side of each pair is a process of its own, and the two take turns. The plain side is `model.fit` as the recipe is
usually written; PyTorch's is `benchmarks.pytorch_training`; ours is `core.training.train` with its live metrics. All
train on all 60,000 images without validation, and tracing counts on all sides: ours is done before the first step, and
added to the run's own time. Beside plain Keras, a third process trains with validation, as a person does, and measures
what the snapshots cost.

Usage: python -m benchmarks.training_speed [--network mlp|convnet] [--epochs N] [--pairs N]
       [--against keras|pytorch] [--pytorch-python PATH]
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

_QUIET: dict[str, Any] = {"verbose": 0}  # which Keras annotates as a string alone
_LIMITS = {("mlp", "keras"): 1 / 7, ("convnet", "keras"): 1.0, ("mlp", "pytorch"): 1.0, ("convnet", "pytorch"): 0.75}
"""The most that our time may be, as a share of the other side's."""


def main():
    """Print the times, accuracies and ratios of all pairs, their medians and their spread."""
    options = _options()
    if options.side:
        config = _config(options.network, options.epochs, options.seed)
        print(json.dumps({"keras": _plain, "ours": _ours, "with_snapshots": _with_snapshots}[options.side](config)))
        return
    _check_pytorch(options)
    pairs = [(_run(options.against, options, seed), _run("ours", options, seed)) for seed in range(options.pairs)]
    name = f"PyTorch {pairs[0][0]['version']}" if options.against == "pytorch" else "plain Keras"
    print(f"{options.network}, {options.epochs} epochs, batch {_config(options.network, 1, 0).batch_size}")
    for seed, (theirs, ours) in enumerate(pairs):
        ratio = ours["s"] / theirs["s"]
        print(f"  seed {seed}: {_describe(theirs)} {name}, {_describe(ours)} ours, ratio {ratio:.3f}")
    their_times, our_times = ([pair[side]["s"] for pair in pairs] for side in (0, 1))
    print(f"  {name}: {_spread(their_times)}; ours: {_spread(our_times)}")
    ratio = median(ours / theirs for theirs, ours in zip(their_times, our_times, strict=True))
    best = min(our_times) / min(their_times)
    print(f"  ratio {ratio:.3f} ({1 / ratio:.1f} times as fast); each side's best time, ratio {best:.3f}")
    if options.against == "keras":
        cores = [theirs["cores"] for theirs, _ in pairs]
        print(f"  {name} kept {min(cores):.2f} to {max(cores):.2f} cores busy")
    kept = at_most(f"our time against {name}", ratio, _LIMITS[options.network, options.against], "{:.3f}")
    end(kept, *(_own_limits(options, [ours for _, ours in pairs]) if options.against == "keras" else []))


def _own_limits(options, runs):
    """Print what live metrics, checkpoints and snapshots cost; return the limits of the latter two."""
    share = median(ours["metrics_s"] / ours["s"] for ours in runs)
    lines = median(ours["lines"] / ours["s"] for ours in runs)
    print(f"  live metrics: {lines:.1f} lines a second, {share:.2%} of the training time")
    checkpoints = median(ours["checkpoints_s"] / ours["s"] for ours in runs)
    print(f"  a checkpoint an epoch: {checkpoints:.2%} of the training time, if training waited for it")
    shares = [_run("with_snapshots", options, seed) for seed in range(options.pairs)]
    each_epoch, all_snapshots = (median(share[which] for share in shares) for which in ("epochs", "all"))
    print(
        f"  a snapshot at each epoch's end: {each_epoch:.2%} of the training time; with the ten digits "
        f"and the snapshots within the epochs: {all_snapshots:.2%}"
    )
    return [
        at_most("checkpoints, share of the training time", checkpoints, 0.03, "{:.2%}"),
        at_most("snapshots at each epoch's end, share of the training time", each_epoch, 0.02, "{:.2%}"),
    ]


def _options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", choices=["mlp", "convnet"], default="mlp")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--against", choices=["keras", "pytorch"], default="keras")
    parser.add_argument("--pytorch-python", default=sys.executable, help="the Python that has PyTorch, if not this one")
    parser.add_argument("--side", choices=["keras", "ours", "with_snapshots"], help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


def _check_pytorch(options):
    """End the program with a sentence where PyTorch is to be measured and cannot be imported."""
    if options.against != "pytorch":
        return
    command = [options.pytorch_python, "-c", "import torch, numpy"]
    try:
        found = subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        found = False
    if not found:
        sys.exit(
            f"{options.pytorch_python} cannot import PyTorch. Install it (pip install -r requirements-pytorch.txt), "
            "here or in an environment of its own whose Python you name with --pytorch-python."
        )


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
    common = ["--network", options.network, "--epochs", str(options.epochs), "--seed", str(seed)]
    command = [sys.executable, "-m", "benchmarks.training_speed", "--side", side, *common]
    if side == "pytorch":
        command = [options.pytorch_python, "-m", "benchmarks.pytorch_training", *common, *_for_pytorch(options.network)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(output.splitlines()[-1])


def _for_pytorch(network):
    """Return what PyTorch's side is told of the recipe, as arguments."""
    from core.datasets.mnist import MNIST_PATH

    config = _config(network, 1, 0)
    arguments = {
        "--data": MNIST_PATH,
        "--units": config.hidden_units,
        "--dropout": config.dropout,
        "--batch-size": config.batch_size,
        "--learning-rate": config.learning_rate,
    }
    return [str(each) for argument in arguments.items() for each in argument]


def _describe(result):
    return f"{result['s']:.2f} s and {result['accuracy']:.2%}"


def _spread(times_s):
    return f"{median(times_s):.2f} s at the median ({min(times_s):.2f} to {max(times_s):.2f})"


def _plain(config):
    from core.datasets.mnist import load_arrays

    keras, data = import_keras(), load_arrays()
    keras.utils.set_random_seed(config.seed)
    model = build(config)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    images = data["x_train"] / 255.0
    began, began_cpu = time.perf_counter(), time.process_time()
    model.fit(images, data["y_train"], epochs=config.epochs, batch_size=config.batch_size, **_QUIET)
    took_s, cpu_s = time.perf_counter() - began, time.process_time() - began_cpu
    accuracy = model.evaluate(data["x_test"] / 255.0, data["y_test"], **_QUIET)[1]
    return {"s": took_s, "accuracy": accuracy, "cores": cpu_s / took_s}


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
