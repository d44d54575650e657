"""Batches of picture files: in order, decoded one ahead, bounded in memory."""

import io
import weakref

from PIL import Image

from core.pictures import prefetch
from core.pictures.decoding import PictureFile
from core.pictures.entries import PictureEntry
from core.pictures.prefetch import prefetch_batches


def png(side_px=8):
    file = io.BytesIO()
    Image.new("L", (side_px, side_px), 255).save(file, "PNG")
    return file.getvalue()


def test_batches_keep_the_order_and_the_notes(monkeypatch):
    monkeypatch.setattr(prefetch, "MAX_BATCH_PICTURES", 2)
    entries = [
        PictureEntry("a", unpack=png),
        PictureEntry("b", "is lost"),
        PictureEntry("c", unpack=png),
        PictureEntry("d", unpack=lambda: b"x"),
    ]
    found = list(prefetch_batches(entries))
    assert [len(batch) for batch in found] == [2, 2]
    seen = [(entry.name, bool(picture), note[:8]) for batch in found for entry, picture, note in batch]
    assert seen == [("a", True, ""), ("b", False, "is lost"), ("c", True, ""), ("d", False, "d is not")]


def test_of_pictures_that_fill_a_batch_one_is_decoded_ahead(monkeypatch):
    monkeypatch.setattr(prefetch, "MAX_BATCH_PIXELS", 400)
    opened = []

    def unpack():
        opened.append(len(opened))
        return png(20)

    found = prefetch_batches([PictureEntry("x", unpack=unpack)] * 9)
    assert len(next(found)) == 1 and len(opened) <= 2
    assert len(list(found)) == 8 and len(opened) == 9


def test_a_large_picture_is_in_memory_alone(monkeypatch):
    monkeypatch.setattr(prefetch, "MAX_BATCH_PIXELS", 200)
    decoded = []
    decode = PictureFile.decode

    def noted(file):
        assert not [picture for picture in decoded if picture() is not None], "the others are gone"
        picture = decode(file)
        decoded.append(weakref.ref(picture))
        return picture

    monkeypatch.setattr(PictureFile, "decode", noted)
    large, small = PictureEntry("large", unpack=lambda: png(20)), PictureEntry("small", unpack=lambda: png(14))
    sizes = []
    for batch in prefetch_batches([large, small, large, large, small]):
        sizes.append([picture.width for _, picture, _ in batch])
        del batch
    assert sizes == [[20], [14], [20], [20], [14]]


def test_nothing_gives_no_batches():
    assert list(prefetch_batches([])) == []
