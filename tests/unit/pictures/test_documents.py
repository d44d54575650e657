"""Documents: each page of a PDF or TIFF and each frame of a GIF is a picture of its own, within limits."""

import io
import struct
import sys
import zipfile

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from core.pictures import pdf_document, tiff_directory
from core.pictures.documents import expand_pages, name_of_page
from core.pictures.entries import PictureEntry
from core.pictures.labelled import find_labelled
from core.pictures.pdf_document import MAX_PAGES
from core.pictures.prefetch import prefetch_batches
from core.pictures.uploads import MAX_PICTURES, expand_uploads
from core.recognition.downloads import Download
from core.recognition.results import fingerprint
from tests.support import pdfs


def shades(count, size=(40, 30)):
    """Pictures of one grey each, a little darker from one to the next."""
    return [Image.new("L", size, 250 - number) for number in range(count)]


def encoded(pictures, kind, **options):
    file = io.BytesIO()
    pictures[0].copy().save(file, kind, save_all=True, append_images=pictures[1:], **options)
    return file.getvalue()


def entry(name, data):
    return PictureEntry(name, unpack=lambda: data)


def greys(entries):
    return [int(np.asarray(each.open().convert("L")).mean().round()) for each in entries]


def only_note(name, data):
    (found,) = expand_pages(entry(name, data))
    assert found.unpack is None
    return found.note


DOCUMENTS = {
    "scan.pdf": ("page", pdfs.pdf_of_pictures(shades(3))),
    "scan.tif": ("page", encoded(shades(3), "TIFF")),
    "scan.TIFF": ("page", encoded(shades(3), "TIFF", compression="tiff_lzw")),
    "big.tif": ("page", encoded(shades(3), "TIFF", big_tiff=True)),
    "film.gif": ("frame", encoded(shades(3), "GIF")),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_page_is_a_picture_of_its_own(name):
    kind, data = DOCUMENTS[name]
    entries = expand_pages(entry(name, data))
    assert [each.name for each in entries] == [f"{name}, {kind} {number}" for number in (1, 2, 3)]
    assert np.abs(np.subtract(greys(entries), [250, 249, 248])).max() <= 1
    assert greys(reversed(entries)) == greys(entries)[::-1], "in any order"
    assert len({fingerprint(each) for each in entries}) == 3


@pytest.mark.parametrize("name", DOCUMENTS)
def test_pages_are_decoded_in_batches_like_other_pictures(name):
    batches = list(prefetch_batches(expand_pages(entry(name, DOCUMENTS[name][1]))))
    assert [[each.picture.size for each in batch if each.picture] for batch in batches] == [[(40, 30)] * 3]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", pdfs.pdf_of_pictures(shades(1))),
        ("a.tif", encoded(shades(1), "TIFF")),
        ("a.gif", encoded(shades(1), "GIF")),
        ("a.png", encoded(shades(1), "PNG")),
    ],
)
def test_a_document_of_one_page_keeps_its_name(name, data):
    (found,) = expand_pages(entry(name, data))
    assert (found.name, found.open().size) == (name, (40, 30))


def test_the_smaller_copies_in_a_tiff_are_no_pages():
    small = TiffImagePlugin.ImageFileDirectory_v2()
    small[254] = 1
    file = io.BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(file) as writer:
        for picture, info in zip(shades(3), ({}, small, {}), strict=True):
            picture.save(writer, "TIFF", tiffinfo=info)
            writer.newFrame()
    entries = expand_pages(entry("a.tif", file.getvalue()))
    assert [each.name for each in entries] == ["a.tif, page 1", "a.tif, page 2"]
    assert greys(entries) == [250, 248]


def test_a_tiff_whose_pages_lead_back_to_the_first_ends():
    data = bytearray(encoded(shades(2), "TIFF"))
    first = struct.unpack_from("<I", data, 4)[0]
    end = first + 2 + 12 * struct.unpack_from("<H", data, first)[0]
    second = struct.unpack_from("<I", data, end)[0]
    struct.pack_into("<I", data, second + 2 + 12 * struct.unpack_from("<H", data, second)[0], first)
    assert len(expand_pages(entry("a.tif", bytes(data)))) == 2


def test_the_frames_of_a_gif_are_drawn_upon_those_before():
    frames = [Image.new("P", (60, 20), 0) for _ in range(3)]
    for number, frame in enumerate(frames):
        frame.putpalette([255, 255, 255, 0, 0, 0])
        frame.paste(1, (20 * number, 0, 20 * number + 20, 20))
    entries = expand_pages(entry("a.gif", encoded(frames, "GIF", disposal=1)))
    assert [np.asarray(each.open().convert("L"))[10, 50] for each in entries] == [255, 255, 0]


@pytest.mark.parametrize("kind", ["TIFF", "GIF"])
def test_more_pages_than_the_limit_are_refused_with_a_sentence(kind):
    data = encoded(shades(MAX_PAGES + 1, (4, 4)), kind)
    pages = "frames" if kind == "GIF" else "pages"
    assert only_note("a", data) == f"a has 201 {pages}; at most 200 are read. Send it in parts."


def test_a_pdf_of_500_pages_is_refused_with_a_sentence():
    note = only_note("in/a.pdf", pdfs.pdf_of_pages([b""] * 500))
    assert note == "a.pdf has 500 pages; at most 200 are read. Send it in parts."


def test_a_page_that_is_drawn_has_four_megapixels_and_a_scan_its_own():
    drawn, scan = pdfs.pdf_of_pages([b"9 w 50 50 m 500 700 l S"]), pdfs.pdf_of_pictures(shades(1, (60, 80)))
    (page,), (scanned,) = expand_pages(entry("a.pdf", drawn)), expand_pages(entry("a.pdf", scan))
    assert page.open().size == (1681, 2379)
    assert page.open().convert("L").getextrema() == (0, 255)
    assert scanned.open().size == (60, 80)


@pytest.mark.parametrize(("size", "pixels"), [((28346, 28346), (2000, 2000)), ((100_000, 5), (8000, 1))])
def test_a_page_of_any_size_is_drawn_within_the_limits(size, pixels):
    (page,) = expand_pages(entry("poster.pdf", pdfs.pdf_of_pages([b""], size)))
    assert page.open().size == pixels


def test_colours_stay():
    (page,) = expand_pages(entry("a.pdf", pdfs.pdf_of_pages([b"1 0 0 rg 0 0 9 9 re f"], (9, 9))))
    assert page.open().getpixel((1000, 1000)) == (255, 0, 0)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (pdfs.encrypted(), "is a PDF with a password; save it without one, and send that."),
        (pdfs.pdf_of_pages([b""])[:200], "is damaged; save or send the PDF again."),
        (b"%PDF-1.7 and nothing else", "is damaged; save or send the PDF again."),
        (pdfs.pdf_of_pages([]), "is damaged; save or send the PDF again."),
        (b"%PDF-1.7" + bytes(21 * 1024**2), "has 21.0 MB; at most 20 MB are read. Send a smaller copy."),
    ],
)
def test_a_pdf_that_cannot_be_opened_gets_a_sentence(data, words):
    assert only_note("a.pdf", data) == f"a.pdf {words}"


def test_without_pdfium_a_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    assert "run `pip install pypdfium2`, or save its pages as PNG" in only_note("a.pdf", DOCUMENTS["scan.pdf"][1])


def test_where_a_process_takes_too_long_it_is_ended(monkeypatch):
    monkeypatch.setattr(pdf_document, "_TIMEOUT_S", 0.001)
    assert "takes too long to draw" in only_note("a.pdf", DOCUMENTS["scan.pdf"][1])


def test_a_page_that_takes_too_long_costs_its_document_the_others(monkeypatch):
    slow = b"".join(b"%d 0 m %d 842 l S\n" % (at % 595, (at * 7919) % 595) for at in range(50_000))
    pages = expand_pages(entry("a.pdf", pdfs.pdf_of_pages([b"", slow, slow, b""])))
    sentences = [note for batch in prefetch_batches(pages) for _, _, note in batch]
    assert sentences == [
        "",
        "a.pdf, page 2 takes too long to draw, as no scan does. Save the page as PNG or JPEG, and send that.",
        *["a.pdf takes too long to draw, so its other pages are not read either."] * 2,
    ]


def test_documents_in_one_upload_and_in_its_zips():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("in/b.pdf", DOCUMENTS["scan.pdf"][1])
        archive.writestr("in/a.png", encoded(shades(1), "PNG"))
        archive.writestr("in/c.pdf", pdfs.encrypted())
    entries = expand_uploads([("x.zip", file.getvalue()), ("scan.gif", DOCUMENTS["film.gif"][1])])
    names = ["in/a.png", *(f"in/b.pdf, page {n}" for n in (1, 2, 3)), *(f"scan.gif, frame {n}" for n in (1, 2, 3))]
    assert [each.name for each in entries] == [*names, "in/c.pdf"]
    assert entries[-1].note == "c.pdf is a PDF with a password; save it without one, and send that."
    assert all(each.open().size == (40, 30) for each in entries[:-1])


def test_pages_count_for_the_limit_of_an_upload():
    document = encoded(shades(150, (4, 4)), "GIF")
    entries = expand_uploads([("a.gif", document), ("b.gif", document), ("c.gif", document)])
    assert len(entries) == MAX_PICTURES + 1
    assert entries[-2].name == "b.gif, frame 50"
    assert entries[-1].note == "The first 200 of 301 pictures are read; send the others separately."


def test_a_picture_of_a_pdfs_name_and_a_pdf_of_a_pictures_name_say_so():
    (picture,) = expand_pages(entry("a.pdf", encoded(shades(1), "PNG")))
    assert picture.open().size == (40, 30)
    with pytest.raises(ValueError, match=r"a.png is a PDF of another name; give it one that ends in .pdf"):
        entry("a.png", DOCUMENTS["scan.pdf"][1]).open()


def test_a_gif_of_very_many_pixels_in_all_its_frames_is_refused_before_it_is_drawn():
    pages = expand_pages(entry("a.gif", encoded(shades(150, (2000, 2000)), "GIF")))
    with pytest.raises(ValueError, match=r"whose 150 frames have 600 megapixels together; at most 500 are read"):
        pages[0].open()


def test_a_page_is_a_file_by_itself_as_png():
    suffix, data = expand_pages(entry("a.tif", DOCUMENTS["scan.tif"][1]))[1].to_file()
    assert suffix == ".png" and Image.open(io.BytesIO(data)).getextrema() == (249, 249)


def test_pages_have_labels_by_their_folder_or_by_a_row_each(tmp_path):
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "a.tif").write_bytes(DOCUMENTS["scan.tif"][1])
    found, notes = find_labelled(tmp_path)
    assert [(each.label, each.entry.name[len(str(tmp_path)) :]) for each in found] == [
        ("7", f"/7/a.tif, page {number}") for number in (1, 2, 3)
    ]
    assert notes == []
    rows = ['"7/a.tif, page 2",12', "7/a.tif,3", '"7/a.tif, page 4",5']
    (tmp_path / "labels.csv").write_text("\n".join(["file,label", *rows]))
    (one, all_of_it, missing), notes = find_labelled(tmp_path / "labels.csv")
    assert greys([one.entry]) == [249]
    assert "has 3 pages or frames; label each in a row of its own, as " in all_of_it.entry.note
    assert missing.entry.note == "there is no page or frame 4: the file has 3."


def test_the_name_of_a_page_is_taken_apart():
    assert name_of_page("a, b.pdf, page 12") == ("a, b.pdf", 12)
    assert name_of_page("a.pdf") is name_of_page("page 1") is None
    assert Download.TXT.file_name("in/a.pdf, page 12") == "a, page 12.txt"
    assert Download.TXT.file_name("in/a.b.png") == "a.b.txt"


def test_a_directory_that_claims_very_many_entries_ends_the_chain():
    entries = 100_000
    data = struct.pack("<2sHI", b"II", 42, 8) + struct.pack("<H", 60_000) + bytes(12 * entries)
    with pytest.raises(struct.error):
        tiff_directory.read_directory(data, 8)


def test_a_page_that_is_asked_for_again_is_rendered_alone(monkeypatch):
    asked = []

    def run(self, first, count):
        asked.append(count)
        return {}, {number: Image.new("L", (4, 4)) for number in range(first, min(first + count, 20))}

    monkeypatch.setattr(pdf_document.PdfDocument, "_run", run)
    document = pdf_document.PdfDocument("scan.pdf", bytes)
    for number in (0, 1, 2, 0, 0, 3):
        document.render(number, "scan.pdf, page")
    assert asked == [16, 1, 1]


def test_a_page_in_another_colour_space_is_saved_as_a_picture():
    pages = encoded([Image.new("CMYK", (40, 30), (0, 0, 0, shade)) for shade in (10, 90)], "TIFF")
    suffix, data = expand_pages(entry("scan.tif", pages))[1].to_file()
    assert suffix == ".png" and Image.open(io.BytesIO(data)).size == (40, 30)
