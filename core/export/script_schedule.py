"""The learning rate of each of a script's steps, as Python code in NumPy."""

import numpy as np

from core.config.schedules import SCHEDULES
from core.export.reproduction import Reproduction
from core.export.script_source import plain_source


def schedule_code(run: Reproduction) -> str:
    """Return the code that makes `rates`, one for each step; '' where the learning rate stays the same.

    Raises `ExportError` where the source of the schedule is not there.
    """
    factor = SCHEDULES[run.config.schedule].factor
    is_constant = factor is np.ones_like
    if is_constant and not run.rates:
        return ""
    lines = [] if is_constant else [plain_source(factor), "", ""]
    lines.append("steps = np.arange(EPOCHS * STEPS_PER_EPOCH)")
    if is_constant:
        lines.append("rates = np.full(len(steps), LEARNING_RATE)")
    else:
        name = factor.__name__.removeprefix("_")
        lines += [_progress(run), f"rates = LEARNING_RATE * {name}(progress)"]
    for step, rate in run.rates:
        lines.append(f"rates[{step}:] = {rate}  # set by hand in the run")
    return "\n".join(lines)


def _progress(run: Reproduction) -> str:
    """Return the line that says how far the schedule is at each step, from 0 to 1."""
    knots = run.plan.knots()
    if len(knots) == 2:
        return "progress = (steps + 0.5) / len(steps)"
    steps, done = [step for step, _ in knots], [round(progress, 6) for _, progress in knots]
    return f"progress = np.interp(steps + 0.5, {steps}, {done})  # the run was extended while it trained"
