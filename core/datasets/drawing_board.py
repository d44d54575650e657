"""A data set that is being drawn, as it is: its classes, the drawings of each, and the data set that they make."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.config.dataset_spec import ImageForm
from core.datasets.draft import Draft
from core.datasets.drafting import make_draft
from core.datasets.held_out import MIN_TESTED
from core.datasets.image_forms import sample_indexes, suits
from core.datasets.importing.raw_set import RawSet
from core.datasets.importing.source_files import Source

DRAWN_HERE = "Drawn here"
PHOTO, CANVAS = "plain", "canvas"
"""The keys under which a change holds the whole photo or the whole canvas, beside the strokes."""

_MIN_A_CLASS = 2


@dataclass(frozen=True, eq=False)
class Drawing28:
    """A drawing or photo of a class: `strokes` (28, 28) uint8 in MNIST form, `plain` the whole photo or canvas."""

    strokes: np.ndarray
    plain: np.ndarray
    is_photo: bool = False

    def image(self, form: ImageForm) -> np.ndarray:
        """Return it in a form, (28, 28) uint8."""
        return self.strokes if form is ImageForm.MNIST else self.plain


@dataclass(frozen=True, eq=False)
class Board:
    """A drawing board as it is: its classes, the drawings of each in their order, and how often it was changed.

    `token` is another one for each new board. `continues` is the id of the data set that is drawn on, '' for a new one,
    and `known_names` are the names that its classes had then.
    `sha256` is that of the data set that the drawings were when they were kept last; '' before.
    """

    token: str = ""
    continues: str = ""
    class_names: tuple[str, ...] = ()
    drawings: dict[str, list[Drawing28]] = field(default_factory=dict)
    changes: int = 0
    sha256: str = ""
    known_names: tuple[str, ...] = ()

    @classmethod
    def of_rows(cls, rows: Iterable[dict[str, Any]]) -> "Board":
        """Return the board that these changes, in their order, have made; a damaged one is skipped."""
        said, changes = dict.fromkeys(("token", "continues", "sha256"), ""), 0
        names: tuple[str, ...] = ()
        known: tuple[str, ...] = ()
        drawings: dict[str, list[Drawing28]] = {}
        for row in rows:
            changes += 1
            said |= {key: row[key] for key in said if isinstance(row.get(key), str)}
            if isinstance(row.get("classes"), list):
                names = tuple(str(each) for each in row["classes"])
            if isinstance(row.get("renamed"), list):
                renamed = dict(zip(names, map(str, row["renamed"]), strict=False))
                names = tuple(renamed.values())
                known = tuple(map(str, row["renamed"])) if "continues" in row else known
                drawings = _renamed(drawings, renamed)
            name = row.get("of")
            if isinstance(name, str) and (drawing := _drawing(row)):
                drawings.setdefault(name, []).append(drawing)
            elif isinstance(name, str) and row.get("undo") and drawings.get(name):
                drawings[name].pop()
        return cls(said["token"], said["continues"], names, drawings, changes, said["sha256"], known)

    def of(self, name: str) -> list[Drawing28]:
        """Return the drawings of a class, the oldest first."""
        return self.drawings.get(name, [])

    @property
    def total(self) -> int:
        """Return how many drawings the classes have together."""
        return sum(len(self.of(name)) for name in self.class_names)

    @property
    def form(self) -> ImageForm:
        """Return the form of a new set of them: strokes, or what suits them where they are photos alone."""
        found = [each for name in self.class_names for each in self.of(name)]
        if not found or not all(each.is_photo for each in found):
            return ImageForm.MNIST
        return suits(np.stack([found[place].strokes for place in sample_indexes(len(found)).tolist()]))

    @property
    def obstacle(self) -> str:
        """Return what is missing before it can be kept as a data set, as a sentence; '' where nothing is."""
        if len(self.class_names) < 2:
            return "Name at least two classes, then draw some of each."
        few = [name for name in self.class_names if len(self.of(name)) < _MIN_A_CLASS]
        if few:
            return f"Still too few drawings, at least {_MIN_A_CLASS} of each class: {', '.join(few[:8])}."
        return ""

    @property
    def remark(self) -> str:
        """Return a sentence on classes of which it could be kept, but not tested; '' where there are none."""
        few = [name for name in self.class_names if len(self.of(name)) < MIN_TESTED]
        if self.obstacle or not few:
            return ""
        return (
            f"With fewer than {MIN_TESTED} drawings a class has no test image, so its accuracy says nothing of it: "
            f"{', '.join(few[:8])}."
        )

    def draft(self) -> Draft:
        """Return the drawings as a draft; every fifth of a class is for the test, and stays it when more are drawn."""
        labelled = [(label, each) for label, name in enumerate(self.class_names) for each in self.of(name)]
        plain, strokes = (
            np.stack([each.image(form) for _, each in labelled]) for form in (ImageForm.PLAIN, ImageForm.MNIST)
        )
        labels = np.array([label for label, _ in labelled])
        raw = RawSet(self.class_names, plain, labels, None if np.array_equal(plain, strokes) else strokes)
        return make_draft(raw, Source("", ()), DRAWN_HERE, keep_order=True)


def _renamed(drawings: dict[str, list[Drawing28]], renamed: dict[str, str]) -> dict[str, list[Drawing28]]:
    """Return the drawings by the new names of their classes.

    Those of a class that was taken out are dropped where another class has its name now: they are of something else.
    """
    taken = set(renamed.values())
    return {renamed.get(old, old): each for old, each in drawings.items() if old in renamed or old not in taken}


def image_text(image: np.ndarray) -> str:
    """Return (28, 28) uint8 as the text in which a change holds it."""
    return base64.b64encode(np.ascontiguousarray(image, np.uint8).tobytes()).decode()


def _image(text: object) -> np.ndarray | None:
    """Return an image of 28×28 of the text that it was saved as; None where that is damaged."""
    try:
        return np.frombuffer(base64.b64decode(str(text), validate=True), np.uint8).reshape(28, 28)
    except ValueError:
        return None


def _drawing(row: dict[str, Any]) -> Drawing28 | None:
    strokes = _image(row.get("strokes"))
    if strokes is None:
        return None
    plain = next((_image(row[key]) for key in (PHOTO, CANVAS) if key in row), strokes)
    return Drawing28(strokes, strokes if plain is None else plain, PHOTO in row)
