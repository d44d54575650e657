"""The examples of CONTRIBUTING.md are true: each is executed as it stands there."""

import re
import textwrap
from pathlib import Path

import numpy as np
import pytest

from core.config import optimizers
from core.config.field_spec import FieldSpec
from core.config.layer_kinds import LayerKind
from core.config.optimizers import OPTIMIZERS
from core.export.formats import ExportFormat

DOCUMENT = Path(__file__).parents[2] / "CONTRIBUTING.md"


def example(heading):
    """The code under a heading."""
    section = DOCUMENT.read_text("utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("    ") or not line]
    return textwrap.dedent("\n".join(lines)).strip()


@pytest.fixture
def optimizer_registry():
    before = dict(OPTIMIZERS)
    yield OPTIMIZERS
    OPTIMIZERS.clear()
    OPTIMIZERS.update(before)


def test_the_layer_kind(request):
    kind = eval(example("Adding a layer kind"), {"LayerKind": LayerKind, "FieldSpec": FieldSpec})
    assert isinstance(kind, LayerKind) and kind.code == "noise"


def test_the_optimizer(optimizer_registry):
    exec(example("Adding an optimizer"), dict(vars(optimizers)))
    assert "nadam" in optimizer_registry


def test_the_export_format():
    names = {"np": np, "Path": Path, "ExportFormat": ExportFormat}
    *functions, entry = re.split(r"\n(?=ExportFormat)", example("Adding an export format"))
    exec("\n".join(functions), names)
    assert eval(entry, names).suffix == ".npz"


def test_the_page():
    page, entry = re.split(r"\n(?=\(\"pages/)", example("Adding a page"))
    compile(page, "pages/shipped.py", "exec")
    assert eval(entry)[0][0] == "pages/shipped.py"
