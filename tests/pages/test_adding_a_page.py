"""A page is one file and one entry: the navigation has it, and it opens by itself."""

from streamlit.testing.v1 import AppTest

from pages.widgets.shared import app_shell

PAGE = '''"""What the shipped network scored."""

import streamlit as st


def page() -> None:
    st.markdown("**The shipped network**")


page()
'''


def test_a_page_is_one_file_and_one_entry(store, app, tmp_path, monkeypatch):
    path = tmp_path / "shipped.py"
    path.write_text(PAGE, "utf-8")
    titles = []
    real = app_shell.st.navigation

    def navigation(pages, **options):
        titles[:] = [each.title for each in pages]
        return real(pages, **options)

    monkeypatch.setattr(app_shell, "PAGES", (*app_shell.PAGES, (str(path), "Shipped", ":material/grade:")))
    monkeypatch.setattr(app_shell.st, "navigation", navigation)
    at: AppTest = app("recognize").switch_page(str(path)).run()
    assert not at.exception
    assert titles == [title for _, title, _ in app_shell.PAGES]
    assert [each.value for each in at.markdown] == ["**The shipped network**"]
