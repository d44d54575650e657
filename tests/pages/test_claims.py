"""The claims at the end of the Learn page: what they offer before any run, and what they say once runs are there."""

import numpy as np
import pytest

from core.config.train_config import TrainConfig
from core.evaluation.ablations import CLAIMS
from core.evaluation.report import make_report
from core.runs.run import Run
from core.runs.store import RunStore
from tests.support.app import DENIED, FULL_DISK, failing, plain, words
from tests.support.runs import finished_status, metric_row


def trained(store, config, accuracy):
    """A run of that config as its worker leaves it, with the same validation accuracy at each epoch's end."""
    run = store.create(config)
    for epoch in range(1, config.epochs + 1):
        run.append_metrics(metric_row(epoch, 1, accuracy=accuracy, val_loss=0.1, val_accuracy=accuracy))
    run.write_report(make_report(np.eye(10), np.arange(10)))
    run.write_status(finished_status())


def test_every_claim_has_its_sentence_and_one_button(app):
    page = app("learn")
    claims = [claim.sentence for claim in CLAIMS.values()]
    assert [each.value for each in page.subheader] == ["Test the recipe's claims", *claims]
    tests = [button for button in page.button if str(button.key).startswith("test-")]
    assert [button.label.split(" · ")[:2] for button in tests] == [["Test this claim", "9 runs"]] * 4 + [
        ["Test this claim", "6 runs"]
    ]


def test_the_button_files_the_runs_that_are_missing(app, store):
    page = app("learn")
    page.button(key="test-epochs").click().run()
    assert not page.exception
    queued = [run.config() for run in store.queue()]
    assert sorted((config.epochs, config.seed) for config in queued) == [
        (epochs, seed) for epochs in (1, 5, 20) for seed in (0, 1, 2)
    ]
    assert "test-epochs" not in [button.key for button in page.button]


@pytest.mark.parametrize(("other", "verdict"), [(0.90, "True here."), (0.99, "Not true here.")])
def test_a_claim_that_was_tested_says_what_came_of_it(app, store, other, verdict):
    claim = CLAIMS["cross-entropy"]
    for arm, accuracy in zip(claim.arms, (0.97, other), strict=True):
        for config in claim.configs(arm):
            trained(store, config, accuracy)
    page = app("learn")
    assert len([each for each in page.markdown if verdict in each.value]) == 1
    assert list(page.dataframe[0].value["seeds"]) == [3, 3]


def bars(page):
    return [each.proto.text for each in page.get("progress")]


def test_a_run_of_the_recipe_alone_is_no_test_of_a_claim(app, store):
    trained(store, TrainConfig(), 0.97)
    page = app("learn")
    assert bars(page) == [] and "No verdict yet" not in words(page)
    assert "5 runs" in page.button(key="test-cross-entropy").label, "it counts all the same, once a test is asked for"
    page.button(key="test-cross-entropy").click().run()
    assert bars(page) == ["1 of 6 runs are over"]


def test_the_runs_of_a_claim_are_named_by_arm_and_seed_in_the_queue(app, store):
    app("learn").button(key="test-adam").click().run()
    assert [run.title() for run in store.queue()][:4] == [
        "adam: Adam, seed 0",
        "adam: SGD with momentum, seed 0",
        "adam: SGD, seed 0",
        "adam: Adam, seed 1",
    ]


def test_a_test_is_cancelled_by_one_click_and_nothing_else_is(app, store):
    own = store.create(TrainConfig(seed=1))
    page = app("learn")
    page.button(key="test-relu").click().run()
    assert len(store.queue()) == 9
    page.button(key="cancel-relu").click().run()
    assert not page.exception
    assert [run.id for run in store.queue()] == [own.id]
    assert bars(page) == [] and "cancel-relu" not in [button.key for button in page.button]
    assert "8 runs" in page.button(key="test-relu").label


@pytest.mark.parametrize(("sentence", "error"), [DENIED, FULL_DISK])
def test_runs_that_cannot_be_filed_or_stopped_are_an_error_in_words(app, store, monkeypatch, sentence, error):
    page = app("learn")
    with monkeypatch.context() as broken:
        broken.setattr(RunStore, "create", failing(error))
        page.button(key="test-adam").click().run()
    assert not page.exception
    assert [plain(each.value) for each in page.error] == [f"The runs could not be filed in {store.root}: {sentence}"]
    page.button(key="test-adam").click().run()
    monkeypatch.setattr(Run, "send", failing(error))
    page.button(key="cancel-adam").click().run()
    assert not page.exception
    assert [plain(each.value) for each in page.toast] == [f"Not all of them could be stopped: {sentence}"]
