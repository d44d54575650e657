"""A runs folder that cannot be read: a sentence says so in the page's place."""

from types import SimpleNamespace

from pages.widgets.shared import app_shell
from tests.support.app import DENIED, failing, plain


def test_a_page_that_cannot_read_its_runs_says_so(monkeypatch):
    text, error = DENIED
    said = []
    monkeypatch.setattr(app_shell.st, "error", lambda each, icon: said.append(plain(each)))
    app_shell.show_page(SimpleNamespace(run=failing(error)))
    assert said == [text]
