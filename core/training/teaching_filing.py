"""The filing of a run that learns from the corrections of this moment."""

import json
import time
from dataclasses import replace
from pathlib import Path

from core.config.train_config import READER, TrainConfig
from core.corrections.freezing import freeze
from core.corrections.store import CorrectionStore
from core.recognition.model_files import RELEASED_MODEL
from core.runs import teaching
from core.runs.quota import file_runs
from core.runs.run import Run
from core.runs.schema import RunError
from core.runs.store import RunStore

_RECIPE = {
    "epochs": 5,
    "batch_size": 240,
    "learning_rate": 0.0003,
    "optimizer": "adam",
    "schedule": "cosine",
    "target_accuracy": 0.0,
    "time_limit_s": 0,
    "patience": 0,
    "mixed_precision": False,
}
_VALIDATION_IMAGES = 5000


def file_teaching(store: RunStore, start_from: str = READER) -> Run:
    """File a queued run that learns from all corrections there are now, and return it.

    start_from: the model that learns: `READER`, the shipped one, or the id of a run, which learns from the corrections
    of its own classes.
    Raises `CorrectionError` where there is nothing to learn from, `RunError` where the model cannot learn, and as
    `quota.file_run` does.
    """
    parent, name, model = _parent(store, start_from)
    classes = parent.dataset.class_names
    arrays = freeze(CorrectionStore(store.root).examples(classes), classes)
    count = int((~arrays["kept_out"]).sum())
    what = "digit" if parent.dataset.is_digits else "example"
    title = f"{name}, taught {count} {what}{'s' * (count != 1)} · {time.strftime('%d %b %H:%M')}"

    def fill(run: Run) -> None:
        teaching.save_corrections(run, arrays)
        teaching.save_start(run, model)
        run.write_notes(name=title)

    return file_runs(store, 1, lambda: store.create(teaching_config(parent, start_from), fill))


def teaching_config(parent: TrainConfig, start_from: str) -> TrainConfig:
    """Return the config of a run that learns with the model of another one, whose data it replays."""
    config = parent.changed({**_RECIPE, "start_from": start_from, "trained_layers": "all"})
    needs_validation = not (config.fold or config.validation_images)
    return replace(config, validation_images=_VALIDATION_IMAGES) if needs_validation else config


def _parent(store: RunStore, start_from: str) -> tuple[TrainConfig, str, Path]:
    """Return the config of the model that learns, what it is called, and its file; raises `RunError`."""
    if start_from == READER:
        return _released_config(RELEASED_MODEL.with_suffix(".json")), "Shipped reader", RELEASED_MODEL
    run = store.get(start_from)
    config = run.config()
    if not run.has_model or not run.status().is_final:
        raise RunError(f"{run.title()} has no model yet; choose another one, or wait until it is trained.")
    return config, run.title().partition(", taught ")[0].partition(" · ")[0], run.model_path


def _released_config(card: Path) -> TrainConfig:
    try:
        return TrainConfig().changed(json.loads(card.read_text("utf-8"))["config"])
    except (OSError, ValueError, KeyError) as error:
        raise RunError(f"The card of the shipped model, {card.name}, is missing or damaged. Get it again.") from error
