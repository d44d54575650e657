"""No training process outlives its test."""

import os

import psutil
import pytest

from core.jobs import scheduler


@pytest.fixture(autouse=True)
def no_worker_outlives_its_test(store):
    yield
    for run in store.all():
        if run.status().is_live and run.status().pid != os.getpid():
            psutil.Process(run.status().pid).kill()
    for _, process in scheduler.process_scheduler.workers.values():
        process.kill()
        process.wait()
    scheduler.process_scheduler.workers.clear()
    scheduler.process_scheduler.followers.kill()
    scheduler.process_scheduler.warm_worker.stop()
