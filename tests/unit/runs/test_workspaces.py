"""What a person's files take of the disk."""

import os

from core.runs.workspaces import size_bytes


def test_a_file_counts_once_however_many_names_it_has(tmp_path):
    folder = tmp_path / "datasets" / ".trash"
    folder.mkdir(parents=True)
    (tmp_path / "a").write_bytes(bytes(1000))
    (folder / "b").write_bytes(bytes(200))
    os.link(tmp_path / "a", folder / "c")
    assert size_bytes(tmp_path) == 1200
