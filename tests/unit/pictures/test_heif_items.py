"""HEIFs that are small and would take long to decode: refused before their pixels are decoded, with the limit."""

import io
import zipfile

import pytest
from PIL import Image

from core.pictures import heif_items
from core.pictures.decoding import PictureError, open_picture, pillow_heif
from core.pictures.uploads import expand_uploads
from tests.support.hostile_pictures import heif_box, heif_full_box, heif_grid, heif_of_items, heif_size

if pillow_heif is None:
    pytest.skip("no HEIF decoder for this machine", allow_module_level=True)

SIZE = (128, 64)
LARGE = 3  # number of the property that claims a large image
ALPHA = heif_full_box(b"auxC", 0, b"urn:mpeg:hevc:2015:auxid:1\0")
DEPTH = heif_full_box(b"auxC", 0, b"urn:mpeg:hevc:2015:auxid:2\0")


def encoded(size=SIZE, mode="RGB", **options):
    file = io.BytesIO()
    Image.new(mode, size, 200 if mode == "L" else "gray").save(file, "HEIF", **options)
    return file.getvalue()


@pytest.fixture(scope="module")
def coded():
    """(the decoder's settings as a box, the bytes) of one image."""
    data = encoded(mode="L")
    start, mdat = data.index(b"hvcC") - 4, data.index(b"mdat") + 4
    return data[start : start + int.from_bytes(data[start : start + 4])], data[mdat:]


@pytest.fixture
def properties(coded):
    return [coded[0], heif_size(*SIZE), heif_size(8000, 6000)]


def image(coded, *own, is_hidden=True):
    return b"hvc1", is_hidden, [coded[1]], [1, *(own or (2,))]


def refusal(data, name="x"):
    with pytest.raises(PictureError) as refused:
        open_picture(data, name)
    return str(refused.value)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
@pytest.mark.parametrize("options", [{}, {"tile_size": 64}, {"exif": b"Exif\0\0MM\0*\0\0\0\10\0\0"}])
def test_sound_pictures_are_read(mode, options):
    assert open_picture(encoded((300, 200), mode, **options), "x").size == (300, 200)


def test_several_pictures_with_thumbnails_in_one_file_are_read():
    first, second = (Image.new("RGB", (300, 200), color) for color in ("gray", "red"))
    file = io.BytesIO()
    first.save(file, "HEIF", save_all=True, append_images=[second], thumbnails=[64])
    assert open_picture(file.getvalue(), "x").size == (300, 200)


def test_a_sound_picture_in_a_zip_is_read_and_a_hostile_one_refused(coded, properties):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.heic", encoded())
        packed.writestr("b.heic", overlay(coded, properties, 100))
    sound, hostile = expand_uploads([("x.zip", archive.getvalue())])
    assert sound.open().size == SIZE
    with pytest.raises(PictureError, match="megapixels would be decoded"):
        hostile.open()


def overlay(coded, properties, count):
    spec = bytes(10) + b"\0\x80\0\x40" + bytes(4 * count)
    items = {1: (b"iovl", False, [spec], [2]), 2: image(coded, LARGE)}
    return heif_of_items(items, properties, [(b"dimg", 1, [2] * count)])


def test_an_overlay_that_names_one_large_image_many_times_is_refused(coded, properties):
    words = refusal(overlay(coded, properties, 100), "bomb.heic")
    assert words == (
        "bomb.heic is a HEIC of which 4,813 megapixels would be decoded; at most 105 are. Save it as JPEG or PNG."
    )


def test_a_small_grid_of_large_tiles_is_refused_and_one_of_small_tiles_read(coded, properties):
    def grid(own):
        items = {1: (b"grid", False, [heif_grid(8, 8, *SIZE)], [2]), 2: image(coded, own)}
        return heif_of_items(items, properties, [(b"dimg", 1, [2] * 64)])

    assert "megapixels would be decoded" in refusal(grid(LARGE))
    assert open_picture(grid(2), "x").size == SIZE


def test_a_grid_that_puts_more_together_than_its_size_says_is_refused(coded, properties):
    items = {1: (b"grid", False, [heif_grid(1, 1, 30_000, 30_000)], [2]), 2: image(coded)}
    assert "900 megapixels would be put together; at most 250" in refusal(
        heif_of_items(items, properties, [(b"dimg", 1, [2])])
    )


def test_nested_grids_are_counted_with_all_that_they_name(coded, properties):
    levels = {number: (b"grid", number > 1, [heif_grid(10, 10, *SIZE)], [2]) for number in range(1, 5)}
    references = [(b"dimg", number, [number + 1] * 100) for number in levels]
    assert "819,200 megapixels would be decoded" in refusal(
        heif_of_items(levels | {5: image(coded)}, properties, references)
    )


@pytest.mark.parametrize("last", [1, 20])
def test_a_long_chain_or_a_ring_of_images_is_refused(coded, properties, last):
    chain = {number: (b"iden", number > 1, [], [2]) for number in range(1, 20)}
    references = [(b"dimg", number, [number + 1 if number < 19 else last]) for number in chain]
    assert "nested deeper than 8" in refusal(heif_of_items(chain | {20: image(coded)}, properties, references))


def test_a_picture_turned_many_times_is_refused(coded, properties):
    items = {1: image(coded, LARGE, *[4] * 100, is_hidden=False)}
    assert "megapixels would be put together" in refusal(heif_of_items(items, [*properties, heif_box(b"irot", b"\1")]))


def test_alpha_is_counted_and_depth_is_not_since_it_is_not_decoded(coded, properties):
    def with_auxiliary(kind):
        items = {1: image(coded, is_hidden=False)} | {n: image(coded, LARGE, 4) for n in range(2, 6)}
        return heif_of_items(items, [*properties, kind], [(b"auxl", number, [1]) for number in range(2, 6)])

    assert "megapixels would be decoded" in refusal(with_auxiliary(ALPHA))
    assert open_picture(with_auxiliary(DEPTH), "x").size == SIZE


@pytest.mark.parametrize(("size", "columns", "rows"), [((4032, 3024), 8, 6), ((8064, 6048), 16, 12)])
def test_the_layout_of_a_phones_photo_passes(coded, properties, size, columns, rows):
    """Tiles of 512² with full alpha, a gain map of half the size, a thumbnail, Exif and a turn."""
    tiles, alpha, gain = range(10, 10 + rows * columns), range(300, 300 + rows * columns), range(600, 648)
    full, gain_map, tile, turn, profile = 4, 5, 6, 7, 8
    grid = (b"grid", True, [heif_grid(rows, columns, *size)], [full, turn, 9])
    items = {1: (b"grid", False, [heif_grid(rows, columns, *size)], [full, turn, profile]), 2: grid}
    items |= {3: (b"grid", True, [heif_grid(6, 8, *(side // 2 for side in size))], [gain_map])}
    items |= {4: (b"Exif", True, [bytes(60_000)], []), 5: image(coded)}
    items |= {number: image(coded, tile, profile) for number in (*tiles, *alpha, *gain)}
    references = [(b"dimg", 1, tiles), (b"dimg", 2, alpha), (b"dimg", 3, gain), (b"thmb", 5, [1]), (b"cdsc", 4, [1])]
    references += [(b"auxl", 2, [1]), (b"auxl", 3, [1])]
    more = [heif_size(*size), heif_size(*(side // 2 for side in size)), heif_size(512, 512)]
    more += [heif_box(b"irot", b"\3"), heif_box(b"colr", b"prof" + bytes(50_000)), ALPHA]
    heif_items.check_items(heif_of_items(items, properties + more, references), "IMG_1.HEIC")


@pytest.mark.parametrize("kind", [b"Exif", b"grid"])
def test_items_that_are_the_same_large_bytes_are_refused(coded, properties, kind):
    items = {1: image(coded, is_hidden=False)} | {n: (kind, True, [bytes(300_000)] * 30, []) for n in range(2, 8)}
    assert "more than the file holds" in refusal(heif_of_items(items, properties))


def test_metadata_and_profiles_of_very_many_images_are_counted_for_each(coded, properties):
    many = {number: image(coded, is_hidden=False) for number in range(1, 300)}
    exif = {500: (b"Exif", True, [bytes(200_000)], [])}
    assert "more than the file holds" in refusal(
        heif_of_items(many | exif, properties, [(b"cdsc", 500, list(range(1, 300)))])
    )
    profile = heif_box(b"colr", b"prof" + bytes(200_000))
    many = {number: image(coded, 2, 4, is_hidden=False) for number in many}
    assert "more than the file holds" in refusal(heif_of_items(many, [*properties, profile]))


def test_large_data_of_a_tile_is_counted_each_time_that_it_is_decoded(coded, properties):
    items = {1: (b"grid", False, [heif_grid(16, 16, *SIZE)], [2])}
    items |= {2: (b"hvc1", True, [coded[1], bytes(200_000)], [1, 2])}
    assert "more than the file holds" in refusal(heif_of_items(items, properties, [(b"dimg", 1, [2] * 256)]))


@pytest.mark.parametrize("boxes", [heif_box(b"free") * 20_001, (b"\0\0\0\1free" + (16).to_bytes(8)) * 20_001])
def test_very_many_boxes_are_refused(coded, properties, boxes):
    data = heif_of_items({1: image(coded, is_hidden=False)}, properties, boxes=boxes)
    assert "more than 20,000 boxes" in refusal(data)


def test_very_many_references_and_properties_are_refused(coded, properties):
    items = {1: image(coded, is_hidden=False), 2: image(coded)}
    assert "more than 20,000 boxes" in refusal(heif_of_items(items, properties, [(b"thmb", 2, [1] * 30_000)]))
    items = {number: image(coded, *[2] * 200, is_hidden=False) for number in range(1, 150)}
    assert "more than 20,000 boxes" in refusal(heif_of_items(items, properties))


def test_a_film_is_refused(coded, properties):
    data = heif_of_items({1: image(coded, is_hidden=False)}, properties, boxes=heif_box(b"moov", bytes(50)))
    assert refusal(data, "a.heic") == "a.heic is a film, or a HEIC with one; save a picture of it as JPEG or PNG."


def test_parts_that_are_there_twice_or_cut_off_are_refused(coded, properties):
    data = heif_of_items({1: image(coded, is_hidden=False)}, properties)
    assert open_picture(data, "x").size == SIZE
    start = data.index(b"meta") - 4
    meta = data[start : start + int.from_bytes(data[start : start + 4])]
    assert "cut off or damaged" in refusal(data + meta)
    refusal(data[: data.index(b"ispe") + 6])
    assert "cut off or damaged" in refusal(data.replace(b"iref", b"iloc"))
