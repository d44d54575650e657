"""The curves that charts get by themselves between two drawings of the page, where many sessions watch a run."""

import gzip
import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.requests import Request

from core.charts.curves import Axis, Curve, Metric, View, learning_curves
from core.config.train_config import TrainConfig
from core.runs.schema import Status
from core.runs.view import RunView
from pages.widgets.train import live_curves
from tests.support.runs import finished_status, metric_row


@pytest.fixture
def live_run(store):
    run = store.create(TrainConfig())
    run.write_status(Status.of_this_process())
    for step in range(1, 6):
        run.append_metrics(metric_row(step))
    return run


def get(address, tag=""):
    """Return the server's answer for the address of a chart's source."""
    parts = urlsplit(f"/{address}")
    _, _, run_id, metric = parts.path.split("/")
    scope = {
        "type": "http",
        "path_params": {"run_id": run_id, "metric": metric},
        "query_string": parts.query.encode(),
        "headers": [(b"if-none-match", tag.encode())],
    }
    return live_curves.route().endpoint(Request(scope))


@pytest.mark.parametrize("chosen", [View(), View(Axis.TIME, True, 0.6)])
def test_a_chart_gets_the_figure_that_the_page_would_draw(live_run, chosen):
    view = RunView.read(live_run)
    source = live_curves.live_source(view, Metric.LOSS, chosen, interval_s=4.8)
    assert source and dict(parse_qsl(urlsplit(source.address).query))["by"] == chosen.by
    answer = get(source.address)
    figure = json.loads(gzip.decompress(answer.body))
    curve = Curve(view.title, view.rows, view.marks)
    assert figure == json.loads(learning_curves([curve], Metric.LOSS, chosen, view.epochs).to_json())
    assert get(source.address, answer.headers["etag"]).status_code == 304
    assert answer.headers["cache-control"] == "no-cache"


def test_a_page_that_is_drawn_often_and_a_run_that_has_ended_need_no_source(live_run):
    view = RunView.read(live_run)
    assert live_curves.live_source(view, Metric.LOSS, View(), interval_s=0.6) is None
    live_run.write_status(finished_status())
    assert live_curves.live_source(RunView.read(live_run), Metric.LOSS, View(), interval_s=4.8) is None


@pytest.mark.parametrize(
    "address",
    [
        "live/{id}/images_per_s",
        "live/{id}/weights",
        "live/no-such-run/loss",
        "live/{id}/loss?smoothing=0.61",
        "live/{id}/loss?smoothing=nan",
        "live/{id}/loss?smoothing=much",
        "live/{id}/loss?by=weeks",
    ],
)
def test_what_no_page_asks_for_is_not_there(live_run, address):
    assert get(address.format(id=live_run.id)).status_code == 404


def test_no_folder_outside_the_runs_is_read(live_run, tmp_path):
    outside = live_run.folder.rename(tmp_path / "outside")
    assert get(f"live/{outside.name}/loss").status_code == 404
    scope = {
        "type": "http",
        "path_params": {"run_id": "../outside", "metric": "loss"},
        "query_string": b"",
        "headers": [],
    }
    assert live_curves.route().endpoint(Request(scope)).status_code == 404
