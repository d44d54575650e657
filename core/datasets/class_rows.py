"""The classes of a data set or of a draft as rows of a table: counts, and strips of small images."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from core.config.dataset_spec import DatasetSpec, ImageForm
from core.datasets.dataset_summary import DatasetSummary
from core.datasets.draft import Draft
from core.pictures.display import data_url

_GAP_PX = 2
_SAMPLES, _DRAFT_SAMPLES = 12, 5


@dataclass(frozen=True)
class ClassRow:
    """A class: its name, how many images it has to learn from and for the test, and the URLs of its strips."""

    name: str
    train: int
    test: int
    strips: tuple[str, ...]


def rows_of_set(spec: DatasetSpec, summary: DatasetSummary) -> list[ClassRow]:
    """Return a row for each class, whose strips are its mean image and some of its images."""
    counts = zip(spec.class_names, summary.train_counts.tolist(), summary.test_counts.tolist(), strict=True)
    return [
        ClassRow(
            name, train, test, (strip(summary.means[label : label + 1]), strip(summary.samples_of(label)[:_SAMPLES]))
        )
        for label, (name, train, test) in enumerate(counts)
    ]


def rows_of_draft(draft: Draft, class_names: Sequence[str], is_swapped: bool) -> list[ClassRow]:
    """Return a row for each class, whose strips are some images as strokes in MNIST form, and the same ones plain."""
    strokes, plain = (draft.samples(form, is_swapped, _DRAFT_SAMPLES) for form in (ImageForm.MNIST, ImageForm.PLAIN))
    return [
        ClassRow(name, train, test, (strip(one), strip(other)))
        for name, (train, test), one, other in zip(class_names, draft.counts, strokes, plain, strict=True)
    ]


def strip(images: np.ndarray | Sequence[np.ndarray]) -> str:
    """Return (k, 28, 28) uint8 images in a row, with transparent gaps, as the URL of a PNG; '' where there is none."""
    if not len(images):
        return ""
    stacked = np.asarray(images)
    count, height, width = stacked.shape
    row = np.zeros((height, count, width + _GAP_PX, 2), np.uint8)
    row[:, :, :width, 0] = stacked.swapaxes(0, 1)
    row[:, :, :width, 1] = 255
    pixels = row.reshape(height, -1, 2)[:, :-_GAP_PX]
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels), "LA").save(file, "PNG", compress_level=3)
    return data_url(file.getvalue())
