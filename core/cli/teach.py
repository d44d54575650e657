"""Let a network learn from the corrections that were kept in the browser; print what it reads before and after. The
run is filed and trained as `train` does."""

import argparse
import json
import sys
import time
from dataclasses import asdict

from core.cli.following import follow_to_end, waiting_reason
from core.config.percent import percent
from core.config.train_config import READER
from core.corrections.records import CorrectionError
from core.runs.default_model import default_model, set_default_model
from core.runs.metrics_schema import Metrics
from core.runs.run import Run
from core.runs.schema import RunState
from core.runs.store import RunStore
from core.runs.teaching import Measures, TeachingResult, read_result

_POLL_INTERVAL_S = 0.2


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add which model learns, and what becomes of it."""
    command.add_argument(
        "--model",
        default="shipped",
        metavar="RUN",
        help="the model that learns: a run's id, 'default' as in the browser, or 'shipped' (default)",
    )
    command.add_argument("--use", action="store_true", help="read with it in the browser from now on")
    command.add_argument("--json", action="store_true", help="print the measures as one JSON object on the last line")


def carry_out(options: argparse.Namespace) -> int:
    """File a run that learns, follow it to its end and print the measures; 1 where it did not finish.

    Raises `RunError` where there is nothing to learn from or the model cannot learn, as `quota.file_run` does.
    """
    from core.training.teaching_filing import file_teaching

    store = RunStore()
    try:
        run = file_teaching(store, _start_from(store, options.model))
    except CorrectionError as error:
        print(f"{options.program}: {error}", file=sys.stderr)
        return 1
    follow_to_end(run, lambda: _follow(store, run))
    status, result = run.status(), read_result(run)
    if status.state is not RunState.FINISHED or result is None:
        print(f"{options.program}: {status.error or f'Run {run.id} is {status.state}.'}", file=sys.stderr)
        return 1
    if options.use:
        set_default_model(store.root, run.id)
    _print(run.id, result, options)
    return 0


def _start_from(store: RunStore, model: str) -> str:
    """Return what a config calls the model of this name."""
    return {"shipped": READER, "default": default_model(store.root) or READER}.get(model, model)


def _follow(store: RunStore, run: Run) -> None:
    """Print a line an epoch until the run has ended; keep the queue moving meanwhile."""
    from core.jobs import scheduler

    metrics, printed, said = Metrics(), 0, ""
    while not run.status().is_final:
        scheduler.start_next(store)
        if (reason := waiting_reason(store, run)) and reason != said:
            print(reason, file=sys.stderr)
            said = reason
        metrics = run.metrics(metrics)
        measured = [row for row in metrics.rows if row.val_accuracy is not None]
        for row in measured[printed:]:
            print(f"Epoch {row.epoch:.0f}: {percent(row.accuracy)} of what was corrected right", file=sys.stderr)
        printed = len(measured)
        time.sleep(_POLL_INTERVAL_S)


def _print(run_id: str, result: TeachingResult, options: argparse.Namespace) -> None:
    for warning in result.warnings:
        print(warning, file=sys.stderr)
    if options.json:
        print(json.dumps({"run": run_id} | asdict(result)), flush=True)
        return
    for name, measures in (("Before", result.before), ("After", result.after)):
        print(f"{name:7s}{_describe(measures, result.tested_on)}")
    print(f"Run {run_id}")


def _describe(measures: Measures, tested_on: str) -> str:
    kept_out = f"{measures.kept_out_correct} of {measures.kept_out_count} kept out"
    learned = f"{measures.learned_correct} of {measures.learned_count} learned"
    refused = f", refuses {percent(measures.refused)} of what is no digit" if measures.refused is not None else ""
    return f"reads {learned}, {kept_out}, {percent(measures.test_accuracy, 2)} of the {tested_on}{refused}"
