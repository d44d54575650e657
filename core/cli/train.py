"""Train a network on MNIST, or on a data set of your own. The run is filed in the runs folder (DIGIT_STUDIO_HOME, or
runs/) and trained by a process of its own; Ctrl+C stops it and keeps the newest whole epoch."""

import argparse
import json
import sys
import time
import typing
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.cluster_option import add_cluster_option
from core.cli.datasets import find_dataset
from core.cli.errors import UsageError
from core.cli.following import follow_to_end, waiting_reason
from core.cli.models import run_with_model
from core.cluster import check_cluster, cluster_address
from core.config import FIELD_SPECS, PRESETS, FieldSpec, TrainConfig, format_number, preset
from core.config.dataset_spec import DatasetSpec
from core.config.percent import percent
from core.config.presets import preset_for
from core.config.train_config import READER
from core.datasets.store import DatasetStore
from core.evaluation.outcome import find_failed_learning
from core.runs.commands import CommandName
from core.runs.metrics_schema import MetricRow, Metrics
from core.runs.plan import TrainingPlan
from core.runs.quota import check_resume, file_run
from core.runs.run import Run
from core.runs.schema import RunError, RunState
from core.runs.store import RunStore
from core.storage.os_errors import describe_os_error

if TYPE_CHECKING:
    from tqdm import tqdm

_POLL_INTERVAL_S = 0.1
_LOG_INTERVAL_S = 30.0  # between two lines of progress in a file or a pipe, which keeps them all


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add a flag for each field of the recipe."""
    presets = ", ".join(PRESETS)
    command.add_argument("--preset", default="recipe", metavar="NAME", help=f"start from: {presets} (default: recipe)")
    kinds = typing.get_type_hints(TrainConfig)
    for name, spec in FIELD_SPECS.items():
        flag = f"--{name.replace('_', '-')}"
        what = f"{spec.label}: {_range(spec)}recipe: {_in_recipe(name)}. {spec.why}"
        what = what.replace("%", "%%")
        if kinds[name] is bool:
            command.add_argument(flag, action=argparse.BooleanOptionalAction, default=None, help=what)
        elif name == "layers":
            command.add_argument(flag, type=_layers, metavar="FILE.json", help=f"{what} The file holds a JSON list.")
        elif name == "dataset":
            command.add_argument(flag, metavar="DATASET", help=f"{what} It is named as `data list` shows it.")
        else:
            command.add_argument(flag, type=kinds[name], metavar=kinds[name].__name__.upper(), help=what)
    command.add_argument(
        "--resume",
        metavar="RUN",
        help="go on with a run that was stopped or cut off, by its id; other flags are its own",
    )
    add_cluster_option(command)
    command.add_argument("--json", action="store_true", help="print the result as one JSON object on the last line")


def _in_recipe(name: str) -> object:
    value = getattr(TrainConfig(), name)
    if isinstance(value, DatasetSpec):
        return value.reference
    return "none" if value in ((), "") else value


def _layers(path: str) -> object:
    """Return what a JSON file holds; the config says whether it is a list of layers."""
    try:
        return json.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise argparse.ArgumentTypeError(describe_os_error(error)) from error
    except (ValueError, RecursionError) as error:
        raise argparse.ArgumentTypeError(f"{path} holds no JSON list of layers: {error}") from error


def _range(spec: FieldSpec) -> str:
    if spec.choices:
        return f"{', '.join(spec.choices)}; "
    if spec.low is None or spec.high is None:
        return ""
    return f"{format_number(spec.low)} to {format_number(spec.high)}; "


def carry_out(options: argparse.Namespace) -> int:
    """File a run, or resume one, follow it to its end and print the result."""
    store = RunStore()
    run = _resumed(store, options) if options.resume else _filed(store, options)
    follow_to_end(run, lambda: _follow(store, run))
    return _print_result(run, options)


def _config(options: argparse.Namespace) -> TrainConfig:
    values = {name: getattr(options, name) for name in FIELD_SPECS if getattr(options, name) is not None}
    start = preset(options.preset)
    if reference := values.pop("dataset", None):
        start = preset_for(start, find_dataset(DatasetStore(RunStore().root), reference))
    config = start.changed(values)
    if config.start_from not in ("", READER):
        _check_start(config.start_from)
    return config


def _check_start(run_id: str) -> None:
    """Raise `UsageError` where there is no model to start from, before a run is filed that would fail."""
    try:
        run_with_model(run_id)
    except RunError as error:
        text = f"start_from is {run_id!r}; it must be {READER!r} or the id of a run that has a model."
        raise UsageError(text) from error


def _filed(store: RunStore, options: argparse.Namespace) -> Run:
    config = _config(options)
    check_cluster(cluster_address(options.cluster))
    return file_run(store, config, options.cluster)


def _resumed(store: RunStore, options: argparse.Namespace) -> Run:
    """Return the run, sent a resume: to where it was trained before, or where the option says."""
    run_id = options.resume
    run = store.get(run_id)
    state = run.status().state
    if state not in (RunState.STOPPED, RunState.FAILED, RunState.PAUSED):
        raise RunError(f"Run {run_id} is {state}: only what was stopped, paused or cut off can be resumed.")
    if state is not RunState.PAUSED:
        check_resume(store)
        address = run.cluster if options.cluster is None else cluster_address(options.cluster)
        check_cluster(address)
        run.set_cluster(address)
    run.send(CommandName.RESUME)
    return run


def _follow(store: RunStore, run: Run) -> None:
    """Show the run's progress until it has ended; keep the queue moving meanwhile."""
    from tqdm import tqdm

    from core.jobs import scheduler

    metrics, config, said = Metrics(), run.config(), ""
    on_screen = sys.stderr.isatty()
    form = "{l_bar}{bar}| {n:.2f} of {total} epochs{postfix}" + ("" if on_screen else "\n")
    every_s = _POLL_INTERVAL_S if on_screen else _LOG_INTERVAL_S
    with tqdm(total=config.epochs, unit="epoch", bar_format=form, mininterval=every_s, miniters=0) as bar:
        while True:
            scheduler.start_next(store)
            status, metrics = run.status(), run.metrics(metrics)
            bar.set_description_str(status.state, refresh=False)
            if (reason := waiting_reason(store, run)) and reason != said:
                bar.write(reason, file=sys.stderr)
                said = reason
            bar.total = TrainingPlan(config, 1, run.marks()).epochs
            if metrics.rows:
                _show_progress(bar, metrics.rows[-1])
            if status.is_final:
                return
            time.sleep(_POLL_INTERVAL_S)


def _show_progress(bar: "tqdm", row: MetricRow) -> None:
    bar.set_postfix_str(f"loss {row.loss:.4f}, accuracy {percent(row.accuracy, 2)}", refresh=False)
    bar.update(row.epoch - bar.n)


def _print_result(run: Run, options: argparse.Namespace) -> int:
    status, test = run.status(), run.report()
    result = {
        "run": run.id,
        "state": status.state,
        "test_accuracy": test.accuracy if test else None,
        "train_s": status.train_s,
        "images_per_s": status.images_per_s,
        "parameters": status.parameters,
    }
    if status.note:
        print(f"Run {run.id} {status.note}", file=sys.stderr)
    if status.error:
        result["error"] = status.error
        print(f"{options.program}: {status.error}", file=sys.stderr)
    if failed := find_failed_learning(run):
        result["warning"] = str(failed)
        print(failed, file=sys.stderr)
    if options.json:
        print(json.dumps(result), flush=True)
    elif test:
        low, high = (percent(each, 2) for each in test.interval)
        images = f"{test.count:,} images (95 % interval {low} to {high})"
        accuracy = f"{run.config().accuracy_label} {percent(test.accuracy, 2)}"
        print(f"{accuracy} on {images}, trained in {status.train_s:.1f} s")
        print(f"Run {run.id}")
    else:
        print(f"Run {run.id} is {status.state}.")
    return 0 if status.state is RunState.FINISHED else 1
