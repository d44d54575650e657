"""What is wrong with a cluster is a sentence; without an address nothing of Dask is loaded."""

import subprocess
import sys

import distributed
import pytest

from core.cluster import connection
from core.cluster.connection import ClusterError, check_cluster, check_workers, open_client
from core.cluster.source_version import VERSION
from tests.architecture.graph import PROJECT

PYTHON = ".".join(map(str, sys.version_info[:2])) + ".9"


class Client:
    """A connection to one worker that answers so."""

    def __init__(self, python=PYTHON, dask=distributed.__version__, project=VERSION, workers=("tcp://w:1",)):
        versions = {"host": {"python": python}, "packages": {"distributed": dask}}
        self._workers = dict.fromkeys(workers, {"nthreads": 1})
        self._versions = dict.fromkeys(workers, versions)
        self._project = project

    def scheduler_info(self, n_workers):
        return {"workers": self._workers}

    def get_versions(self):
        return {"workers": self._versions}

    def run(self, function, name, on_error):
        return dict.fromkeys(self._workers, self._project)


def test_a_sound_cluster_is_taken():
    check_workers(Client(), "tcp://s:1")


@pytest.mark.parametrize(
    ("client", "sentence"),
    [
        (Client(workers=()), "has no worker. Start one on each machine"),
        (Client(python="3.9.1"), "has Python 3.9, and this program has"),
        (Client(dask="2020.1"), "has Dask 2020.1, and this program has"),
        (Client(project=ModuleNotFoundError("No module named 'core'")), "has not this project in its environment"),
        (Client(project="another"), "has another version of this project"),
    ],
)
def test_what_is_wrong_is_a_sentence(client, sentence):
    with pytest.raises(ClusterError, match=sentence):
        check_workers(client, "tcp://s:1")


def test_an_address_where_nothing_listens(monkeypatch):
    monkeypatch.setattr(connection, "_CONNECT_TIMEOUT_S", 0.2)
    with pytest.raises(ClusterError, match="answers at tcp://127.0.0.1:9"), open_client("tcp://127.0.0.1:9"):
        pass


def test_without_dask_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match="make cluster"):
        check_cluster("tcp://127.0.0.1:9")


def printed_by(program):
    """What a process of its own prints, which has imported nothing before."""
    done = subprocess.run([sys.executable, "-c", f"import sys; {program}"], cwd=PROJECT, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    return done.stdout.strip()


def test_without_an_address_nothing_of_dask_is_loaded():
    program = (
        "from core.jobs.scheduler import start_next; import core.sweeps.owner; "
        "from core.cluster import check_cluster; check_cluster(None); print('distributed' in sys.modules)"
    )
    assert printed_by(program) == "False"


def test_a_follower_loads_nothing_that_only_a_training_needs():
    program = (
        "import core.jobs.cluster_follower; "
        "print([name for name in ('core.datasets', 'core.training', 'core.recognition', 'cv2') if name in sys.modules])"
    )
    assert printed_by(program) == "[]"
