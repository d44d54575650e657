"""The routes beside those of Streamlit lie where its own do, also where a proxy gives the app a path."""

import pytest
from streamlit import config

from pages.widgets.components.page_routes import page_routes
from pages.widgets.train import live_curves


@pytest.mark.parametrize(("base", "prefix"), [("", ""), ("studio", "/studio"), ("/a/studio/", "/a/studio")])
def test_every_route_begins_with_the_servers_path(base, prefix):
    before = config.get_option("server.baseUrlPath")
    config.set_option("server.baseUrlPath", base)
    try:
        plotly, train, why, live = [*page_routes(["train"]), live_curves.route()]
    finally:
        config.set_option("server.baseUrlPath", before)
    assert plotly.path.startswith(f"{prefix}/plotly-") and train.path == f"{prefix}/train"
    assert why.path == f"{prefix}/why", "the old name of a page"
    assert live.path == f"{prefix}/live/{{run_id}}/{{metric}}"
