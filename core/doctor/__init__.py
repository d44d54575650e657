"""Checks of what the app needs of a machine: Python, libraries, disk, memory, processor, port, clock and cluster."""

from core.doctor.finding import Finding, Severity
from core.doctor.libraries import check_libraries, check_python, requirements_of_the_app
from core.doctor.machine import check_clock, check_memory, check_processor
from core.doctor.network import check_cluster, check_port
from core.doctor.runs_folder import check_runs_folder, check_settings, check_temporary_folder

__all__ = [
    "Finding",
    "Severity",
    "check_clock",
    "check_cluster",
    "check_libraries",
    "check_memory",
    "check_port",
    "check_processor",
    "check_python",
    "check_runs_folder",
    "check_settings",
    "check_temporary_folder",
    "requirements_of_the_app",
]
