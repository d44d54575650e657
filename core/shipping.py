"""The model that the app ships with: taken from a finished run, with a card of how it was made."""

import shutil
from dataclasses import asdict

import numpy as np

from core import files
from core.augmentation import augment
from core.calibration import calibrate, expected_calibration_error
from core.dataset import data_sum, load_mnist
from core.recognition import SHIPPED, Recognizer
from core.runs import Run, RunError

_LARGEST_BYTES = 2_000_000


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
        **_calibration(run),
    }
    with open(run.model_path, "rb") as model:
        files.replace_file(SHIPPED, lambda file: shutil.copyfileobj(model, file))
    files.replace_json(SHIPPED.with_suffix(".json"), card)
    return card


def _calibration(run):
    """Temperature and refusal, fitted on the run's validation images and an augmented copy of each.

    Beside them stands how well they hold on the test images, which neither saw. Without validation images there is
    nothing to fit them on, and the card has none.
    """
    mnist, reader = load_mnist(run.config().validation_images), Recognizer.load(run.model_path)
    validation = mnist.validation
    if not len(validation):
        return {}
    images = np.concatenate([validation.images, augment(validation.images, np.random.default_rng(0))])
    fitted = calibrate(reader.classify(images), np.tile(validation.labels, 2))
    shipped = Recognizer(reader.model, fitted).classify(mnist.test.images)
    error = expected_calibration_error(shipped, mnist.test.labels)
    return fitted | {"calibration_error": round(error, 4)}
