"""The runs folder that a visitor works in: the machine's own, or in a class that of the person who is signed in.

Every page gets its root here, and nowhere else; what is not signed in gets none.
"""

from pathlib import Path

import streamlit as st
from starlette.requests import Request

from core.config.dataset_spec import MNIST, DatasetSpec
from core.people import Mode, Person, SignIn, mode_of_server, shared_runs
from core.people.cookies import COOKIE
from core.runs.run import Run
from core.runs.schema import RunError
from core.runs.store import RunStore
from pages.widgets.shared import accounts


class NotSignedInError(RuntimeError):
    """A visitor who is not, or no longer, signed in."""


def mode() -> Mode:
    """Return how people sign in to this server; raises `ConfigError`."""
    return mode_of_server(st.get_option("server.address"))


def sign_in() -> SignIn:
    """Return how people sign in to the class that this server has."""
    return SignIn(machine_store().root)


def machine_store() -> RunStore:
    """Return the store of the whole machine: for the server itself, and for the teacher's page."""
    return RunStore()


def person() -> Person | None:
    """Return who is signed in in this session; None where nobody is, and where the server knows no people."""
    if mode() is Mode.CODE:
        return sign_in().person_of(_cookie())
    return accounts.person(sign_in()) if mode() is Mode.LOGIN else None


def join() -> Person | None:
    """Return who has signed in with an account, with a workspace made at the first time; None where nobody has.

    Raises `PeopleError` in words, and `OSError`.
    """
    return accounts.join(sign_in()) if mode() is Mode.LOGIN else None


def store() -> RunStore:
    """Return the store that this session works in; raises `NotSignedInError`."""
    return _store_of(person())


def data_root(dataset: DatasetSpec) -> Path:
    """Return the root in which this session finds a data set: the machine's for MNIST, which all have, else its own.

    What is kept for all sessions of somebody's images has it as a part of its key. Raises `NotSignedInError`.
    """
    return machine_store().root if dataset == MNIST else store().root


def find_run(run_id: str) -> Run:
    """Return the run of that id in the session's store, or that somebody in the class shares; raises `RunError`."""
    try:
        return store().get(run_id)
    except RunError:
        return find_shared_run(run_id)


def find_shared_run(run_id: str) -> Run:
    """Return the run of that id that somebody in the class shares, to look at alone; raises `RunError`."""
    if mode() is Mode.OPEN:
        raise RunError(f"There is no run {run_id!r} here.")
    return shared_runs.find_shared_run(machine_store().root, run_id)


def store_of(request: Request) -> RunStore:
    """Return the store of the person that a request beside Streamlit's own comes from; raises `NotSignedInError`."""
    if mode() is Mode.CODE:
        return _store_of(sign_in().person_of(request.cookies.get(COOKIE)))
    return _store_of(accounts.person_of(request, sign_in()) if mode() is Mode.LOGIN else None)


def _store_of(found: Person | None) -> RunStore:
    if mode() is Mode.OPEN:
        return machine_store()
    if found is None:
        raise NotSignedInError("Nobody is signed in here any more. Load the page again.")
    return RunStore(found.root)


def _cookie() -> str | None:
    return st.context.cookies.get(COOKIE)
