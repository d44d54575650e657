"""All data sets in a list, and the one that is chosen: its classes, its images, and what can be done with it."""

from collections.abc import Mapping

import streamlit as st

from core.charts.class_balance import class_balance
from core.config.dataset_spec import DatasetSpec, ImageForm
from core.datasets.class_rows import rows_of_set
from core.datasets.damage import describe_damage
from core.datasets.mnist import DatasetError
from core.datasets.store import DatasetStore
from pages.widgets.components.chart import chart
from pages.widgets.components.class_table import class_table
from pages.widgets.data import actions, doubts, trash
from pages.widgets.data.state import CHOSEN
from pages.widgets.shared.press import once
from pages.widgets.shared.text import escape_markdown

_CHART_PX = 190
_FORMS = {ImageForm.MNIST: "strokes in MNIST form", ImageForm.PLAIN: "plain pictures"}


def show(store: DatasetStore) -> None:
    """Show the list of all sets, and the chosen one beside it."""
    specs = {spec.reference: spec for spec in store.specs()}
    trash.offer_undo(store)
    names, details = st.columns([1, 3], gap="large")
    with names:
        chosen = _choose(specs)
        _say_damaged(store, specs)
        trash.show(store)
    with details:
        _show_set(store, specs[chosen])


def _choose(specs: Mapping[str, DatasetSpec]) -> str:
    if CHOSEN.get() not in specs:  # gone, changed in another tab, or none was chosen yet
        wanted = CHOSEN.get() or st.query_params.get("dataset", "")
        newest = {spec.id: reference for reference, spec in specs.items()}
        CHOSEN.set(newest.get(wanted.partition("@")[0], next(iter(specs))))
    chosen = st.radio(
        "All data sets",
        list(specs),
        format_func=lambda reference: _title(specs[reference]),
        key=CHOSEN.name,
        persist_state="session",
    )
    return chosen if chosen in specs else next(iter(specs))


def _title(spec: DatasetSpec) -> str:
    counts = f"{spec.num_classes} classes, {spec.train_images + spec.test_images:,} images"
    return f"{escape_markdown(spec.name)}  \n:small[{counts}]"


def _say_damaged(store: DatasetStore, specs: Mapping[str, DatasetSpec]) -> None:
    """Say which sets cannot be read, each with a button that deletes it, and of which an older version is shown."""
    known = {spec.id for spec in specs.values()}
    for set_id, sentence in describe_damage(store, list(specs.values())).items():
        st.warning(escape_markdown(sentence), icon=":material/warning:")
        if set_id not in known:
            delete = once(actions.delete, store, set_id)
            st.button("Delete it", icon=":material/delete:", key=f"delete-{set_id}", on_click=delete)


def _show_set(store: DatasetStore, spec: DatasetSpec) -> None:
    st.markdown(
        f"**{escape_markdown(spec.name)}** · {spec.num_classes} classes · {spec.train_images:,} images to learn from · "
        f"{spec.test_images:,} for the test · {_FORMS[spec.form]}"
    )
    actions.show(store, spec)
    try:
        summary = store.summary(spec)
    except DatasetError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    class_table(
        rows_of_set(spec, summary),
        ("Mean", "Some of them"),
        f"set-{spec.reference}",
        f"The classes of {spec.name}: how many images each has, their mean, and some of them",
    )
    train, test = summary.train_counts.tolist(), summary.test_counts.tolist()
    alt = f"Bar chart of the images of each class of {spec.name}: from {min(train):,} to {max(train):,} to learn from."
    chart(class_balance(spec.class_names, train, test), f"balance-{spec.reference}", alt, _CHART_PX)
    doubts.show(store, spec)
    _origin(spec)


def _origin(spec: DatasetSpec) -> None:
    origin = [f"Source: {spec.source}"] * bool(spec.source) + [f"Licence: {spec.licence}"] * bool(spec.licence)
    words = [*origin, f"Named {spec.reference} in recipes and on the command line", f"SHA-256 {spec.sha256[:16]}…"]
    st.markdown(f":small[{escape_markdown(' · '.join(words))}]")
