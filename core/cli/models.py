"""The names of models on a command line: a run's id, a .keras file, 'shipped', or 'default' as in the browser."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.errors import UsageError
from core.config.dataset_spec import DatasetSpec
from core.config.train_config import TrainConfig
from core.runs.default_model import default_model
from core.runs.run import Run
from core.runs.schema import RunError
from core.runs.store import RunStore
from core.storage.printable import to_printable

if TYPE_CHECKING:
    from core.recognition.picture_reader import PictureReader
    from core.recognition.recognizer import Recognizer


def recognizer(model: str | None) -> "Recognizer":
    """Return the recognizer of that model, that of the app for None; raises as `model_path`, and `ModelError`."""
    path = model_path(model)
    from core.recognition.recognizer import Recognizer  # slow to import, and not needed where there is no such model

    return Recognizer.load(path)


def picture_reader(model: str | None, are_few: bool) -> "PictureReader":
    """Return what reads pictures with that model; for few pictures without TensorFlow where the model is the app's.

    Raises as `recognizer` does.
    """
    from core.recognition.picture_reader import quick_reader

    quick = quick_reader() if are_few and model_path(model) is None else None
    return quick or recognizer(model)


def model_path(model: str | None) -> Path | None:
    """Return what `Recognizer.load` takes for a run's id, a path, 'shipped', 'default' or None.

    None is the shipped model, whatever was chosen in the browser, so that a command reads tomorrow as today; 'default'
    is the one that the browser reads with.
    Raises `UsageError` where a .keras file is not there, `RunError` where there is no such run.
    """
    if model is None or model == "shipped":
        return None
    if model == "default":
        run_id = default_model(RunStore().root)
        return run_with_model(run_id).folder if run_id else None
    path = Path(model)
    if path.exists():
        return path
    if path.suffix == ".keras":
        raise UsageError(f"There is no model file at {model}. Check the path.")
    return run_with_model(model).folder


def config_of(model: str | None, dataset: DatasetSpec) -> TrainConfig:
    """Return the config with which the model learned `dataset`, the recipe's where its test images need no other.

    Raises `UsageError` where the data set has no test images and the model's file is not in the folder of its run, for
    images on which it was trained could be among those of another recipe; raises `RunError` as `model_path` does.
    """
    path = model_path(model)
    if path is not None:
        with suppress(RunError):
            config = Run(path if path.is_dir() else path.parent).config()
            if config.dataset == dataset:
                return config
    if not dataset.test_images:
        raise UsageError(
            f"{to_printable(dataset.name)} has no test images, and {model} does not say on which of its images it was "
            "trained. Name the run in its place."
        )
    return TrainConfig(dataset=dataset)


def run_with_model(run_id: str) -> Run:
    """Return the run of that id; raises `RunError` where there is none or it has no model."""
    run = RunStore().get(run_id)
    if not run.has_model:
        raise RunError(f"Run {run_id} has no model: it is {run.status().state}.")
    return run
