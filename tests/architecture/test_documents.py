"""The documents name what exists, and the README stays short."""

import re

import pytest

from core.__main__ import main
from core.config.presets import PRESET_CARDS
from core.config.server_settings import ServerSettings
from core.networks import count_parameters
from tests.architecture.graph import PROJECT

MAX_README_LINES = 120
DOCUMENTS = {
    str(path.relative_to(PROJECT)): path.read_text("utf-8")
    for path in [*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md")]
    if path.name != "CHANGELOG.md"
}
EVERYTHING = "\n".join(DOCUMENTS.values())
_PATH = r"`((?:core|pages|tests|docs|benchmarks)/[\w./-]+|\.ci/run|\.github/[\w./-]+)`"


def found(pattern):
    return sorted(set(re.findall(pattern, EVERYTHING)))


def test_the_readme_is_short():
    assert len(DOCUMENTS["README.md"].splitlines()) <= MAX_README_LINES


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_a_document_names_is_there(document):
    text = DOCUMENTS[document]
    beside = (PROJECT / document).parent
    links = [beside / target.partition("#")[0] for target in re.findall(r"\]\(([^):]+)\)", text)]
    named = [PROJECT / path for path in re.findall(_PATH, text)]
    assert [str(path) for path in links + named if not path.exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_heading_that_a_document_links_to_is_there(document):
    for target, anchor in re.findall(r"\]\(([\w/.-]*)#([\w-]+)\)", DOCUMENTS[document]):
        path = (PROJECT / document).parent / target if target else PROJECT / document
        headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
        assert anchor in [re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-")) for heading in headings]


def test_every_page_of_docs_is_reached_from_the_readme():
    pages = [path.name for path in PROJECT.glob("docs/*.md")]
    assert [name for name in pages if f"](docs/{name})" not in DOCUMENTS["README.md"]] == []


@pytest.mark.parametrize("module", found(r"python -m ((?:benchmarks|docs|tests)\.[\w.]+)"))
def test_every_program_that_the_documents_name_is_there(module):
    assert (PROJECT / f"{module.replace('.', '/')}.py").exists()


@pytest.mark.parametrize("command", found(r"(?:python -m core|digit-studio) ([a-z]+)\b"))
def test_every_command_that_the_documents_name_is_there(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert "usage" in capsys.readouterr().out


@pytest.mark.parametrize("target", found(r"(?:`|    )make ([a-z][a-z-]+)"))
def test_every_make_target_that_the_documents_name_is_there(target):
    assert re.search(rf"^{target}:", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_every_command_of_the_documents_has_its_program_in_make_bench():
    bench = re.search(r"^bench:.*\n((?:\t.*\n)+)", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE)[1]
    figures = "".join(DOCUMENTS[f"docs/{name}.md"] for name in ("speed", "accuracy", "scale", "serving"))
    programs = set(re.findall(r"python -m (benchmarks\.\w+)", figures))
    assert programs == set(re.findall(r"-m (benchmarks\.\w+)", bench))


def test_the_proxies_of_the_documents_pass_on_the_largest_upload():
    sizes = re.findall(r"client_max_body_size (\d+)m;|max_size (\d+)MB", DOCUMENTS["docs/serving.md"])
    assert len(sizes) == 2
    assert [pair for pair in sizes if int(max(pair, key=len)) <= ServerSettings.max_session_upload_mb] == []


def test_podman_keeps_the_health_check_of_the_image():
    assert "HEALTHCHECK" in (PROJECT / "Containerfile").read_text("utf-8")
    recipe = (PROJECT / "Makefile").read_text("utf-8").partition("\nimage:")[2].partition("\n\n")[0]
    assert "BUILDAH_FORMAT=docker $(ENGINE) build" in recipe, "podman's own format of images knows no health checks"


def test_the_manual_lists_the_presets_and_their_weights():
    rows = re.findall(r"^\| `([\w-]+)` \| (.+?) \| ([\d,]+) \|", DOCUMENTS["docs/manual.md"], re.MULTILINE)
    presets = PRESET_CARDS.values()
    assert rows == [(preset.name, preset.title, f"{count_parameters(preset.config):,}") for preset in presets]
