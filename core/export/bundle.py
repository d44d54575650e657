"""A run as one ZIP file, for another installation, or for use without this project by the script that it holds."""

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.config.dataset_spec import MNIST, DatasetSpec, ImageForm
from core.recognition.recognizer import Recognizer
from core.runs.metrics_schema import MetricRow
from core.runs.run import Run

FORMAT, VERSION = "Digit Studio bundle", 1

ABOUT, CONFIG, WEIGHTS, HISTORY = "about.json", "config.json", "weights.npz", "history.json"
CARD, OUTLIER_SCORE = "model.json", "model.npz"
_NETWORK, _TEST, _SCRIPT, _README = "network.keras", "test.json", "read.py", "README.txt"
MEMBERS = (ABOUT, CONFIG, WEIGHTS, HISTORY, CARD, OUTLIER_SCORE, _NETWORK, _TEST, _SCRIPT, _README)
"""All that a bundle may hold; an import reads the first six, of which the last two may lack, and unpacks no other."""

_MAX_ROWS = 10_000

SCRIPT = '''"""The digit in a picture: python read.py PICTURE. Needs keras, a backend for it, numpy and pillow."""
import sys
from pathlib import Path
import keras, numpy as np
from PIL import Image, ImageOps

picture = ImageOps.exif_transpose(Image.open(sys.argv[1])).convert("RGBA")
grey = ImageOps.autocontrast(Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("L"))
ink = ImageOps.invert(grey) if np.median(grey) > 127 else grey
box = ink.point(lambda shade: 255 * (shade > 100)).getbbox() or sys.exit("There is no ink in this picture.")
ink = ImageOps.contain(ink.crop(box), (20, 20))
y, x = (np.indices((ink.height, ink.width)) * np.asarray(ink, float)).sum((1, 2)) / np.sum(ink, dtype=float)
field = ink.transform((28, 28), Image.Transform.AFFINE, (1, 0, round(x - 13.5), 0, 1, round(y - 13.5)))
model = keras.saving.load_model(Path(__file__).with_name("network.keras"))
answer = model.predict(np.asarray(field, "float32")[None] / 255, verbose=0)[0]
print(answer.argmax(), f"{answer.max():.1%}")
'''

README = """A network that reads handwritten digits, trained on MNIST with Digit Studio.

read.py        reads a picture of one digit with it: python read.py PICTURE
               (needs keras, a backend for it, numpy and pillow)
network.keras  the network: float32 images (n, 28, 28) in [0, 1], white ink on black -> (n, 10) probabilities
weights.npz    its weights alone, in the order of Keras's model.weights
config.json    the recipe it was trained with
history.json   its learning curves
test.json      its report on MNIST's 10,000 test images, where there is one
about.json     its name and how long it took
model.json     how sure it is and what it refuses, with model.npz, where it learned from corrections

Another Digit Studio imports this ZIP on its Runs page. It rebuilds the network from config.json and measures it anew.
"""


_ANSWER = "print(answer.argmax(),"
_NAMED_ANSWER = """\
config = json.loads(Path(__file__).with_name("config.json").read_text("utf-8"))
print(config["dataset"]["class_names"][answer.argmax()],"""
_PLAIN_PICTURE = """\
field = ImageOps.exif_transpose(Image.open(sys.argv[1])).convert("L").resize((28, 28))
"""


def bundle_script(dataset: DatasetSpec) -> str:
    """Return the script of a bundle; of another data set than MNIST it prints the name of the class."""
    if dataset == MNIST:
        return SCRIPT
    named = SCRIPT.replace(_ANSWER, _NAMED_ANSWER).replace("The digit in", "What is in").replace("sys\n", "json, sys\n")
    if dataset.form is ImageForm.MNIST:
        return named
    before, after = named.partition("picture = ")[0], named.partition("model = ")
    return before + _PLAIN_PICTURE + after[1] + after[2]


def bundle_readme(dataset: DatasetSpec) -> str:
    """Return the README of a bundle; of another data set than MNIST it names the classes."""
    if dataset == MNIST:
        return README
    names = "\n".join(f"  {label}  {name}" for label, name in enumerate(dataset.class_names))
    text = README.replace("reads handwritten digits, trained on MNIST", f"reads {dataset.name}, trained").replace(
        "a picture of one digit", "a picture"
    )
    text = text.replace("(n, 10)", f"(n, {dataset.num_classes})").replace(
        "MNIST's 10,000 test images", "its test images"
    )
    if dataset.form is ImageForm.PLAIN:
        text = text.replace(", white ink on black", ", the whole picture in grey")
    source = f"{dataset.reference}, {dataset.source or 'of its maker'}, licence: {dataset.licence or 'not said'}"
    return f"{text}\nIt learned the data set {source}. Its classes, by their place in the answer:\n\n{names}\n"


def make_bundle(run: Run) -> bytes:
    """Return the ZIP file of a run that has a model; raises `RunError`, `ModelError` or `OSError`."""
    status, test, reader = run.status(), run.report(), Recognizer.load(run.model_path)
    about = {
        "format": FORMAT,
        "version": VERSION,
        "name": run.title(),
        "train_s": status.train_s,
        "images_per_s": status.images_per_s,
    }
    weights = io.BytesIO()
    arrays: dict[str, Any] = {
        weight_name(index): np.ascontiguousarray(array) for index, array in enumerate(reader.model.get_weights())
    }
    np.savez(weights, **arrays)
    parts = {
        ABOUT: json.dumps(about, indent=2),
        CONFIG: run.config().to_json(),
        WEIGHTS: weights.getvalue(),
        HISTORY: json.dumps([row.to_json() for row in _thin_rows(run.metrics().rows)]),
        **_card_parts(run.model_path),
        _NETWORK: run.model_path.read_bytes(),
        **({_TEST: json.dumps(test.to_json(), indent=2)} if test else {}),
        _SCRIPT: bundle_script(reader.dataset),
        _README: bundle_readme(reader.dataset),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _card_parts(model: Path) -> dict[str, bytes]:
    """Return the card and the outlier score of a model that learned from corrections; {} of any other."""
    paths = {CARD: model.with_suffix(".json"), OUTLIER_SCORE: model.with_suffix(".npz")}
    return {name: path.read_bytes() for name, path in paths.items() if path.is_file()}


def _thin_rows(rows: Sequence[MetricRow]) -> list[MetricRow]:
    """Return at most so many rows as an import takes, all of those with validation figures among them."""
    every = len(rows) // _MAX_ROWS + 1
    return [
        row for place, row in enumerate(rows, 1) if place % every == 0 or row.val_loss is not None or place == len(rows)
    ]


def weight_name(index: int) -> str:
    """Return the name in a bundle of the array at this index of `model.weights`."""
    return f"weight-{index:03}"
