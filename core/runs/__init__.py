"""Runs on disk: the run folder is the contract between the training and everything that shows it.

Only this package knows the files of a run folder and what their states mean.
"""

from typing import TYPE_CHECKING

from core.public_names import import_on_demand

if TYPE_CHECKING:
    from core.runs import trash
    from core.runs.commands import COMMANDS, Command, CommandError, CommandName
    from core.runs.damage import find_damage
    from core.runs.index import RunSummary, run_summaries
    from core.runs.metrics_schema import MetricRow, Metrics
    from core.runs.objective_run import ObjectiveRow, ObjectiveRun
    from core.runs.plan import MAX_EPOCHS, TrainingPlan, row_learning_rates
    from core.runs.quota import QuotaError, file_run
    from core.runs.report_schema import DigitScore, ReliabilityBin, Report
    from core.runs.run import Run
    from core.runs.run_folder import MODEL_FILE, RunFolder
    from core.runs.schema import Mark, MarkKind, Notes, RunError, RunState, Status, error_reason
    from core.runs.snapshots import Snapshot, SnapshotStore
    from core.runs.state_cache import busy_run, run_states, waiting_runs
    from core.runs.store import RunStore
    from core.runs.view import RunView

__all__ = [
    "COMMANDS",
    "MAX_EPOCHS",
    "MODEL_FILE",
    "Command",
    "CommandError",
    "CommandName",
    "DigitScore",
    "Mark",
    "MarkKind",
    "MetricRow",
    "Metrics",
    "Notes",
    "ObjectiveRow",
    "ObjectiveRun",
    "QuotaError",
    "ReliabilityBin",
    "Report",
    "Run",
    "RunFolder",
    "RunError",
    "RunState",
    "RunStore",
    "RunSummary",
    "RunView",
    "Snapshot",
    "SnapshotStore",
    "Status",
    "TrainingPlan",
    "busy_run",
    "error_reason",
    "file_run",
    "find_damage",
    "row_learning_rates",
    "run_states",
    "run_summaries",
    "trash",
    "waiting_runs",
]

if not TYPE_CHECKING:  # a type checker would take any name for one of the package's
    __getattr__, __dir__ = import_on_demand(__name__)
