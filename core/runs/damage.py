"""The damage of a run's folder, in a sentence."""

from core.runs.run import Run
from core.runs.schema import RunError, RunState

MISSING_REPORT = "The run is finished, but its test report is missing."


def find_damage(run: Run) -> str:
    """Return what is wrong with the run's folder as a sentence, or '' for a sound one."""
    try:
        run.config()
        run.notes()
        if run.status().state is RunState.FINISHED and run.report() is None:
            return MISSING_REPORT
        run.report()
    except RunError as error:
        return str(error)
    return ""
