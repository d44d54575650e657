"""The run folder."""

from core.runs.run import Run, RunStore

__all__ = ["Run", "RunStore"]
