"""The damage of a run's folder, in a sentence."""

from core.config.dataset_spec import MNIST
from core.runs.run import Run
from core.runs.schema import RunError, RunState

MISSING_REPORT = "The run is finished, but its test report is missing."


def may_lack_report(run: Run) -> bool:
    """Return whether a finished run is sound without a report, imported without its data set; raises `RunError`."""
    return run.is_imported and run.config().dataset != MNIST


def find_damage(run: Run) -> str:
    """Return what is wrong with the run's folder as a sentence, or '' for a sound one."""
    try:
        run.config()
        run.notes()
        if run.status().state is RunState.FINISHED and run.report() is None and not may_lack_report(run):
            return MISSING_REPORT
        run.report()
    except RunError as error:
        return str(error)
    return ""
