"""The names of models on a command line: a run's id, a .keras file, or 'shipped'."""

from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.errors import UsageError
from core.runs.run import Run
from core.runs.schema import RunError
from core.runs.store import RunStore

if TYPE_CHECKING:
    from core.recognition.recognizer import Recognizer


def recognizer(model: str | None) -> "Recognizer":
    """Return the recognizer of that model, that of the app for None; raises as `model_path`, and `ModelError`."""
    from core.recognition.recognizer import Recognizer

    return Recognizer.load(model_path(model))


def model_path(model: str | None) -> Path | None:
    """Return what `Recognizer.load` takes for a run's id, a path, 'shipped' or None.

    Raises `UsageError` where a .keras file is not there, `RunError` where there is no such run.
    """
    if model is None or model == "shipped":
        return None
    path = Path(model)
    if path.exists():
        return path
    if path.suffix == ".keras":
        raise UsageError(f"There is no model file at {model}. Check the path.")
    return run_with_model(model).folder


def run_with_model(run_id: str) -> Run:
    """Return the run of that id; raises `RunError` where there is none or it has no model."""
    run = RunStore().get(run_id)
    if not run.has_model:
        raise RunError(f"Run {run_id} has no model: it is {run.status().state}.")
    return run
