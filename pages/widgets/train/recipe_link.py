"""The recipe in the page's address: the form starts from a link, and puts what was entered into the next one."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import streamlit as st

from core.config import PRESETS, ConfigError, LayerSpec
from core.config.recipe_url import draft_from_query, draft_to_query
from core.datasets.mnist import DatasetError
from core.datasets.store import DatasetStore
from pages.widgets.shared import workspace
from pages.widgets.shared.text import escape_markdown
from pages.widgets.train import recipe_form
from pages.widgets.train.state import KNOWN_LINKS, LINK_ERROR


def expect_link(query: Mapping[str, str]) -> None:
    """Have the form start from this link when the page is opened with it, also where it had been opened before."""
    KNOWN_LINKS.set(KNOWN_LINKS.get() - {urlencode(query)})


def start_from_link() -> None:
    """Start from the recipe in the page's address; a link that cannot be used leaves an error to be shown.

    A browser sends the address as it knows it with every entry, so an address that this page has set before is no link.
    """
    query = st.query_params.to_dict()
    if not query or urlencode(query) in KNOWN_LINKS.get():
        return
    KNOWN_LINKS.set(KNOWN_LINKS.get() | {urlencode(query)})
    try:
        config, changed = draft_from_query(query, DatasetStore(workspace.store().root).spec)
        try:
            recipe_form.start_from(config.changed(changed))
        except ConfigError:  # its values do not go together: the form says why
            recipe_form.start_from(config, changed)
    except (ConfigError, DatasetError) as error:
        recipe_form.start_from(PRESETS["recipe"])
        reason = str(error)
        LINK_ERROR.set(reason if len(reason) < 300 else f"{reason[:300]}…")


def show_error() -> None:
    """Show what is wrong with the link by which the page was opened, until a recipe is chosen."""
    if reason := LINK_ERROR.get():
        st.warning(
            f"The link's recipe cannot be used. {escape_markdown(reason)} The form holds the seed recipe.",
            icon=":material/link_off:",
        )


def set_link(layers: Sequence[LayerSpec]) -> str:
    """Put the recipe as the form has it, with these layers, into the page's address; return the address.

    A recipe that cannot be trained is there, too: what was built is still there when the page is loaded again.
    """
    query = draft_to_query(recipe_form.values() | {"layers": tuple(layers)})
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
    KNOWN_LINKS.set(KNOWN_LINKS.get() | {urlencode(query)})
    address = (st.context.url or "").split("?")[0]
    return f"{address}?{urlencode(query)}" if query else address
