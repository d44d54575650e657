"""The whole app under Streamlit's own test runner, without the thread that starts queued runs."""

import plotly.io
import pytest
from streamlit.elements.lib import policies
from streamlit.testing.v1 import AppTest

from core.jobs import scheduler


@pytest.fixture
def app(store, monkeypatch):
    """The app, opened at its first page over the runs folder of the test; nothing is trained."""
    monkeypatch.setattr(scheduler, "run_scheduler", lambda store: None)
    monkeypatch.setattr(scheduler, "start_next", lambda store: None)

    def open_page(name, **session):
        at = AppTest.from_file("../../streamlit_app.py", default_timeout=60)
        for key, value in session.items():
            at.session_state[key] = value
        at.run()
        return at if name == "recognize" else at.switch_page(f"pages/{name}.py").run()

    return open_page


@pytest.fixture(autouse=True)
def no_widget_is_warned_of(monkeypatch):
    """Fail a test in which Streamlit warns of a widget, as it does in the server's log of one with two first values."""
    warnings = []
    monkeypatch.setattr(policies, "_shown_default_value_warning", False)  # it warns once a server
    monkeypatch.setattr(policies._LOGGER, "warning", lambda text, *values, **_: warnings.append(text % values))
    yield
    assert warnings == []


@pytest.fixture
def figures(monkeypatch):
    """The Plotly figures that pages have shown last, by the name of their chart."""
    from pages.widgets.runs import comparison, run_detail
    from pages.widgets.shared import report
    from pages.widgets.train import curves, history, snapshot_map

    shown, real = {}, curves.chart

    def chart(figure, name, *more, **options):
        shown[name] = plotly.io.from_json(figure) if isinstance(figure, str) else figure
        return real(figure, name, *more, **options)

    for module in (comparison, curves, run_detail, history, report, snapshot_map):
        monkeypatch.setattr(module, "chart", chart)
    return shown
