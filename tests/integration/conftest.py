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
    for processes in (scheduler.process_scheduler.workers, scheduler.process_scheduler.followers):
        for _, process in processes.values():
            process.kill()
            process.wait()
        processes.clear()
    scheduler.process_scheduler.warm_worker.stop()
