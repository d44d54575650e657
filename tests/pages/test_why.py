"""The page of claims: what it offers before any run, and what it says once runs are there."""

import numpy as np
import pytest

from core.claims import CLAIMS
from core.evaluation import report
from tests.conftest import finished_status


def trained(store, config, accuracy):
    """A run of that config as the trainer leaves it, with the same validation accuracy at each epoch's end."""
    run = store.create(config)
    for epoch in range(1, config.epochs + 1):
        row = {"epoch": epoch, "step": epoch, "loss": 0.1, "accuracy": accuracy, "images_per_s": 9e4, "elapsed_s": 1.0}
        run.append_metrics(row | {"val_loss": 0.1, "val_accuracy": accuracy})
    run.write_report(report(np.eye(10), np.arange(10)))
    run.write_status(finished_status())


def test_every_claim_has_its_sentence_and_one_button(app):
    page = app("why")
    assert [each.value for each in page.subheader] == [claim.sentence for claim in CLAIMS.values()]
    assert [button.label.split(" · ")[:2] for button in page.button] == [["Test this claim", "9 runs"]] * 4 + [
        ["Test this claim", "6 runs"]
    ]


def test_the_button_files_the_runs_that_are_missing(app, store):
    page = app("why")
    page.button(key="test-epochs").click().run()
    assert not page.exception
    queued = [run.config() for run in store.queue()]
    assert sorted((config.epochs, config.seed) for config in queued) == [
        (epochs, seed) for epochs in (1, 5, 20) for seed in (0, 1, 2)
    ]
    assert "test-epochs" not in [button.key for button in page.button]


@pytest.mark.parametrize(("other", "words"), [(0.90, "Borne out here"), (0.99, "Not borne out here")])
def test_a_claim_that_was_tested_says_what_came_of_it(app, store, other, words):
    claim = CLAIMS["cross-entropy"]
    for arm, accuracy in zip(claim.arms, (0.97, other), strict=True):
        for config in claim.configs(arm):
            trained(store, config, accuracy)
    told = [each.value for each in app("why").markdown if "of 3 seeds" in each.value]
    assert len(told) == 1 and words in told[0]
