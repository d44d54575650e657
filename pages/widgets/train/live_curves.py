"""The curves of a run that trains: drawn once for all who watch it, and sent to their charts between two drawings."""

import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.charts.curves import SMOOTHINGS, Axis, Curve, Metric, View
from core.charts.drawings import Drawing, Drawings
from core.config.presets import reference_accuracy
from core.runs.run import Run
from core.runs.schema import RunError
from core.runs.shared_views import SharedViews
from core.runs.view import RunView
from pages.widgets.components.chart import LiveSource
from pages.widgets.components.page_routes import under_base_path
from pages.widgets.shared import workspace

METRICS = (Metric.LOSS, Metric.ACCURACY)
"""The metrics whose charts are kept up to date."""

_SLOW_FROM_S = 1.0  # a page that is drawn more often needs nothing between
_EVERY_S = 1.0
_MAX_AGE_S = 0.8
_shared_views, _drawings = SharedViews(), Drawings()


def read_view(run: Run, interval_s: float) -> RunView:
    """Return the run for a page that is drawn at this interval, in seconds; raises `RunError`."""
    return _shared_views.view(run, min(_MAX_AGE_S, interval_s / 2), time.monotonic())


def draw(curve: Curve, metric: Metric, chosen: View, view: RunView) -> Drawing:
    """Return the chart of one metric of one run."""
    reference = reference_accuracy(view.config) if metric is Metric.ACCURACY else None
    return _drawings.drawing(curve, metric, chosen, view.epochs, reference)


def live_source(view: RunView, metric: Metric, chosen: View, interval_s: float) -> LiveSource | None:
    """Return from where the chart of a live run gets its points between two drawings of the page; None for others."""
    if not view.status.is_live or interval_s < _SLOW_FROM_S:
        return None
    scale = "logarithmic" if chosen.log else "linear"
    return LiveSource(f"live/{view.id}/{metric}?by={chosen.by}&scale={scale}&smoothing={chosen.smoothing}", _EVERY_S)


def route() -> Route:
    """Return the route of these charts."""
    return Route(under_base_path("live/{run_id}/{metric}"), _serve)


def _serve(request: Request) -> Response:
    try:
        metric, chosen = Metric(request.path_params["metric"]), _read_settings(request)
        if metric not in METRICS:
            return Response(status_code=404)
        run = workspace.store_of(request).get(request.path_params["run_id"])
        view = _shared_views.recent_view(run, _MAX_AGE_S, time.monotonic())
    except workspace.NotSignedInError:
        return Response(status_code=401)
    except (RunError, ValueError):
        return Response(status_code=404)
    tag = f'"{view.metrics.offset}-{len(view.marks)}-{view.epochs}"'
    headers = {"Cache-Control": "no-cache", "ETag": tag}
    if request.headers.get("If-None-Match") == tag:
        return Response(status_code=304, headers=headers)
    drawing = draw(Curve(view.title, view.rows, view.marks), metric, chosen, view)
    headers["Content-Encoding"] = "gzip"
    return Response(drawing.compressed, media_type="application/json", headers=headers)


def _read_settings(request: Request) -> View:
    """Return how the curves are drawn; raises `ValueError` for what no page asks for."""
    settings = request.query_params
    smoothing = float(settings.get("smoothing", "0"))
    if smoothing not in SMOOTHINGS:
        raise ValueError(f"Smoothing {smoothing} is none of {SMOOTHINGS}.")
    return View(Axis(settings.get("by", Axis.EPOCH)), settings.get("scale") == "logarithmic", smoothing)
