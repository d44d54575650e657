"""Learning curves as SVG, for documents that open without a program: the figures of `curves`, drawn in plain lines.

Colours are classes (`grid`, `line`, `point`, `axis`), which the document's style sheet fills in.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from core.charts.curves import Curve, Metric, View, learning_curves_data
from core.config.percent import percent

_WIDTH, _HEIGHT = 480, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 10, 10, 38  # around the plot
_TICKS = 5
_DIAMOND = 6  # half a diamond


def curve_svg(curve: Curve, metric: Metric, epochs: float) -> str:
    """Return one metric of a run, training as a line and validation as diamonds, as an SVG element.

    epochs: how far the axis goes at least.
    """
    figure = learning_curves_data([curve], metric, View(), epochs)
    traces = [trace for trace in figure["data"] if trace["x"]]
    x_end = max([epochs, *(place for trace in traces for place in trace["x"])]) or 1
    bottom, top = figure["layout"]["yaxis"].get("range") or _range(traces)

    def place(x: float, y: float) -> tuple[float, float]:
        across, up = x / x_end, (y - bottom) / (top - bottom)
        return (
            round(_LEFT + across * (_WIDTH - _LEFT - _RIGHT), 1),
            round(_HEIGHT - _BOTTOM - up * (_HEIGHT - _TOP - _BOTTOM), 1),
        )

    parts = [
        *(_tick_across(value, place(value, bottom)) for value in ticks(0, x_end)),
        *(_tick_up(value, place(0, value), metric) for value in ticks(bottom, top)),
        _clipped(
            _trace(trace, [place(*each) for each in zip(trace["x"], trace["y"], strict=True)]) for trace in traces
        ),
        f'<text class="axis" x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 4}" text-anchor="end">epoch</text>',
    ]
    label = f"{figure['layout']['yaxis']['title']['text']} against epochs"
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _clipped(drawn: Iterable[str]) -> str:
    """Return what is drawn without what lies outside of the plot, but for half a diamond."""
    left, top, room = _LEFT - _DIAMOND, _TOP - _DIAMOND, 2 * _DIAMOND
    size = _WIDTH - _LEFT - _RIGHT + room, _HEIGHT - _TOP - _BOTTOM + room
    at = f'x="{left}" y="{top}" width="{size[0]}" height="{size[1]}"'
    return f'<svg {at} viewBox="{left} {top} {size[0]} {size[1]}">{"".join(drawn)}</svg>'


def ticks(low: float, high: float) -> list[float]:
    """Return about five round numbers from `low` to `high`, at which an axis is labelled."""
    rough = (high - low) / _TICKS
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(step * number, 10) for number in range(first, math.floor(high / step + 1e-9) + 1)]


def _range(traces: Sequence[dict[str, Any]]) -> tuple[float, float]:
    values = [value for trace in traces for value in trace["y"]]
    return 0.0, 1.05 * max(values, default=1.0) or 1.0


def _tick_across(value: float, at: tuple[float, float]) -> str:
    return f'<text class="axis" x="{at[0]}" y="{at[1] + 16}" text-anchor="middle">{value:g}</text>'


def _tick_up(value: float, at: tuple[float, float], metric: Metric) -> str:
    text = percent(value, 0) if metric == Metric.ACCURACY else f"{value:g}"
    return (
        f'<path class="grid" d="M{at[0]} {at[1]}H{_WIDTH - _RIGHT}"/>'
        f'<text class="axis" x="{at[0] - 6}" y="{at[1] + 4}" text-anchor="end">{text}</text>'
    )


def _trace(trace: dict[str, Any], points: Sequence[tuple[float, float]]) -> str:
    if trace["mode"] == "lines":
        return f'<path class="line" d="M{" ".join(f"{x} {y}" for x, y in points)}"/>'
    half = _DIAMOND
    diamond = f"l{half} {half}l-{half} {half}l-{half} -{half}z"
    return f'<path class="point" d="{"".join(f"M{x} {round(y - half, 1)}{diamond}" for x, y in points)}"/>'
