"""Opening picture files from anyone: those beyond a limit are refused with a sentence before they are decoded."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import ExifTags, Image, ImageOps, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, UnidentifiedImageError

from core.pictures.deep_greys import has_deep_greys, to_eight_bits
from core.pictures.errors import PictureError
from core.pictures.file_parts import check_parts
from core.pictures.jpeg_scans import check_scans, count_scans

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SIDE_PX = 100_000  # Pillow keeps a pointer for each row: pictures of one column would take gigabytes
_MAX_DECODING_BYTES = 512_000_000  # memory that a decoder may take, the picture's own pixels included
_MAX_PNG_BYTES = 150_000_000  # of pixels as they are stored: Pillow takes up to 12 ns for each to undo its filter
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".heic", ".heif", ".pdf")
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")

try:
    import pillow_heif
except ImportError:  # no wheel for this machine: HEIC is then refused with a sentence, all else works
    pillow_heif = None
else:
    # Only the picture itself is needed: thumbnails and depth maps would be parsed by native code for nothing.
    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    FORMATS += ("HEIF",)


@dataclass(frozen=True, eq=False)
class PictureFile:
    """A picture file within the limits; its pixels are not decoded yet."""

    name: str
    image: Image.Image

    @property
    def pixels(self) -> int:
        """Return the number of its pixels."""
        return self.image.width * self.image.height

    def decode(self) -> Image.Image:
        """Return the first frame, decoded and upright, deep greys in 8 bits; raises PictureError."""
        with as_picture_error(self.name):
            self.image.load()
            return _to_usual_mode(apply_orientation(self.image))


def open_picture(data: bytes, name: str) -> Image.Image:
    """Return the first frame of a picture file, decoded and upright.

    data: the bytes of a PNG, JPEG, WebP, BMP, TIFF, GIF or HEIC file, at most 20 MB and 50 megapixels.
    name: the file's name, for error messages.
    Raises PictureError, before pixels are decoded, where a limit is exceeded or the file is no such picture.
    """
    return parse_header(data, name).decode()


def parse_header(data: bytes, name: str) -> PictureFile:
    """Return a picture file whose format and size are known and whose pixels are not decoded yet.

    Takes and raises what `open_picture` does.
    """
    check_file_size(len(data), name)
    with as_picture_error(name):
        check_parts(data, name)
        try:
            image = Image.open(io.BytesIO(data), formats=FORMATS)
        except UnidentifiedImageError:
            raise PictureError(_unknown_format_message(data, name)) from None
        _check_pixels(image, name)
        if isinstance(image, JpegImagePlugin.JpegImageFile):
            check_scans(count_scans(data, name), image.width * image.height, name)
        return PictureFile(name, image)


@contextmanager
def as_picture_error(name: str) -> Iterator[None]:
    """Raise whatever a decoder raises as a PictureError; ignore its warnings."""
    try:
        with warnings.catch_warnings():
            # Pillow warns of a decompression bomb above its own limit; ours is lower and an error.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            # A picture with odd metadata can still be read.
            warnings.filterwarnings("ignore", module=r"PIL\.")
            yield
    except PictureError:
        raise
    except Image.DecompressionBombError:
        raise PictureError(
            f"{name} would unpack to far more than the {_megapixels(MAX_PIXELS)} megapixels read here; "
            "send a smaller copy."
        ) from None
    except MemoryError:
        raise PictureError(f"{name} needs more memory than this machine has free; send a smaller copy.") from None
    except Exception:  # decoders raise nearly anything on a broken file: OSError, SyntaxError, struct.error, …
        raise PictureError(f"{name} is cut off or damaged; save or send it again.") from None


def _to_usual_mode(image: Image.Image) -> Image.Image:
    """Return the picture in a mode that can be rotated, shrunk and shown."""
    if image.mode == "LAB":
        return image.getchannel("L")  # Pillow converts LAB to no other mode
    return to_eight_bits(image) if has_deep_greys(image) else image


def apply_orientation(image: Image.Image) -> Image.Image:
    """Return the picture upright: rotated by its EXIF orientation, which is then removed."""
    try:
        is_rotated = image.getexif().get(ExifTags.Base.Orientation, 1) != 1
        return ImageOps.exif_transpose(image) if is_rotated else image  # exif_transpose copies every picture
    except Exception:  # the pixels may be sound where EXIF is unreadable
        return image


def check_file_size(size_bytes: int, name: str) -> None:
    """Raise PictureError for an empty file and for one of more than `MAX_BYTES`."""
    if not size_bytes:
        raise PictureError(f"{name} is empty (0 bytes); send the file again.")
    if size_bytes > MAX_BYTES:
        limit_mb = MAX_BYTES // 1024**2
        raise PictureError(
            f"{name} has {size_bytes / 1024**2:.1f} MB; at most {limit_mb} MB are read. Send a smaller copy."
        )


def _check_pixels(image: Image.Image, name: str) -> None:
    pixels, longest = image.width * image.height, max(image.size)
    if longest > MAX_SIDE_PX:
        raise PictureError(
            f"{name} is {longest:,} pixels long; at most {MAX_SIDE_PX:,} a side are read. Send parts of it."
        )
    limit = min(MAX_PIXELS, _MAX_DECODING_BYTES // _decoding_bytes_per_pixel(image))
    if isinstance(image, PngImagePlugin.PngImageFile):
        limit = min(limit, _MAX_PNG_BYTES // _png_bytes_per_pixel(image))
    if pixels > limit:
        kind = "" if limit == MAX_PIXELS else f" of such a {image.format}"
        raise PictureError(
            f"{name} has {image.width} × {image.height} pixels, that is {_megapixels(pixels)} megapixels; "
            f"at most {_megapixels(limit)}{kind} are read. Send a smaller copy."
        )


def _decoding_bytes_per_pixel(image: Image.Image) -> int:
    """Return about how much memory the decoder takes for a pixel at the peak."""
    stored, bands = 1 if image.mode in ("1", "L", "P") else 4, len(image.getbands())
    if image.format == "WEBP":
        return 4 * stored  # four copies
    if image.format == "JPEG":
        return stored + 2 * bands  # a progressive one has 16 bits for each coefficient of the whole picture
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        bits = image.tag_v2.get(ExifTags.Base.BitsPerSample, (8,) * bands)
        return stored + -(-sum(bits) // 8)  # all of it may be one strip
    return stored


def _png_bytes_per_pixel(image: PngImagePlugin.PngImageFile) -> int:
    """Return how many bytes the file has for a pixel, unpacked; 1 where it has less."""
    channels, _, depth = str(image.tile[0].args).partition(";")  # as in RGB;16B
    return len(channels) * (2 if "16" in depth else 1)


def _megapixels(pixels: int) -> str:
    return f"{pixels / 1e6:.0f}"


def _unknown_format_message(data: bytes, name: str) -> str:
    if data[4:8] == b"ftyp" and pillow_heif is None:
        return (
            f"{name} is a HEIC picture, which this installation cannot open: run `pip install pillow-heif`, "
            "or save it as JPEG."
        )
    if data.startswith(b"%PDF"):
        return f"{name} is a PDF of another name; give it one that ends in .pdf, and send it again."
    return f"{name} is not a picture that can be read here; send PDF, PNG, JPEG, WebP, BMP, TIFF, GIF or HEIC."
