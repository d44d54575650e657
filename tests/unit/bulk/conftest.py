"""The shipped reader, and a folder of pictures for it."""

import zipfile

import pytest

from core.bulk.shards import load_reader
from tests.support.scans import encoded, picture


@pytest.fixture(scope="package")
def reader():
    return load_reader(None)


@pytest.fixture(scope="package")
def folder(tmp_path_factory):
    """Pictures of a 7, a 2, a 1 and a 0, in a PNG, a TIFF of three pages and a ZIP, with a bad one in each kind."""
    folder = tmp_path_factory.mktemp("scans")
    (folder / "1.png").write_bytes(encoded(picture(0), "PNG"))
    (folder / "2 bad.png").write_bytes(b"no picture")
    pages = [picture(index) for index in (0, 1, 2)]
    (folder / "3.tif").write_bytes(encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    with zipfile.ZipFile(folder / "4.zip", "w") as archive:
        archive.writestr("0.png", encoded(picture(3), "PNG"))
        archive.writestr("bad.png", b"")
    (folder / "5.png").write_bytes(b"")
    return folder
