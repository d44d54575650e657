"""Plotly figures of runs, models and recipes; nothing is computed here."""

from typing import TYPE_CHECKING

from core.public_names import import_on_demand

if TYPE_CHECKING:
    from core.charts.bars import class_accuracy, probability_bars, probability_bars_json
    from core.charts.curves import (
        SMOOTHINGS,
        Axis,
        Curve,
        Metric,
        View,
        learning_curves,
        learning_curves_json,
    )
    from core.charts.group_curves import spread_curves
    from core.charts.heatmap import confusion_heatmap
    from core.charts.objective_curves import objective_curves_html
    from core.charts.pixels import pixel_grid
    from core.charts.recipes import network_blocks, schedule_curve
    from core.charts.reliability import reliability_diagram
    from core.charts.style import ROLES

__all__ = [
    "ROLES",
    "SMOOTHINGS",
    "Axis",
    "Curve",
    "Metric",
    "View",
    "confusion_heatmap",
    "class_accuracy",
    "learning_curves",
    "learning_curves_json",
    "network_blocks",
    "objective_curves_html",
    "pixel_grid",
    "probability_bars",
    "probability_bars_json",
    "reliability_diagram",
    "schedule_curve",
    "spread_curves",
]

if not TYPE_CHECKING:  # a type checker would take any name for one of the package's
    __getattr__, __dir__ = import_on_demand(__name__)
