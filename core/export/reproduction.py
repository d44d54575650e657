"""The part of a run that a script has to repeat: its recipe, and what was changed while it trained."""

from dataclasses import dataclass

from core.config.percent import percent
from core.config.schedules import steps_per_epoch
from core.config.train_config import TrainConfig
from core.datasets.split import count_training_images
from core.export.formats import ExportError
from core.runs.plan import TrainingPlan
from core.runs.report_schema import Report
from core.runs.schema import MarkKind, RunState
from core.runs.view import RunView
from core.storage.printable import to_printable


@dataclass(frozen=True)
class Reproduction:
    """A finished training as a script repeats it.

    `rates` are the learning rates that were set by hand, each with the step from which on it held. `last_step` is the
    step after which the run ended before its plan did, None where it trained to the end of its plan or ended early for
    a reason that the script meets by itself.
    """

    title: str
    config: TrainConfig
    plan: TrainingPlan
    rates: tuple[tuple[int, float], ...]
    last_step: int | None
    report: Report
    is_imported: bool

    @classmethod
    def of(cls, view: RunView) -> "Reproduction":
        """Return what a script of the run repeats; raises `ExportError` with a sentence where none can."""
        if view.state is RunState.FAILED:
            raise ExportError(
                "This run failed. A model is saved only where a run finishes or is stopped, so the script would train "
                "another one than the test report measures. Resume it first."
            )
        report, config = tested_report(view), view.config
        if config.other_hands:
            raise ExportError(
                "This run was trained with Other hands: its images are drawn by some thousand lines of this program, "
                "which a script of Keras and NumPy cannot repeat. Its network can be exported in the other formats."
            )
        if config.start_from:
            raise ExportError(
                "This run started from the weights of another network, which a script of Keras and NumPy cannot "
                "repeat. Its network can be exported in the other formats."
            )
        per_epoch = steps_per_epoch(count_training_images(config), config.batch_size)
        plan = TrainingPlan(config, per_epoch, view.marks)
        last_step = _last_step(view, plan)
        marks = [mark for mark in view.marks if mark.kind is MarkKind.RATE and mark.value is not None]
        rates = tuple((mark.step, float(mark.value or 0)) for mark in marks)
        title = to_printable(view.title)
        return cls(title, config, plan, rates, last_step, report, view.is_imported)

    @property
    def accuracy(self) -> str:
        """Return the run's test accuracy in words."""
        return percent(self.report.accuracy, 2)

    @property
    def notes(self) -> list[str]:
        """Return what the script does otherwise than the run, a sentence each."""
        config, notes = self.config, []
        if self.is_imported:
            notes.append("The run was imported: a learning rate changed by hand is not known.")
        if config.mixed_precision:
            notes.append(
                "Where a processor is made for it, the run computed its convolutions in bfloat16. The script computes "
                "in float32: as exact, and slower there."
            )
        if config.time_limit_s and self.last_step is None:
            notes.append(f"The run's time limit of {config.time_limit_s} s did not end it, so the script has none.")
        if self.plan.extended and (config.patience or config.target_accuracy):
            notes.append("The run was extended, so nothing ended it early; nor does anything end the script.")
        return notes


def _last_step(view: RunView, plan: TrainingPlan) -> int | None:
    """Return the step of which the run's model is, None where that is the last one planned or none is known.

    Raises `ExportError` where the run has taken more steps than its plan has.
    """
    trained, planned = view.rows[-1].step if view.rows else 0, plan.epochs * plan.steps_per_epoch
    if view.is_imported and trained > planned:
        raise ExportError(
            "This run was extended before it was imported, and a bundle does not say how. Its script can be made "
            "only where it was trained."
        )
    has_limit = bool(view.config.time_limit_s)
    if view.state is not RunState.FINISHED or not has_limit:  # then the saved model is that of the newest checkpoint
        ends = [mark.step for mark in view.marks if mark.kind is MarkKind.ENDED_EARLY]
        trained = max([trained - trained % plan.steps_per_epoch, *ends])
    # A bundle does not say in which state its run was; where patience or the target ends a run, they end its script.
    was_cut = view.state is not RunState.FINISHED or has_limit or view.is_imported
    return trained if was_cut and 0 < trained < planned else None


def tested_report(view: RunView) -> Report:
    """Return the test report of a run that has ended; raises `ExportError` with a sentence where there is none."""
    if not view.status.is_final:
        raise ExportError(f"This run has not ended, it is {view.state}. It can be exported once it has.")
    if not view.has_model:
        raise ExportError("This run ended before its first epoch did, so there is nothing to export.")
    if view.report is None:
        raise ExportError("This run has no test report yet. Open its test report on the Runs page, which measures it.")
    return view.report
