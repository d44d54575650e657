"""Train the ink finder or the line reader, which find and read handwriting in pictures, from MNIST and drawn things
alone. Ctrl+C stops the training, and the same command goes on with it."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.config.objective_config import ObjectiveConfig, ObjectiveName
from core.runs.commands import CommandName
from core.runs.objective_run import ObjectiveRow, ObjectiveRun
from core.runs.schema import RunError, RunState
from core.storage import atomic

if TYPE_CHECKING:
    from tqdm import tqdm

    from core.training.objectives import Objective

_FOLDER = "networks"
_POLL_INTERVAL_S = 0.2
_LOG_INTERVAL_S = 30.0  # between two lines of progress in a file or a pipe, which keeps them all
_TRAIN, _PAUSE, _STOP = "train", "pause", "stop"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add which network, what to do with its training, where it lies and how long it is."""
    command.add_argument("network", choices=[str(name) for name in ObjectiveName], help="ink finder or line reader")
    command.add_argument(
        "action",
        nargs="?",
        choices=(_TRAIN, _PAUSE, _STOP),
        default=_TRAIN,
        help=f"{_TRAIN} (default) begins or goes on; {_PAUSE} and {_STOP} halt a training that goes on elsewhere",
    )
    command.add_argument(
        "--out", type=Path, metavar="FOLDER", help=f"the training's folder (default: {_FOLDER}/NETWORK)"
    )
    command.add_argument(
        "--examples", type=int, metavar="N", help="how many scenes or lines; fewer for a trial (default: all)"
    )
    command.add_argument("--release", action="store_true", help="make the trained network the app's own")
    command.add_argument("--json", action="store_true", help="print the result as one JSON object on the last line")


def carry_out(options: argparse.Namespace) -> int:
    """Train, or go on, and print the result; or halt a training that goes on elsewhere."""
    from core.training.objectives import OBJECTIVES

    name, folder = ObjectiveName(options.network), options.out or Path(_FOLDER) / options.network
    objective = OBJECTIVES[name]
    if options.action != _TRAIN:
        return _halt(folder, CommandName(options.action))
    examples = objective.examples if options.examples is None else options.examples
    run = ObjectiveRun.file(folder, ObjectiveConfig(name, examples))
    try:
        _follow(objective, run)
    except KeyboardInterrupt:
        run.send(CommandName.STOP)
        _follow(objective, run, begin=False)
    is_finished = run.status().state is RunState.FINISHED
    if is_finished and options.release:
        _release(objective, run)
    _print_result(objective, run, options)
    return 0 if is_finished else 1


def _halt(folder: Path, name: CommandName) -> int:
    run = ObjectiveRun(folder)
    if not run.status().is_live:
        raise RunError(f"No training goes on in {folder}: it is {run.status().state}.")
    run.send(name)
    print(f"The training in {folder} was sent: {name}")
    return 0


def _follow(objective: "Objective", run: ObjectiveRun, begin: bool = True) -> None:
    """Show the training's progress until it has ended; begin it where no process trains, or go on with it."""
    from tqdm import tqdm

    from core.jobs import launcher

    status, process = run.status(), None
    if begin and status.state is not RunState.FINISHED:
        run.send(CommandName.RESUME)
    steps = objective.count_steps(run.config().examples)
    rows, on_screen = run.rows(), sys.stderr.isatty()
    done = objective.count_examples(rows[-1].step) if rows else 0
    with tqdm(
        total=objective.count_examples(steps),
        initial=done,
        unit=f" {objective.noun}",
        bar_format="{l_bar}{bar}| {n:,} of {total:,}{unit}, {remaining} left{postfix}" + ("" if on_screen else "\n"),
        mininterval=_POLL_INTERVAL_S if on_screen else _LOG_INTERVAL_S,
        miniters=0,
    ) as bar:
        drawn = 0
        while True:
            status, rows = run.status(), run.rows()
            bar.set_description_str(status.state, refresh=False)
            if rows:
                _show_progress(bar, objective, rows)
            validated = sum(row.val_scores is not None for row in rows)
            if validated > drawn or (status.is_final and rows):
                _draw_curves(objective, run, rows)
                drawn = validated
            if status.is_final:
                return
            if status.state is RunState.QUEUED and process is None:
                with open(run.log_path, "ab") as log:
                    process = launcher.start_objective_worker(run.folder, log)
            if process is not None and process.poll() is not None and run.status().state is RunState.QUEUED:
                raise RunError(f"The training process could not start; {run.log_path} says why.")
            time.sleep(_POLL_INTERVAL_S)


def _show_progress(bar: "tqdm", objective: "Objective", rows: Sequence[ObjectiveRow]) -> None:
    newest = rows[-1]
    shown = f", loss {newest.loss:.4f}"
    if newest.score is not None:
        shown += f", {objective.score_name} {newest.score:.3f}"
    validated = next((row.val_scores for row in reversed(rows) if row.val_scores), None)
    if validated:
        name, score = next(iter(validated.items()))
        shown += f", validation {name.replace('_', ' ')} {score:.3f}"
    bar.set_postfix_str(shown.removeprefix(", "), refresh=False)
    bar.update(newest.examples - bar.n)


def _draw_curves(objective: "Objective", run: ObjectiveRun, rows: Sequence[ObjectiveRow]) -> None:
    from core.charts.objective_curves import objective_curves_html

    page = objective_curves_html(objective.title, objective.noun, objective.score_name, rows)
    atomic.replace_file(run.curves_path, lambda file: file.write(page.encode()), durable=False)


def _release(objective: "Objective", run: ObjectiveRun) -> None:
    """Copy the trained network and its card to the app's own.

    Where this is cut off in between, the network is left without a card, not with that of another.
    """
    objective.asset.with_suffix(".json").unlink(missing_ok=True)
    for source, target in ((run.model_path, objective.asset), (run.card_path, objective.asset.with_suffix(".json"))):
        data = source.read_bytes()
        atomic.replace_file(target, lambda file, data=data: file.write(data))


def _print_result(objective: "Objective", run: ObjectiveRun, options: argparse.Namespace) -> None:
    status, rows = run.status(), run.rows()
    card = run.card() if status.state is RunState.FINISHED else {}
    result = {
        "network": options.network,
        "folder": str(run.folder),
        "state": status.state,
        objective.noun: rows[-1].examples if rows else 0,
        "train_s": status.train_s,
        "parameters": status.parameters,
        "scores": card.get("scores"),
    }
    if status.error:
        result["error"] = status.error
        print(f"{options.program}: {status.error}", file=sys.stderr)
    if options.json:
        print(json.dumps(result), flush=True)
    elif card:
        scores = ", ".join(f"{name.replace('_', ' ')} {score:.3f}" for name, score in card["scores"].items())
        print(f"The {objective.title} is in {run.model_path}: {scores}")
    else:
        print(f"The training in {run.folder} is {status.state}; the same command goes on with it.")
