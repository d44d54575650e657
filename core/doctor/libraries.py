"""Checks of Python and of the installed libraries, against the ranges that were tested."""

import re
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from core.doctor.finding import Finding, bad, ok, warn

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_CHECKOUT = Path(__file__).resolve().parents[2] / "requirements.txt"
_DISTRIBUTION = "digit-studio"
_LOWEST, _HIGHEST = (3, 11), (3, 13)  # as pyproject.toml says
_INSTALL = "make run installs what was tested; so does pip install --require-hashes -r requirements.lock"


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    """Return whether this Python, (major, minor, micro), is one that TensorFlow has a wheel for."""
    shown = ".".join(map(str, version))
    if _LOWEST <= version[:2] <= _HIGHEST:
        return ok("Python", f"{shown}.")
    return bad(
        "Python",
        f"{shown}; Digit Studio needs 3.11, 3.12 or 3.13, because TensorFlow has no build for others.",
        "Install one of them, and make the environment anew: make PYTHON=/path/to/python3.13 run",
    )


def requirements_of_the_app() -> list[str]:
    """Return the app's requirements as written, such as `numpy>=2.4,<3`: of the checkout, or of what is installed."""
    if _CHECKOUT.is_file():
        lines = (line.partition("#")[0].strip() for line in _CHECKOUT.read_text("utf-8").splitlines())
        return [line for line in lines if line and not line.startswith("-")]
    try:
        return [each for each in metadata.requires(_DISTRIBUTION) or [] if "extra ==" not in each]
    except metadata.PackageNotFoundError:
        return []


def check_libraries(requirements: Sequence[str]) -> list[Finding]:
    """Return a finding for each library that is missing or of an untested version, or one that all are as tested."""
    from packaging.requirements import Requirement

    if not requirements:
        return [warn("Libraries", "unknown: this copy of the app does not say what it needs.", _INSTALL)]
    found = [_check(Requirement(each)) for each in requirements]
    wrong = [each for each in found if each]
    return wrong or [ok("Libraries", f"all {len(found)} in the tested ranges.")]


def _check(requirement: "Requirement") -> Finding | None:
    """Return what is wrong with the library of a requirement, None where nothing is."""
    subject = f"Library {requirement.name}"
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return bad(subject, "is not installed.", _INSTALL)
    except KeyError:  # where a library has replaced the finders of metadata, one without a version
        version = ""
    if re.match(r"\d", version or "") and requirement.specifier.contains(version, prereleases=True):
        return None
    return bad(subject, f"has version {version}; tested is {requirement.specifier}.", _INSTALL)
