"""A checked connection to a cluster: somebody listens, there are workers, and all run the same versions."""

import contextlib
import pkgutil
import platform
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from core.config.cluster_address import cluster_address

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["ClusterError", "check_cluster", "cluster_address", "connect", "count_slots"]

_CONNECT_TIMEOUT_S = 10.0
_MISSING = (
    "Working on a cluster needs Dask, which is not installed: make cluster, or pip install -r requirements-cluster.txt."
)


class ClusterError(RuntimeError):
    """A cluster that cannot be used; the text says what is wrong and what to do."""


class UnreachableError(ClusterError):
    """A cluster that may be usable later: nothing listens yet, or there is no worker yet."""


@contextlib.contextmanager
def connect(address: str) -> "Iterator[Client]":
    """Connect to the scheduler at an address (`cluster_address`), and close the connection with the context.

    Raises `ClusterError` where Dask is not installed, nothing listens, no worker is there, or a worker has another
    version of Python, of Dask or of this project, or lacks this project.
    """
    with open_client(address) as client:
        check_workers(client, address)
        yield client


@contextlib.contextmanager
def open_client(address: str) -> "Iterator[Client]":
    """Connect to a scheduler whose workers are not checked; raises `ClusterError` as `connect` does."""
    distributed = _import_distributed()
    try:
        client = distributed.Client(address, timeout=_CONNECT_TIMEOUT_S, set_as_default=False)
    except (OSError, ValueError, RuntimeError, ImportError) as error:  # what it raises differs with what is wrong
        raise UnreachableError(
            f"Nothing that is a Dask scheduler of version {distributed.__version__} answers at {address}. Start one "
            "there with: dask scheduler. Is the address right, and does the firewall let its port through?"
        ) from error
    try:
        yield client
    finally:
        with contextlib.suppress(Exception):  # a scheduler that is gone by now
            client.close(timeout=1)


def check_cluster(address: str | None) -> None:
    """Raise `ClusterError` as `connect` does; do nothing where the address is None, which is this machine."""
    if address:
        with connect(address):
            pass


def count_slots(client: "Client") -> int:
    """Return how many tasks the cluster's workers carry out at a time: their threads, of which one each is advised."""
    workers: Mapping[str, Any] = client.scheduler_info(n_workers=-1)["workers"]
    return sum(each["nthreads"] for each in workers.values())


def check_workers(client: "Client", address: str) -> None:
    """Raise `ClusterError` where there is no worker, or one that cannot do what this program would ask of it."""
    workers: Mapping[str, Any] = client.scheduler_info(n_workers=-1)["workers"]
    if not workers:
        raise UnreachableError(
            f"The scheduler at {address} has no worker. Start one on each machine, in the environment that this "
            f"project is installed in: dask worker {address} --nthreads 1"
        )
    try:
        versions: Any = client.run(pkgutil.resolve_name, "core.cluster.source_version:VERSION", on_error="return")
        libraries: Any = client.get_versions()
    except (OSError, TimeoutError, RuntimeError) as error:
        raise UnreachableError(
            f"The scheduler at {address} was lost while its workers were asked for versions."
        ) from error
    for worker, found in libraries["workers"].items():
        _check_libraries(f"The worker {worker}", found)
    for worker, version in versions.items():
        _check_project(worker, version)


def _check_libraries(who: str, found: Mapping[str, Any]) -> None:
    distributed = _import_distributed()
    own = {"Python": platform.python_version().rpartition(".")[0], "Dask": distributed.__version__}
    theirs = {
        "Python": ".".join(found["host"]["python"].split(".")[:2]),
        "Dask": str(found["packages"].get("distributed")),
    }
    for name, version in own.items():
        if theirs[name] != version:
            raise ClusterError(
                f"{who} has {name} {theirs[name]}, and this program has {version}. Install the same version on all "
                "machines (requirements-cluster.lock), and start the worker again."
            )


def _check_project(worker: str, version: object) -> None:
    from core.cluster.source_version import VERSION

    if isinstance(version, ImportError | AttributeError):
        raise ClusterError(
            f"The worker {worker} has not this project in its environment ({version}). Install it there with pip "
            "install . in a copy of the project, and start the worker again."
        )
    if version != VERSION:
        raise ClusterError(
            f"The worker {worker} has another version of this project ({version}; this program has {VERSION}), whose "
            "results may differ. Bring both to the same version, and start the worker again."
        )


def _import_distributed() -> Any:
    """Return the module `distributed`; raises `ClusterError` where it is not installed."""
    try:
        import distributed
    except ImportError as error:
        raise ClusterError(_MISSING) from error
    return distributed
