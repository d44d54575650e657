"""The README names what exists."""

import re
from pathlib import Path

import pytest

from core.__main__ import main

PROJECT = Path(__file__).resolve().parents[2]
README = (PROJECT / "README.md").read_text("utf-8")


def test_every_picture_and_file_that_the_readme_names_is_there():
    named = re.findall(r"\]\(([^):]+)\)", README) + re.findall(r"`((?:core|pages|tests|docs)/[\w./]+)`", README)
    assert named
    assert [name for name in named if not (PROJECT / name).exists()] == []


@pytest.mark.parametrize("module", sorted(set(re.findall(r"python -m (benchmarks\.\w+)", README))))
def test_every_benchmark_that_the_readme_names_is_there(module):
    assert (PROJECT / f"{module.replace('.', '/')}.py").exists()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"python -m core (\w+)", README))))
def test_every_command_that_the_readme_names_is_there(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert "usage" in capsys.readouterr().out


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`?make (\w+)", README))))
def test_every_make_target_that_the_readme_names_is_there(target):
    assert re.search(rf"^{target}:", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE)
