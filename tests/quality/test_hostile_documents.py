"""Hostile PDFs: whatever the file, its pages or a sentence, within 5 s of CPU time and 600 MB."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import pdfs

PROJECT = Path(__file__).resolve().parents[2]
MAX_CPU_S, MAX_MB = 5.0, 600.0

READ = {
    "scripts": pdfs.with_scripts(),
    "form": pdfs.with_xfa(),
    "10 by 10 metres": pdfs.pdf_of_pages([b"5000 5000 m 20000 20000 l 500 w S"], (28346, 28346)),
    "endless": pdfs.pdf_of_pages([b""], (10**9, 10**9)),
    "thin": pdfs.pdf_of_pages([b""], (10**6, 1)),
    "nothing": pdfs.pdf_of_pages([b""], (0, 0)),
    "nested": pdfs.deep_nesting(1_000_000),
    "pattern": pdfs.tiny_pattern(20_000),
    "mask": pdfs.masked_image(25_000),
    "deep colours": pdfs.deep_image(9000, 5000),
    "more claimed": pdfs.claimed_pages(10**9),
}
REFUSED = {
    "500 pages": (pdfs.pdf_of_pages([b""] * 500), "has 500 pages; at most 200 are read"),
    "encrypted": (pdfs.encrypted(), "is a PDF with a password"),
    "cut off": (pdfs.pdf_of_pages([b""] * 3)[:300], "is damaged"),
    "rubbish": (b"%PDF-1.7\n" + b"x" * 10_000, "is damaged"),
    "loop": (pdfs.looping_pages(), "is damaged"),
    "flate": (pdfs.flate_image(20_000), "holds images of 400 megapixels; at most 50"),
    "jpeg 2000": (pdfs.jpeg2000_image(4000), "holds images in JPEG 2000 of 16 megapixels; at most 12"),
    "a million paths": (pdfs.many_paths(1_000_000), "is drawn with 1,000,000 objects; at most 100,000"),
    "long paths": (pdfs.many_paths(50_000), "takes too long to draw"),
    "shading": (pdfs.shading(3000), "takes too long to draw"),
    "forms in forms": (pdfs.deep_forms(9), "cannot be drawn: it is damaged, or needs too much memory"),
}


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """What came of each document, by its name."""
    folder = tmp_path_factory.mktemp("documents")
    for name, data in (READ | {name: data for name, (data, _) in REFUSED.items()}).items():
        (folder / f"{name}.pdf").write_bytes(data)
    command = [sys.executable, "-m", "tests.support.hostile_documents", *map(str, sorted(folder.iterdir()))]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-5000:]
    return {Path(each["file"]).stem: each for each in map(json.loads, done.stdout.splitlines())}


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows does not limit a process's memory this way")


@pytest.mark.parametrize("name", READ)
def test_a_strange_pdf_is_drawn_without_running_what_it_holds(reports, name):
    (size,) = reports[name]["answers"]
    assert min(size) >= 1 and max(size) <= 8000 and size[0] * size[1] <= 4.1e6


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_pdf_gets_a_sentence(reports, name):
    _, words = REFUSED[name]
    for answer in reports[name]["answers"]:
        assert isinstance(answer, str) and answer.startswith(name) and words in answer


@pytest.mark.parametrize("name", [*READ, *REFUSED])
def test_it_takes_bounded_time_and_memory(reports, name):
    assert reports[name]["cpu_s"] <= MAX_CPU_S
    assert reports[name]["peak_mb"] <= MAX_MB
