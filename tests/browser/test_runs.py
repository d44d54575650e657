"""The Runs page in a real browser: stars, names, deletions with an undo, comparisons, the pictures behind a cell."""

import shutil

import numpy as np
import pytest
from playwright.sync_api import expect

from core.config.train_config import TrainConfig
from core.datasets.mnist import load_mnist
from core.evaluation.predictions import Predictions
from core.evaluation.report import make_report
from core.export.bundle import make_bundle
from core.runs.store import RunStore
from tests.support.app_server import settle
from tests.support.runs import finished_status, metric_row, tiny_model

pytestmark = pytest.mark.browser


@pytest.fixture
def runs(server):
    """Two finished runs beside those of the other tests, with their predictions for the test images."""
    store, labels = RunStore(server.home), load_mnist().test.labels
    made = []
    for name, every in (("Walnut", 20), ("Hazelnut", 50)):
        wrong = np.arange(len(labels)) % every == 0
        probabilities = np.eye(10)[np.where(wrong, (labels + 1) % 10, labels)] * 0.9 + 0.01

        def fill(run, name=name, probabilities=probabilities):
            figures = {"loss": 0.1, "accuracy": 0.9, "elapsed_s": 2.0, "val_loss": 0.2, "val_accuracy": 0.94}
            run.append_metrics(metric_row(9, steps_per_epoch=9, **figures))
            run.save_predictions(Predictions.from_probabilities(probabilities).arrays())
            run.write_report(make_report(probabilities, labels))
            run.model_path.write_bytes(b"never loaded")
            run.write_notes(name=name, remark="nut")
            run.write_status(finished_status())

        made.append(store.create(TrainConfig(epochs=every), fill))
    yield made
    for run in made:
        shutil.rmtree(run.folder, ignore_errors=True)


@pytest.fixture
def table(page, server, runs):
    """The rows of the Runs page, filtered so that only those two runs are shown."""
    page.goto(f"{server.url}/runs")
    find = page.get_by_role("textbox", name="Find")
    find.wait_for()
    page.locator("[data-test-script-state=notRunning]").first.wait_for()
    page.wait_for_timeout(500)
    find.fill("nut")
    find.press("Enter")
    expect(page.locator("tr[data-run]")).to_have_count(2, timeout=30_000)
    return page.locator("tr[data-run]")


def row(page, name):
    return page.locator("tr[data-run]").filter(has_text=name)


def test_star_rename_delete_and_undo(page, table):
    expect(table.first).to_contain_text("Hazelnut")
    page.get_by_role("button", name="Star Walnut").click()
    expect(page.get_by_role("button", name="Take the star from Walnut")).to_be_visible(timeout=30_000)
    expect(table.first).to_contain_text("Walnut")
    page.get_by_role("button", name="Walnut", exact=True).click()
    page.get_by_role("button", name="Rename").click()
    name = page.get_by_role("textbox", name="Name")
    name.fill("Chestnut")
    page.get_by_role("button", name="Save").click()
    expect(row(page, "Chestnut")).to_be_visible(timeout=30_000)
    page.get_by_role("checkbox", name="Choose Chestnut").check()
    page.get_by_role("button", name="Delete (1)").click()
    expect(page.get_by_text("Deleted 1 run. Undo is above the table.")).to_be_visible()
    expect(table).to_have_count(1, timeout=30_000)
    page.get_by_role("button", name="Undo delete").click()
    expect(row(page, "Chestnut")).to_be_visible(timeout=30_000)


def test_compare_two(page, table):
    page.get_by_role("checkbox", name="Choose Walnut").check()
    page.get_by_role("checkbox", name="Choose Hazelnut").check()
    page.get_by_role("button", name="Compare (2)").click()
    expect(page.get_by_text("Where they disagree")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("500 of the 10,000 test images")).to_be_visible()
    page.locator('[data-chart^="compared-accuracy"] .main-svg').first.wait_for()
    expect(page.get_by_role("list", name="Test images on which the networks disagree").locator("li")).to_have_count(50)
    assert "compare=" in page.url


def test_a_cell_of_the_confusion_matrix_opens_its_pictures(page, table, runs):
    page.get_by_role("button", name="Walnut", exact=True).click()
    chart = page.locator('[data-chart^="confusion-"]')
    chart.locator(".main-svg").first.wait_for()
    page.locator("[data-test-script-state=notRunning]").first.wait_for()
    page.wait_for_timeout(1000)
    chart.scroll_into_view_if_needed()
    box = chart.locator(".nsewdrag").first.bounding_box()
    page.mouse.click(box["x"] + 4.5 * box["width"] / 10, box["y"] + 3.5 * box["height"] / 10)
    count = runs[0].report().confusion_matrix[3][4]
    expect(page.get_by_text(f"A 3 was read as 4 {count} times.")).to_be_visible(timeout=30_000)
    images = page.get_by_role("list", name="Test images of 3 read as 4").locator("li")
    expect(images).to_have_count(min(count, 50))
    expect(images.first).to_contain_text("3 read as 4")


def test_a_phone_shows_name_and_accuracy_and_scrolls_nothing_sideways(page, table, server, runs):
    page.set_viewport_size({"width": 390, "height": 844})
    first = row(page, "Walnut")
    expect(first.get_by_text("95.00 %")).to_be_visible()
    expect(first.locator(".recipe")).to_be_hidden()
    expect(first.locator(".created")).to_be_hidden()
    page.get_by_role("button", name="Walnut", exact=True).click()
    expect(page.get_by_text("Misread")).to_be_visible(timeout=30_000)
    assert page.get_by_test_id("stMain").evaluate("node => node.scrollWidth <= node.clientWidth")


def test_a_bundle_is_imported_and_a_bare_keras_file_refused(page, server, tmp_path):
    elsewhere = RunStore(tmp_path / "elsewhere")

    def fill(run):
        run.save_model(tiny_model())
        run.write_notes(name="Almond")
        run.write_status(finished_status())

    run = elsewhere.create(TrainConfig(hidden_units=8), fill)
    (tmp_path / "almond.zip").write_bytes(make_bundle(run))
    page.goto(f"{server.url}/runs")
    page.get_by_role("button", name="Import").click()
    chooser = page.locator('input[type="file"]')
    chooser.set_input_files(run.model_path)
    page.get_by_text("model.keras").wait_for()
    settle(page)
    page.get_by_role("button", name="Import this bundle").click()
    expect(page.get_by_text("One from elsewhere is not loaded")).to_be_visible(timeout=30_000)
    chooser.set_input_files(tmp_path / "almond.zip")
    page.get_by_text("almond.zip").wait_for()
    expect(page.get_by_text("One from elsewhere is not loaded")).to_have_count(0)  # that was about the other file
    settle(page)
    page.get_by_role("button", name="Import this bundle").click()
    expect(row(page, "Almond")).to_contain_text("imported", timeout=60_000)
    expect(page.get_by_role("heading", name="Almond")).to_be_visible()
    expect(page.get_by_text("of 10,000")).to_be_visible(timeout=60_000)


def test_a_click_on_a_column_head_sorts_by_it_and_a_second_one_reverses_the_order(page, table):
    names = page.locator("tr[data-run] td.name button")
    test = page.get_by_role("columnheader", name="Test")
    test.get_by_role("button").click()
    expect(names).to_have_text(["Hazelnut", "Walnut"])  # 98 % and 95 %: a number's largest value comes first
    expect(test).to_have_attribute("aria-sort", "descending")
    test.get_by_role("button").click()
    expect(names).to_have_text(["Walnut", "Hazelnut"])
    expect(test).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("columnheader", name="Name").get_by_role("button").click()
    expect(names).to_have_text(["Hazelnut", "Walnut"])
