"""The documents as which a run is exported: one entry each says how it is made."""

from collections.abc import Callable
from dataclasses import dataclass

from core.export.formats import ExportError
from core.export.html_report import make_html_report
from core.export.notebook import make_notebook
from core.export.reproduction import tested_report
from core.export.script import make_script
from core.runs.view import RunView


@dataclass(frozen=True)
class DocumentFormat:
    """One kind of document, as the command line and the Runs page offer it.

    `make(view)` returns the file's bytes. `check(view)` takes milliseconds; it raises `ExportError` with a sentence
    where the run has no such document.
    """

    name: str  # on the command line
    label: str  # on the page
    use: str  # what it is for, on the page
    suffix: str  # of the file
    media_type: str
    make: Callable[[RunView], bytes]
    check: Callable[[RunView], object]


DOCUMENTS = {
    each.name: each
    for each in (
        DocumentFormat(
            "script",
            "Script",
            "trains the network again with Keras alone, in one Python file",
            ".py",
            "text/x-python",
            make_script,
            make_script,
        ),
        DocumentFormat(
            "notebook",
            "Notebook",
            "the same cell by cell, for Jupyter",
            ".ipynb",
            "application/x-ipynb+json",
            make_notebook,
            make_script,
        ),
        DocumentFormat(
            "report",
            "Report",
            "curves, confusions, mistakes and recipe on one page that opens offline and prints",
            ".html",
            "text/html",
            make_html_report,
            tested_report,
        ),
    )
}
"""Every document by its name, in the order in which they are offered. A new one is an entry here."""


def obstacle(view: RunView, document: DocumentFormat) -> str:
    """Return why the run has no such document, as a sentence, or '' where it can be made."""
    try:
        document.check(view)
    except ExportError as error:
        return str(error)
    return ""
