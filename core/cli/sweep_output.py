"""The output of the command `sweep`: sentences, or JSON."""

import argparse
import json
from typing import Any

from core.runs.schema import RunState
from core.sweeps.result import WHY_UNSEEN
from core.sweeps.trials import Trial
from core.sweeps.view import SweepView


def print_view(options: argparse.Namespace, view: SweepView) -> int:
    """Print what a sweep has found, or one JSON object with its trials; return the command's exit code."""
    if options.json:
        print(json.dumps(facts(view) | {"trials": [_trial_facts(each) for each in view.trials]}), flush=True)
    else:
        if view.best:
            figures = f"{value_in_words(view.best)} on the validation images"
            print(f"Best: trial {view.best.number + 1}, {figures}: {labels_in_words(view.best)}")
        if sentence := view.sentence():
            print(sentence)
        if view.confirmation:
            print(WHY_UNSEEN)
        print(f"Sweep {view.sweep.id} is {view.state}.")
    return 0 if view.state is RunState.FINISHED else 1


def facts(view: SweepView) -> dict[str, Any]:
    """Return a sweep as plain data, without its trials."""
    found = view.confirmation
    return {
        "sweep": view.sweep.id,
        "state": view.state,
        "name": view.title,
        "told": view.told,
        "best": _trial_facts(view.best) if view.best else None,
        "importances": dict(view.importances),
        "result": view.sentence(),
        "is_better": found.is_better if found else None,
        "error": view.status.error,
    }


def _trial_facts(trial: Trial) -> dict[str, Any]:
    return {
        "trial": trial.number,
        "state": trial.state,
        "value": trial.value,
        "fields": dict(trial.labels),
        "runs": list(trial.run_ids),
        "seconds": trial.seconds,
        "steps": trial.steps,
        "error": trial.error,
    }


def value_in_words(trial: Trial) -> str:
    """Return a trial's value, '' where it has none."""
    return "" if trial.value is None else f"{trial.value:.4f}"


def labels_in_words(trial: Trial) -> str:
    """Return the fields of a trial and their values."""
    shown = {name: f"{each:.4g}" if isinstance(each, float) else str(each) for name, each in trial.labels.items()}
    return ", ".join(f"{name} {each}" for name, each in shown.items())
