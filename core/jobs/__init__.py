"""The processes of the app: the scheduler that starts queued runs, and the workers that train them."""

from typing import TYPE_CHECKING

from core.public_names import import_on_demand

if TYPE_CHECKING:
    from core.jobs.launcher import run_module, serve
    from core.jobs.scheduler import EXIT_NOT_ACQUIRED, Scheduler, expect_training, run_scheduler, start_next
    from core.jobs.warm_worker import WarmWorker

__all__ = [
    "EXIT_NOT_ACQUIRED",
    "Scheduler",
    "WarmWorker",
    "expect_training",
    "run_module",
    "run_scheduler",
    "serve",
    "start_next",
]

if not TYPE_CHECKING:  # a type checker would take any name for one of the package's
    __getattr__, __dir__ = import_on_demand(__name__)
