"""A run's HTML report, opened from the disk in a real browser."""

import pytest

from core.config.train_config import TrainConfig
from core.export.html_report import make_html_report
from core.runs.view import RunView
from tests.support.runs import ended_run

pytestmark = pytest.mark.browser


def test_the_report_opens_offline_at_any_width_in_light_and_dark(browser, store, tmp_path):
    path = tmp_path / "report.html"
    path.write_bytes(make_html_report(RunView.read(ended_run(store, TrainConfig()))))
    context = browser.new_context(offline=True, viewport={"width": 390, "height": 844})
    page, said, requested = context.new_page(), [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: requested.append(request.url))
    page.goto(path.as_uri())
    assert page.locator("figure > svg").count() == 2
    assert page.locator("figure > svg").first.bounding_box()["height"] > 150
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    shade = "getComputedStyle(document.querySelector('tr:nth-child(5) td:nth-child(7)')).backgroundColor"
    assert page.evaluate(shade) != "rgba(0, 0, 0, 0)", "a 3 read as 5 is shaded"
    grounds = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    page.emulate_media(color_scheme="dark", media="print")
    grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert grounds == ["rgb(255, 255, 255)", "rgb(17, 21, 28)", "rgb(255, 255, 255)"]
    assert (said, requested) == ([], [path.as_uri()])
    context.close()
