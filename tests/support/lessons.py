"""Runs of lessons as their workers leave them, and readers that answer what a test wants."""

import numpy as np

from core.config.train_config import TrainConfig
from core.evaluation.report import make_report
from core.lessons.catalogue import LESSONS
from core.recognition.classifier import ScoredPredictions
from core.recognition.reading import Digit, Reading
from core.runs.metrics_schema import Metrics
from core.runs.run import Run
from core.runs.schema import Notes
from core.runs.view import RunView
from tests.support.runs import finished_status, metric_row


def report_of(right, count=1000):
    """A test report of so many right answers; each wrong one takes a 4 for a 9."""
    labels = np.where(np.arange(count) < right, np.arange(count) % 10, 4)
    answers = np.where(np.arange(count) < right, labels, 9)
    return make_report(np.eye(10)[answers], labels)


def run_view(rows=(), report=None, **config):
    """A finished run with these metric rows, without a folder."""
    metrics = Metrics(tuple(rows))
    status, notes = finished_status(), Notes()
    return RunView(Run("none"), TrainConfig(**config), notes, status, (), (), metrics, report, True)


def validated(epoch, accuracy, val_accuracy, val_loss=0.3):
    """The metric row at an epoch's end."""
    return metric_row(epoch, 1, accuracy=accuracy, val_accuracy=val_accuracy, val_loss=val_loss)


def train_lesson(store, name, accuracies, seed=0):
    """The runs of a lesson, finished with these validation accuracies; return their ids."""
    lesson = LESSONS[name]
    ids = []
    for (arm, config), accuracy in zip(lesson.configs(seed).items(), accuracies, strict=True):
        run = store.create(config, lambda run, arm=arm: run.write_notes(name=f"{name}: {arm}", lesson=name))
        for epoch in range(1, config.epochs + 1):
            run.append_metrics(validated(epoch, 0.99, accuracy))
        run.write_report(report_of(round(1000 * accuracy)))
        run.write_status(finished_status())
        ids.append(run.id)
    return ids


class FakeReader:
    """A reader that answers `label` with this confidence; all images but the first are `changed_to` another one."""

    def __init__(self, label=3, confidence=0.9, refused=False, changed_to=None):
        self.label, self.confidence, self.refused, self.changed_to = label, confidence, refused, changed_to

    def probabilities(self, label):
        row = np.full(10, (1 - self.confidence) / 9, np.float32)
        row[label] = self.confidence
        return row

    def classify(self, images):
        """The first image is read as `label`, the others as `changed_to` where that is given."""
        others = self.label if self.changed_to is None else self.changed_to
        return np.stack([self.probabilities(others if number else self.label) for number in range(len(images))])

    def predict_with_outlier_score(self, images):
        return ScoredPredictions(self.classify(images), np.zeros(len(images)), np.full(len(images), self.refused))

    def read_strokes(self, strokes, single=True):
        image = np.zeros((28, 28), np.uint8)
        digit = Digit.from_probabilities(self.probabilities(self.label), self.refused, image, (0, 0, 28, 28))
        return Reading(str(self.label), (digit,), ())
