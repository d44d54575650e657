"""A sweep's trials and fields as its charts take them."""

from dataclasses import dataclass

from core.charts.sweeps import ACCURACY_TICKS, FieldAxis, TrialPoint, ValueAxis
from core.config import FIELD_SPECS
from core.config.named_stacks import STACK_LABELS
from core.config.percent import percent
from core.sweeps.sweep_config import Objective
from core.sweeps.trials import TrialState
from core.sweeps.view import SweepView


@dataclass(frozen=True)
class Values:
    """The axis of the trials' values, and their values in words."""

    axis: ValueAxis

    def words(self, value: float | None) -> str:
        """Return a value as a person reads it; '' for none."""
        if value is None:
            return ""
        return percent(value, 2) if "%" in self.axis.tick_format else f"{value:.4f}"


def label_title(name: str, label: object) -> str:
    """Return what people call a value of a field."""
    if isinstance(label, bool):
        return "On" if label else "Off"
    if isinstance(label, float):
        return f"{label:.4g}"
    if name == "layers":
        return STACK_LABELS.get(str(label), str(label))
    return FIELD_SPECS[name].choice_name(str(label)) if FIELD_SPECS[name].choices else str(label)


def value_axis(view: SweepView) -> Values:
    """Return the axis of what the sweep looks for."""
    if view.config.objective is Objective.LOSS:
        return Values(ValueAxis("Validation loss", tick_format=".4f", is_larger_better=False))
    return Values(ValueAxis("Validation accuracy", tick_format=ACCURACY_TICKS, is_larger_better=True))


def field_axes(view: SweepView) -> list[FieldAxis]:
    """Return the axis of each field that the sweep varies."""
    return [
        FieldAxis(
            each.name,
            FIELD_SPECS[each.name].label,
            each.log,
            {label: label_title(each.name, label) for label in each.values},
        )
        for each in view.config.fields
    ]


def points(view: SweepView) -> list[TrialPoint]:
    """Return the trials that have a value and are over."""
    over, values = (TrialState.FINISHED, TrialState.STOPPED_EARLY), value_axis(view)
    return [
        TrialPoint(
            each.number + 1, each.value, values.words(each.value), each.state is TrialState.STOPPED_EARLY, each.labels
        )
        for each in view.trials
        if each.value is not None and each.state in over
    ]
