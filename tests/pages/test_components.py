"""A component is made of the files beside its module."""

from pathlib import Path

import pytest

from pages.widgets.components import _assets

FOLDER = Path(_assets.__file__).parent
ASSETS = sorted(path for kind in ("html", "css", "js") for path in FOLDER.glob(f"*.{kind}"))


def test_a_component_whose_file_is_missing_is_refused():
    with pytest.raises(FileNotFoundError, match=r"reload\.css"):
        _assets.define_component("reload", "js", "css")


@pytest.mark.parametrize("path", ASSETS, ids=lambda p: p.name)
def test_every_file_belongs_to_a_component(path):
    kind = path.suffix.removeprefix(".")
    calls = [module.read_text("utf-8") for module in FOLDER.glob("*.py")]
    if path.name in ("streamlit_overrides.css", "sign_in.css"):  # of a whole page, not of a component
        assert 'Path(__file__).with_suffix(".css").read_text("utf-8")' in path.with_suffix(".py").read_text("utf-8")
        return
    assert any(f'define_component("{path.stem}"' in text and f'"{kind}"' in text for text in calls)
