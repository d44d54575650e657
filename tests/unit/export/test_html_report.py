"""The HTML report of a run: whole, in one file, without a program, and nothing in it is what a person typed."""

from html.parser import HTMLParser

import numpy as np
import pytest

from core.config.architectures import ARCHITECTURES
from core.config.dataset_spec import DatasetSpec
from core.config.layer_specs import default_layer
from core.config.train_config import TrainConfig
from core.datasets.mnist import load_mnist
from core.evaluation.predictions import Predictions
from core.evaluation.report import make_report
from core.export.formats import ExportError
from core.export.html_report import make_html_report
from core.runs.schema import RunState
from core.runs.view import RunView
from tests.support.runs import ended_run, metric_row


class Elements(HTMLParser):
    """The elements and texts of a page; void elements are not closed."""

    def __init__(self, text):
        super().__init__()
        self.found, self.texts, self.open = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture
def run(store):
    """A finished run whose network misread every hundredth test image."""
    run, labels = ended_run(store, TrainConfig(hidden_units=32, epochs=2)), load_mnist().test.labels
    for step in range(21, 60):
        run.append_metrics(metric_row(step, **({"val_loss": 0.2, "val_accuracy": 0.94} if step % 10 == 0 else {})))
    answers = np.where(np.arange(10000) % 100, labels, (labels + 1) % 10)
    probabilities = np.eye(10)[answers] * 0.9 + 0.01
    run.save_predictions(Predictions.from_probabilities(probabilities).arrays())
    run.write_report(make_report(probabilities, labels))
    return run


def test_all_of_the_run_is_in_one_small_file_that_fetches_nothing(run):
    data = make_html_report(RunView.read(run))
    page = Elements(data.decode())
    assert page.open == [] and len(data) < 100_000
    tags = [tag for tag, _ in page.found]
    assert not {"script", "link", "iframe", "object"} & set(tags)
    sources = [value for _, attributes in page.found for name, value in attributes.items() if name in ("src", "href")]
    assert len(sources) == 50 and all(each.startswith("data:image/png;base64,") for each in sources)
    assert "url(" not in data.decode() and "@import" not in data.decode()
    assert tags.count("figure") == 52 and tags.count("table") == 3
    text = " ".join(page.texts)
    for wanted in ("99.00 %", "9,900 of 10,000 test images", "25,450", "Keras 3.", '"hidden_units": 32', run.id):
        assert wanted in text
    assert all(attributes["alt"] for tag, attributes in page.found if tag == "img")


def test_what_a_person_typed_is_text(run):
    run.write_notes(name="<b>mine</b>\u202e", remark='</p><script>alert(1)</script>\nit\'s "good" \u202e& new\ud800')
    page = Elements(make_html_report(RunView.read(run)).decode())
    tags = [tag for tag, _ in page.found]
    assert "script" not in tags and tags.count("b") == 100  # two for each of the 50 mistakes
    assert "<b>mine</b>\ufffd" in page.texts
    assert '</p><script>alert(1)</script>\nit\'s "good" \ufffd& new\ufffd' in page.texts


@pytest.mark.parametrize(
    ("config", "name"),
    [
        (TrainConfig(), ARCHITECTURES["mlp"].label),
        (TrainConfig(layers=[default_layer("Flatten"), default_layer("Dense")]), "Own layers"),
    ],
    ids=["named", "own"],
)
def test_a_network_is_called_by_its_name(store, config, name):
    page = Elements(make_html_report(RunView.read(ended_run(store, config))).decode())
    assert f"network: {name}" in page.texts


def test_what_was_not_kept_is_said(store):
    page = Elements(make_html_report(RunView.read(ended_run(store, TrainConfig()))).decode())
    assert any("were not kept" in text for text in page.texts)


def test_a_run_that_trains_has_no_report(store):
    with pytest.raises(ExportError, match="has not ended, it is running"):
        make_html_report(RunView.read(ended_run(store, TrainConfig(), state=RunState.RUNNING)))


def test_a_class_without_images_has_no_share(store):
    run = ended_run(store, TrainConfig())
    labels = np.arange(900) % 9
    run.write_report(make_report(np.eye(10)[labels], labels))
    page = make_html_report(RunView.read(run)).decode()
    assert "<th scope='row'>9</th><td>0</td><td>–</td><td>–</td>" in page
    assert "<th scope='row'>8</th><td>100</td><td>100.00 %</td><td>100.00 %</td>" in page


def test_what_was_not_measured_on_test_images_is_not_called_test_accuracy(store):
    spec = DatasetSpec("ten", 1, "Ten", tuple("ABCDEFGHIJ"), 5000, 0, "0" * 64)
    page = make_html_report(RunView.read(ended_run(store, TrainConfig(dataset=spec)))).decode()
    assert "<dt>Accuracy on the validation images</dt>" in page and "Test accuracy" not in page
