"""Checks of the machine: its processor, its memory and its clock."""

import contextlib
import platform
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil

from core.doctor.finding import Finding, bad, ok, warn

_CORE = Path(__file__).resolve().parents[1]
_CPUINFO = Path("/proc/cpuinfo")
_CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")
_NEEDED, _WANTED = {"avx"}, {"avx2", "fma"}
_BFLOAT16 = {"amx_bf16", "avx512_bf16"}
_MIN_GB, _COMFORTABLE_GB = 1.0, 2.0
_DAY_S = 86400.0


def check_processor(machine: str = platform.machine(), cpuinfo: Path = _CPUINFO) -> Finding:
    """Return whether the processor has what TensorFlow's builds use: AVX, and AVX2 with FMA for its speed.

    Linux names the features of x86 processors in /proc/cpuinfo; elsewhere they are unknown.
    """
    if machine.lower() not in ("x86_64", "amd64"):
        return ok("Processor", f"{machine}; TensorFlow's builds for it need no further feature.")
    try:
        text = cpuinfo.read_text("utf-8", "replace")
    except OSError:
        return ok("Processor", f"{machine}; its features are unknown here, where there is no {cpuinfo}.")
    found = re.search(r"^flags\s*:(.*)$", text, re.MULTILINE)
    features = set(found[1].split()) if found else set()
    if lacking := _NEEDED - features:
        return bad(
            "Processor",
            f"lacks {', '.join(sorted(lacking)).upper()}: TensorFlow's builds end with an illegal instruction on it.",
            "Take another machine; a virtual one can be given its host's processor features.",
        )
    if lacking := _WANTED - features:
        return warn(
            "Processor",
            f"lacks {', '.join(sorted(lacking)).upper()}: training takes several times as long.",
            "A virtual machine can be given its host's processor features.",
        )
    quick = ", and bfloat16, in which convolutions train faster" if features & _BFLOAT16 else ""
    return ok("Processor", f"{machine} with AVX2 and FMA{quick}.")


def check_memory(limit: Path = _CONTAINER_LIMIT) -> Finding:
    """Return whether the memory is enough for a server and a training; `limit` is the file of a container's limit."""
    total = psutil.virtual_memory().total
    with contextlib.suppress(OSError, ValueError):  # no container, or one without a limit: `max`
        total = min(total, int(limit.read_text()))
    total_gb = total / 1024**3
    advice = "docs/serving.md says what the app takes. Give the machine or the container more."
    if total_gb < _MIN_GB:
        return bad("Memory", f"{total_gb:.1f} GB; a server alone takes most of {_MIN_GB:g} GB.", advice)
    if total_gb < _COMFORTABLE_GB:
        return warn("Memory", f"{total_gb:.1f} GB; a server and a training take up to {_COMFORTABLE_GB:g} GB.", advice)
    return ok("Memory", f"{total_gb:.1f} GB.")


def check_clock(folder: Path = _CORE, now: float | None = None) -> Finding:
    """Return whether the clock may be right: files of the app in `folder` cannot be of the future.

    now: seconds since 1970; without it the time of the clock.
    """
    now = time.time() if now is None else now
    newest = max((path.stat().st_mtime for path in folder.glob("*/*.py")), default=0.0)
    shown = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M UTC")
    if newest > now + _DAY_S:
        return warn(
            "Clock",
            f"says {shown}, and files of the app are {(newest - now) / _DAY_S:.0f} days newer.",
            "Set the clock: runs are put in order by it.",
        )
    return ok("Clock", f"{shown}.")
