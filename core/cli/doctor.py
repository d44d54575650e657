"""Check what the app needs of this machine, and say what to do where something is wrong."""

import argparse
import json
from collections import Counter
from dataclasses import asdict

from core import doctor
from core.cli.server import DEFAULT_PORT
from core.doctor import Finding, Severity
from core.runs.store import RunStore


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the port, the cluster and the form of the output."""
    command.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"the port to check (default: {DEFAULT_PORT})")
    command.add_argument("--cluster", metavar="ADDRESS", help="a cluster to check, as in tcp://host:8786")
    command.add_argument("--json", action="store_true", help="print one JSON object")


def carry_out(options: argparse.Namespace) -> int:
    """Print a line for each finding; return 1 where something does not work, else 0."""
    findings = _findings(options.port, options.cluster)
    if options.json:
        print(json.dumps({"findings": [asdict(each) for each in findings]}))
    else:
        for each in findings:
            print(f"{each.severity:5} {each.subject}: {each.text}")
            if each.advice:
                print(f"      → {each.advice}")
        counts = Counter(each.severity for each in findings)
        print(", ".join(f"{counts[severity]} {severity}" for severity in Severity if counts[severity]))
    return 1 if any(each.severity is Severity.BAD for each in findings) else 0


def _findings(port: int, cluster: str | None) -> list[Finding]:
    return [
        doctor.check_python(),
        *doctor.check_libraries(doctor.requirements_of_the_app()),
        doctor.check_processor(),
        doctor.check_memory(),
        *doctor.check_runs_folder(RunStore().root),
        doctor.check_temporary_folder(),
        doctor.check_settings(),
        doctor.check_port(port),
        doctor.check_clock(),
        doctor.check_cluster(cluster),
    ]
