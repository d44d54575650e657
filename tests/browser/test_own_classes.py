"""Own classes in a real browser: letters that are trained on and read; clothes from files to an exported network."""

import runpy
import shutil
import sys
import zipfile

import pytest
from PIL import Image
from playwright.sync_api import expect

from core.datasets.store import DatasetStore
from core.recognition import Recognizer
from core.runs.store import RunStore
from tests.support.app_server import draw, expect_state, press_train, settle
from tests.support.clothes import NAMES, fashion_files
from tests.support.letters import add_letters

pytestmark = pytest.mark.browser

Z = [(60, 60), (220, 60), (60, 230), (220, 230)]


@pytest.fixture
def letters(server):
    """A data set of 20 drawings of each of three letters, removed again for the tests that follow."""
    spec = add_letters(server.home)
    yield spec
    shutil.rmtree(server.home / "datasets")


def test_a_small_set_is_trained_on_and_its_letters_are_read(page, server, letters):
    page.goto(f"{server.url}/train?dataset={letters.reference}")
    settle(page)
    page.get_by_role("button", name="Use Small set").click()
    expect(page.get_by_role("button", name="Use Small set")).to_have_count(0)
    press_train(page)
    expect(page.get_by_text("Small set on Letters").first).to_be_visible()
    page.get_by_role("button", name="Read with this model").click(timeout=120_000)
    expect(page.get_by_text("This network reads one of A, K, Z at a time.")).to_be_visible()
    draw(page, Z)
    expect(page.get_by_role("status").get_by_text("Z", exact=True)).to_be_visible()


@pytest.fixture
def own_folder(server):
    """The server's folder, from which data sets and the runs on clothes are removed again."""
    yield server.home
    shutil.rmtree(server.home / "datasets")
    for run in clothes_runs(server.home):
        shutil.rmtree(run.folder)


def clothes_runs(folder):
    return [each for each in RunStore(folder).all() if each.config().dataset.name == "Fashion-MNIST"]


def test_clothes_are_uploaded_trained_on_and_read_by_an_exported_network(
    page, server, own_folder, tmp_path, monkeypatch, capsys
):
    page.goto(f"{server.url}/data")
    page.locator("label", has_text="Upload files").first.click()
    settle(page)
    page.locator("input[type=file]").set_input_files(fashion_files(tmp_path))
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("Fashion-MNIST")
    page.get_by_role("button", name="Add this data set").click()
    page.get_by_role("button", name="Train on it").click()
    page.wait_for_url("**/train?**dataset=fashion-mnist%401**")
    page.goto(f"{server.url}/train?recipe=convnet&epochs=1&training_share=0.02&dataset=fashion-mnist%401")
    settle(page)
    press_train(page)
    expect_state(page, "finished")
    confusions = page.locator('[data-chart^="confusion-"]')
    for name in NAMES:
        expect(confusions.get_by_text(name, exact=True).first).to_be_attached()
    (run,) = clothes_runs(own_folder)
    page.goto(f"{server.url}/runs?run={run.id}")
    settle(page)
    page.get_by_text("Download", exact=True).first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the bundle").click()
    with zipfile.ZipFile(download.value.path()) as bundle:
        bundle.extractall(tmp_path / "bundle")
    picture = DatasetStore(own_folder).load(run.config().dataset)["x_test"][0].repeat(9, 0).repeat(9, 1)
    Image.fromarray(picture).save(tmp_path / "picture.png")
    monkeypatch.setattr(sys, "argv", ["read.py", str(tmp_path / "picture.png")])
    runpy.run_path(str(tmp_path / "bundle" / "read.py"))
    answer = capsys.readouterr().out.rpartition(" ")[0]
    assert answer in NAMES and answer == Recognizer.load(run.folder).read(Image.fromarray(picture)).text
