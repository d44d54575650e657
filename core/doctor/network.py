"""Checks of the port that a server listens on, and of the cluster."""

import contextlib
import http.client
import socket
import urllib.request

import psutil

from core.cluster.connection import ClusterError, cluster_address, connect, count_slots
from core.config.field_spec import ConfigError
from core.doctor.finding import Finding, bad, ok, warn

_TIMEOUT_S = 3.0
_LAST_PORT = 65535
_ANOTHER_PORT = "Stop that, or choose another port: --port 8600"


def check_port(port: int) -> Finding:
    """Return whether a server can listen on this port of this machine, and if not, who does."""
    subject = f"Port {port}"
    if not 0 < port <= _LAST_PORT:
        return bad(subject, f"there is none: ports go from 1 to {_LAST_PORT}.", "Choose one, such as --port 8501.")
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("localhost", port))
    except PermissionError:
        return bad(subject, "may be listened on by the administrator alone.", "Choose one from 1024 on: --port 8501")
    except OSError:
        who = _listener(port)
        if _is_streamlit(port):
            text = f"a Streamlit app answers there{who}: perhaps this one, which is then running."
            return warn(subject, text, _ANOTHER_PORT)
        return bad(subject, f"is in use by another program{who}.", _ANOTHER_PORT)
    return ok(subject, "is free.")


def _listener(port: int) -> str:
    """Return who listens on a port, in brackets; '' where the system does not say it to this user."""
    with contextlib.suppress(psutil.Error):
        for each in psutil.net_connections("tcp"):
            if each.status == psutil.CONN_LISTEN and each.laddr and each.laddr[1] == port and each.pid:
                return f" ({psutil.Process(each.pid).name()}, process {each.pid})"
    return ""


def _is_streamlit(port: int) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy is for other machines
    try:
        with opener.open(f"http://localhost:{port}/_stcore/health", timeout=_TIMEOUT_S) as answer:
            return answer.read(16) == b"ok"
    except (OSError, ValueError, http.client.HTTPException):  # another protocol, or none within the time
        return False


def check_cluster(given: str | None) -> Finding:
    """Return whether the cluster at an address, else that of the environment, answers and has the same versions."""
    try:
        address = cluster_address(given)
        if address is None:
            return ok("Cluster", "none is given; everything runs on this machine.")
        with connect(address) as client:
            slots = count_slots(client)
    except (ConfigError, ClusterError) as error:
        sentence, _, advice = str(error).partition(". ")
        return bad("Cluster", f"{sentence.rstrip('.')}.", advice or "docs/scale.md says how a cluster is set up.")
    return ok("Cluster", f"{address} has {slots} worker{'s' * (slots != 1)}, of the same versions.")
