"""Files that are sent in pieces arrive whole, in order, or not at all."""

import pytest

from core.cluster import file_pieces
from core.cluster.file_pieces import FolderWatcher, Piece, PieceError, PieceWriter


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(file_pieces, "MAX_PIECE_BYTES", 8)


@pytest.fixture
def folders(tmp_path):
    for name in ("there", "here"):
        (tmp_path / name).mkdir()
    return tmp_path / "there", tmp_path / "here"


def watcher(folder, **more):
    return FolderWatcher(folder, ("rows.jsonl",), ("log",), lambda _: ("checkpoint", "status"), **more)


def test_what_grows_and_what_is_replaced_arrives_as_it_is(folders):
    there, here = folders
    watched, writer = watcher(there), PieceWriter(here)
    for number in range(1, 4):
        with open(there / "rows.jsonl", "ab") as file:
            file.write(b"row %d\n" % number)
        (there / "log").write_bytes(b"x" * 10 * number)
        (there / "new").write_bytes(b"checkpoint %d" % number * number)
        (there / "new").replace(there / "checkpoint")
        for piece in watched.changes():
            assert len(piece.data) <= 8
            writer.write(piece)
        assert list(watched.changes()) == []
        for name in ("rows.jsonl", "log", "checkpoint"):
            assert (here / name).read_bytes() == (there / name).read_bytes()
    assert sorted(each.name for each in here.iterdir()) == ["checkpoint", "log", "rows.jsonl"]


def test_a_half_line_waits_for_its_end(folders):
    there, _ = folders
    (there / "rows.jsonl").write_bytes(b"1\n2")
    watched = watcher(there, is_known=False)
    assert [each.data for each in watched.changes()] == [b"1\n"]
    with open(there / "rows.jsonl", "ab") as file:
        file.write(b"2\n")
    assert [each.data for each in watched.changes()] == [b"22\n"]


def test_what_was_there_before_is_no_change(folders):
    there, _ = folders
    (there / "rows.jsonl").write_bytes(b"1\n")
    (there / "checkpoint").write_bytes(b"1")
    assert list(watcher(there).changes()) == []
    assert len(list(watcher(there, is_known=False).changes())) == 2


def test_rows_are_sent_before_the_checkpoint_and_the_status_last(folders):
    there, _ = folders
    for name in ("status", "checkpoint", "rows.jsonl"):
        (there / name).write_bytes(b"1\n")
    names = [each.name for each in watcher(there, is_known=False).changes()]
    assert names == ["rows.jsonl", "checkpoint", "status"]


def test_only_what_has_changed_is_opened(folders, monkeypatch):
    there, _ = folders
    (there / "checkpoint").write_bytes(b"1")
    (there / "status").write_bytes(b"1")
    watched, opened = watcher(there, is_known=False), []
    assert len(list(watched.changes())) == 2

    def note(path, mode):
        opened.append(path.name)
        return open(path, mode)

    monkeypatch.setattr(file_pieces, "open", note, raising=False)
    (there / "status").write_bytes(b"22")
    assert [each.data for each in watched.changes()] == [b"22"]
    assert [each for each in opened if each in ("checkpoint", "status")] == ["status"]


def test_of_a_file_whose_pieces_end_early_nothing_is_seen(folders):
    _, here = folders
    (here / "checkpoint").write_bytes(b"old")
    writer = PieceWriter(here)
    assert not writer.write(Piece("checkpoint", 0, b"12345678", False))
    assert (here / "checkpoint").read_bytes() == b"old"
    writer.close()
    with pytest.raises(PieceError, match="does not follow"):
        writer.write(Piece("checkpoint", 8, b"9", True))
    assert writer.write(Piece("checkpoint", 0, b"new", True))
    assert (here / "checkpoint").read_bytes() == b"new"


def test_a_piece_twice_or_too_early_is_refused(folders):
    _, here = folders
    writer = PieceWriter(here)
    writer.write(Piece("rows.jsonl", 70, b"1\n"))
    for offset in (70, 74):
        with pytest.raises(PieceError, match="does not follow"):
            writer.write(Piece("rows.jsonl", offset, b"2\n"))
    assert (here / "rows.jsonl").read_bytes() == b"1\n"


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "", ".hidden", "a\\b", "a//b", "a\n"])
def test_nothing_is_written_outside_the_folder(folders, name):
    with pytest.raises(PieceError, match="no file that may be sent"):
        PieceWriter(folders[1]).write(Piece(name, 0, b"", True))
