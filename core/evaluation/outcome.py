"""A sentence for a training that came to its end but learned nothing: the likely reason, and a remedy."""

from dataclasses import dataclass

from core.config.field_spec import format_number
from core.config.optimizers import OPTIMIZERS
from core.config.percent import percent
from core.config.train_config import TrainConfig
from core.runs.report_schema import Report
from core.runs.run import Run
from core.runs.schema import MarkKind

NEAR_CHANCE = 0.2
"""A network that reads fewer of the ten digits right has learned next to nothing: guessing reads a tenth."""

_OF_THE_REST = 1 / 9
"""The same for other numbers of classes: as far from what guessing reads to all."""

_ONE_ANSWER = 0.9
_MANY_RANDOM_LABELS = 0.7
_FEW_IMAGES = 0.02


@dataclass(frozen=True)
class FailedLearning:
    """The finding that a trained network reads hardly more than guessing would."""

    accuracy: float  # of the report, 0 to 1
    tested_on: str  # which images the report is on
    answer: str | None  # what it reads in nearly all images, "a 1" or "Trouser"; None where there is nothing
    advice: str  # what to try, a sentence
    guessing: float  # what guessing reads right, 0 to 1

    def __str__(self) -> str:
        always = f", and it reads {self.answer} in nearly all" if self.answer is not None else ""
        return (
            f"The network has not learned: it reads {percent(self.accuracy)} of the {self.tested_on} right, where "
            f"guessing reads {percent(self.guessing, 0)}{always}. {self.advice}"
        )


def find_failed_learning(run: Run) -> FailedLearning | None:
    """Return why the run's network has learned nothing, or None where it has or is not tested; raises `RunError`."""
    report = run.report()
    if report is None:
        return None
    config = run.config()
    guessing = 1 / config.dataset.num_classes
    if report.accuracy >= guessing + (1 - guessing) * _OF_THE_REST:
        return None
    rates = [mark.value for mark in run.marks() if mark.kind is MarkKind.RATE and mark.value is not None]
    highest = max([config.learning_rate, *rates])
    answer = _only_answer(report, config)
    return FailedLearning(report.accuracy, config.tested_on, answer, _advice(config, highest), guessing)


def _only_answer(report: Report, config: TrainConfig) -> str | None:
    answered = [sum(column) for column in zip(*report.confusion_matrix, strict=True)]
    most = max(range(len(answered)), key=answered.__getitem__)
    if not answered[most] >= _ONE_ANSWER * sum(answered) > 0:
        return None
    return f"{'a ' if config.dataset.is_digits else ''}{config.dataset.class_names[most]}"


def _advice(config: TrainConfig, rate: float) -> str:
    usual = OPTIMIZERS[config.optimizer].usual_rate
    if rate > 3 * usual:
        return (
            f"Its learning rate, {format_number(rate)}, is too high for {config.optimizer}: train again with "
            f"{format_number(usual)}."
        )
    if config.label_noise >= _MANY_RANDOM_LABELS:
        return f"Of its labels {percent(config.label_noise, 0)} are random: train again with fewer."
    if config.training_share <= _FEW_IMAGES or rate < usual / 30:
        return "Train longer, on more of the images, or with a higher learning rate."
    return "Train again with a tenth of its learning rate, with another optimizer, or with fewer layers."
