"""The Sweep page in a real browser: a sweep that is over, its charts, and the way from a trial to its run."""

import re
import shutil

import pytest
from playwright.sync_api import expect

from core.runs.store import RunStore
from core.sweeps.sweep import SweepStore
from tests.support.app_server import settle
from tests.support.sweeps import owned_sweep, sweep_config

pytestmark = pytest.mark.browser


@pytest.fixture
def swept(server, monkeypatch):
    """A sweep in the server's folder, and nothing of it left for the tests that follow."""
    store = RunStore(server.home)
    yield owned_sweep(store, monkeypatch, sweep_config(trials=9))
    for run in store.all():
        if run.notes().sweep:
            shutil.rmtree(run.folder)
    shutil.rmtree(SweepStore(store).root)


def test_a_point_of_the_chart_leads_to_the_run_of_its_trial(page, server, swept):
    page.goto(f"{server.url}/sweep")
    expect(page.get_by_text("The winner is clearly better than the recipe")).to_be_visible()
    for name in ("best", "importance", "parallel"):
        expect(page.locator(f'[data-chart^="{name}-"] .main-svg').first).to_be_visible()
    settle(page)
    points = page.locator('[data-chart^="best-"] .scatterlayer .point')
    assert points.count() == 9
    points.first.click(force=True)
    page.wait_for_url(re.compile(f"/runs.run={re.escape(swept.trials[0].run_ids[0])}"))
    expect(page.get_by_role("heading", name="Sweep: trial 1, seed 0")).to_be_visible()


def test_a_sweep_is_deleted_and_brought_back(page, server, swept):
    page.goto(f"{server.url}/sweep")
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete the sweep").click()
    expect(page.get_by_text("Deleted the sweep and 15 runs.")).to_be_visible()
    page.get_by_role("button", name="Undo delete").click()
    expect(page.get_by_text("The winner is clearly better than the recipe")).to_be_visible()
