"""No training process outlives its test."""

import os

import psutil
import pytest

from core.jobs import launcher


@pytest.fixture(autouse=True)
def no_trainer_outlives_its_test(store):
    yield
    for run in store.all():
        if run.status().is_live and run.status().pid != os.getpid():
            psutil.Process(run.status().pid).kill()
    for _, process in launcher._workers.values():
        process.kill()
        process.wait()
    launcher._workers.clear()
    launcher.warm_worker.stop()
