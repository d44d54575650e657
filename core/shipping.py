"""The model that the app ships with: taken from a finished run, with a card of how it was made."""

import json
import shutil
from dataclasses import asdict

from core import files
from core.dataset import data_sum
from core.recognition import SHIPPED
from core.runs import Run, RunError

_LARGEST_BYTES = 2_000_000


def shipped_card() -> dict:
    """Return the shipped model's card, or {} where it cannot be read."""
    try:
        return json.loads(SHIPPED.with_suffix(".json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def ship(run: Run) -> dict:
    """Copy the run's model to `core/assets` and write its card beside it; return the card.

    Raises `RunError` where the run has not finished or its model is larger than 2 MB.
    """
    test, status = run.report(), run.status()
    if status.state != "finished" or test is None:
        raise RunError(f"Run {run.id} is {status.state}; only a finished run can ship.")
    if run.model_path.stat().st_size > _LARGEST_BYTES:
        raise RunError(f"The model has {run.model_path.stat().st_size:,} bytes; at most {_LARGEST_BYTES:,} may ship.")
    card = {
        "run": run.id,
        "config": asdict(run.config()),
        "seed": run.config().seed,
        "data": "MNIST",
        "data_sha256": data_sum(),
        "parameters": status.parameters,
        "test_accuracy": test["accuracy"],
        "test_images": test["count"],
        "train_s": round(status.train_s, 1),
    }
    with open(run.model_path, "rb") as model:
        files.replace_file(SHIPPED, lambda file: shutil.copyfileobj(model, file))
    files.replace_json(SHIPPED.with_suffix(".json"), card)
    return card
