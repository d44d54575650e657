"""Nothing is asked of other machines: a served app does not wait for a name resolver that does not answer."""

import json
import subprocess
import sys

from tests.support.app_server import PROJECT
from tests.support.without_dns import FOREIGN, PAGES

NAMESPACE = ["unshare", "--net", "--map-root-user"]


def without_network():
    """Return the command that runs another one without a network, empty where this system has none or forbids it."""
    try:
        subprocess.run([*NAMESPACE, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    return NAMESPACE


def test_pages_of_other_sites_are_refused_and_nothing_is_asked_of_other_machines(tmp_path):
    command = [*without_network(), sys.executable, "-m", "tests.support.without_dns", str(tmp_path)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["asked"] == []
    assert seen["statuses"] == [403] * len(FOREIGN)
    assert seen["health"] == ["ok"] * 20
    assert seen["drawn"] == list(PAGES)
