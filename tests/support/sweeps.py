"""Sweeps that are made without training."""

from core.config.train_config import TrainConfig
from core.sweeps import owner, sweep_runs
from core.sweeps.sweep import SweepStore
from core.sweeps.sweep_config import SweepConfig
from core.sweeps.swept_field import SweptField
from core.sweeps.view import SweepView
from tests.support import sweep_owner

RATES = SweptField("learning_rate", 1e-4, 1e-1, log=True)


def sweep_config(*fields, epochs=3, **settings):
    """A sweep around a recipe of a few epochs; of learning rates where no field is named."""
    return SweepConfig(TrainConfig(epochs=epochs), fields or (RATES,), **settings)


def owned_sweep(store, monkeypatch, config):
    """A sweep, or one of this config, that this process has owned to its end without training; returns its view."""
    monkeypatch.setattr(sweep_owner, "RUN_S", 0.0)
    monkeypatch.setattr(sweep_runs, "INTERVAL_S", 0.0)
    monkeypatch.setattr(sweep_runs, "start_next", sweep_owner.end_waiting_runs)
    monkeypatch.setattr(sweep_runs.process_scheduler, "keep_warm_worker", lambda now: None)
    sweep = SweepStore(store).create(config) if isinstance(config, SweepConfig) else config
    assert owner.main(str(store.root), sweep.id) == 0, sweep.status().error
    return SweepView.read(sweep)
