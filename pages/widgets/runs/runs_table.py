"""The table of all runs: what each row says of a run."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from core.config.describe import network_name
from core.config.percent import percent
from core.evaluation import cross_validation
from core.evaluation.ablations import CLAIMS
from core.lessons import LESSONS
from core.runs.index import RunSummary
from core.runs.schema import RunState
from core.sweeps.sweep import sweep_created
from pages.widgets.components.runs_table import Column, Row, runs_table
from pages.widgets.shared.durations import describe_duration, describe_time

if TYPE_CHECKING:
    from streamlit.components.v2.bidi_component import ComponentResult

_COLUMNS = (
    Column("name", "Name", False),
    Column("network", "Network", False),
    Column("recipe", "Recipe", False),
    Column("test_accuracy", "Test", True),
    Column("val_accuracy", "Validation", True),
    Column("parameters", "Weights", True),
    Column("train_s", "Time", True),
    Column("created", "When", True),
)
"""The columns, by the name of the figure in `RunSummary`."""


def show(
    found: Sequence[RunSummary], opened: str | None, nothing: str, star: Callable[[str], None]
) -> "ComponentResult":
    """Show the runs in a table, those of one test as a group that can be folded; else as `runs_table`."""
    return runs_table(_COLUMNS, [_row(each) for each in found], opened, nothing, star)


def _row(summary: RunSummary) -> Row:
    texts = {
        "network": network_name(summary.network),
        "recipe": summary.recipe,
        "test_accuracy": summary.accuracy_text.replace(" (", "\n("),  # the interval of few images below
        "val_accuracy": _percent(summary.val_accuracy),
        "parameters": f"{summary.parameters:,}" if summary.parameters else "",
        "train_s": describe_duration(summary.train_s) if summary.train_s else "",
        "created": describe_time(summary.created),
    }
    return Row(
        id=summary.id,
        title=summary.title,
        starred=summary.starred,
        remark=summary.remark,
        state=_state_text(summary),
        texts=list(texts.values()),
        group=_group(summary),
        sort={name: getattr(summary, name) for name in texts}
        | {"name": summary.title.lower(), "network": texts["network"]},
    )


def _group(summary: RunSummary) -> str:
    """Return the name of the test, lesson or sweep that a run was trained for, '' for one that stands for itself."""
    if summary.claim == cross_validation.GROUP:
        return "Doubtful labels: the recipe without a fifth of the images"
    if summary.claim in CLAIMS:
        return f"Test: {CLAIMS[summary.claim].sentence}"
    if summary.sweep:
        return f"Sweep of {describe_time(sweep_created(summary.sweep))}"
    return f"Lesson: {LESSONS[summary.lesson].title}" if summary.lesson in LESSONS else ""


def _state_text(summary: RunSummary) -> str:
    """Return what stands under the name of a run that did not simply finish."""
    if summary.state is RunState.FINISHED:
        return "imported" if summary.imported else ""
    if summary.state.is_live and summary.epoch is not None:
        return f"{summary.state}, epoch {summary.epoch:.1f} of {summary.epochs}"
    return f"{summary.state}: {summary.note}" if summary.note else summary.state


def _percent(share: float | None) -> str:
    return "" if share is None else percent(share, 2)
