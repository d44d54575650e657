"""A map of digits: test images as points, in the colour of their label."""

import base64
from typing import Any, Protocol

import numpy as np

from core.charts.style import BACKGROUND, MUTED, PRIMARY, TEXT, base_layout, figure_json

DIGIT_COLOURS = (
    "#6691c1",
    "#9a5f4c",
    "#9f79f8",
    "#ff3f0d",
    "#5134da",
    "#653a96",
    "#a4266c",
    "#a30100",
    "#96ae96",
    "#03c04b",
)
"""A colour for each digit. Any two are at least 24 apart (CIE 1976) to normal sight and red and green blindness, 20 to
blue blindness, as Machado, Oliveira and Fernandes (2009) simulate them; found by a random search under that rule."""
_POINT_PX, _MISREAD_PX, _OWN_PX = 4, 9, 20
_MAX_SVG_POINTS = 2000  # more are drawn by WebGL, which a browser gives few charts at a time


class MappedImages(Protocol):
    """Test images, what was read in each, and where each lies."""

    @property
    def images(self) -> np.ndarray:
        """Return the test images' indexes, (n,) int."""
        ...

    @property
    def labels(self) -> np.ndarray:
        """Return their labels, (n,) uint8."""
        ...

    @property
    def answers(self) -> np.ndarray:
        """Return what was read in each, (n,) uint8."""
        ...

    def points(self) -> np.ndarray:
        """Return where each lies, (n, 2) float32."""
        ...


def digit_map_json(found: MappedImages, own: np.ndarray | None = None, extent: np.ndarray | None = None) -> str:
    """Return the map as the JSON of a Plotly figure; `own` is where the person's digit lies, (2,).

    Misread images are crosses. Each digit's name stands at the median of its images, so that no colour has to be known.
    A point's `customdata` is the test image's index, its label and what was read in it. extent: the least and the
    largest x and y, (2, 2), where they are not to follow from the points.
    """
    points, labels = found.points(), found.labels
    misread = found.answers != labels
    traces = [_points(f"{digit}", found, (labels == digit) & ~misread, DIGIT_COLOURS[digit]) for digit in range(10)]
    crosses = _points("misread", found, misread, [DIGIT_COLOURS[label] for label in labels[misread]])
    crosses["marker"] |= {"symbol": "x", "size": _MISREAD_PX, "opacity": 1, "line": {"color": BACKGROUND, "width": 1}}
    traces.append(crosses)
    layout = _layout(points, labels, extent)
    if own is not None:
        traces.append(_own_point(own))
        layout["annotations"].append(_name_at("this digit", own, 14) | {"showarrow": True, "ay": -44, "ax": 0})
    for trace in traces:  # all alike: of two kinds, one would lie above the other
        trace["type"] = "scatter" if len(labels) <= _MAX_SVG_POINTS else "scattergl"
    return figure_json({"data": traces, "layout": layout})


def _points(name: str, found: MappedImages, chosen: np.ndarray, colour: str | list[str]) -> dict[str, Any]:
    points = found.points()[chosen]
    about = np.stack([found.images[chosen], found.labels[chosen], found.answers[chosen]], axis=1)
    return {
        "mode": "markers",
        "name": name,
        "x": _typed(points[:, 0].astype(np.float32)),
        "y": _typed(points[:, 1].astype(np.float32)),
        "customdata": _typed(about.astype(np.int16)),
        "marker": {"color": colour, "size": _POINT_PX, "opacity": 0.8},
        "hovertemplate": "test image %{customdata[0]}: a %{customdata[1]} read as %{customdata[2]}<extra></extra>",
    }


def _typed(array: np.ndarray) -> dict[str, str]:
    """Return an array as Plotly.js takes it in base64: a tenth of the time that JSON's numbers take."""
    kind = {"float32": "f4", "int16": "i2"}[array.dtype.name]
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"dtype": kind, "bdata": data, "shape": ", ".join(map(str, array.shape))}


def _own_point(own: np.ndarray) -> dict[str, Any]:
    return {
        "mode": "markers",
        "name": "this digit",
        "x": [float(own[0])],
        "y": [float(own[1])],
        "marker": {"symbol": "star", "size": _OWN_PX, "color": PRIMARY, "line": {"color": TEXT, "width": 2}},
        "unselected": {"marker": {"opacity": 1}},
        "hovertemplate": "this digit<extra></extra>",
    }


def _layout(points: np.ndarray, labels: np.ndarray, extent: np.ndarray | None) -> dict[str, Any]:
    axis = {"visible": False}
    layout = base_layout() | {
        "margin": {"l": 4, "r": 4, "t": 4, "b": 4},
        "showlegend": True,
        "legend": {"orientation": "h", "itemsizing": "constant", "y": 0, "yanchor": "top", "font": {"size": 13}},
        "hovermode": "closest",
        "modebar": {"bgcolor": BACKGROUND, "color": MUTED, "activecolor": TEXT},
        "uirevision": "map",  # zoom, selection and hidden digits stay when the figure is updated
        "xaxis": dict(axis),
        "yaxis": dict(axis),
    }
    if extent is not None:
        layout["xaxis"]["range"], layout["yaxis"]["range"] = extent.T.astype(float).tolist()
    layout["annotations"] = [
        _name_at(str(digit), np.median(points[labels == digit], axis=0), 18) for digit in np.unique(labels)
    ]
    return layout


def _name_at(text: str, place: np.ndarray, size_px: int) -> dict[str, Any]:
    return {
        "x": float(place[0]),
        "y": float(place[1]),
        "text": f"<b>{text}</b>",
        "showarrow": False,
        "arrowcolor": TEXT,
        "font": {"size": size_px, "color": TEXT},
        "bgcolor": BACKGROUND,
        "opacity": 0.8,
        "borderpad": 2,
    }
