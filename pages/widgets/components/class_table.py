"""The classes of a data set in a table: counts and small images of each."""

from collections.abc import Sequence

from core.datasets.class_rows import ClassRow
from pages.widgets.components._assets import define_component

_class_table = define_component("class_table", "html", "css", "js")


def class_table(rows: Sequence[ClassRow], columns: Sequence[str], name: str, label: str) -> None:
    """Show a row a class; `columns` are the titles of its strips, `label` says what the table is to screen readers.

    name: identity of the table on its page.
    """
    shown = [
        {"name": each.name, "train": f"{each.train:,}", "test": f"{each.test:,}", "strips": list(each.strips)}
        for each in rows
    ]
    data = {"rows": shown, "columns": list(columns), "label": label}
    _class_table(key=f"classes-{name}", data=data, width="stretch", height="content")
