"""Opening picture files that anyone may have sent: refused in words before anything large is decoded."""

import io
import warnings
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
_MAX_DECODING_BYTES = 512_000_000  # bytes that a decoder may take, the picture's own pixels counted
_STRIP_PIXELS = 1_000_000
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".heic", ".heif")
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")

try:
    import pillow_heif
except ImportError:  # no wheel for this machine: HEIC is then refused in words, all else works
    pillow_heif = None
else:
    # Thumbnails and depth maps are parsed by native code for nothing; only the picture itself is wanted.
    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    FORMATS += ("HEIF",)


class PictureError(ValueError):
    """A picture file that is not read; the message is a sentence for the person who sent it."""


@dataclass(frozen=True, eq=False)
class PictureFile:
    """A picture file that keeps the limits; its pixels are not decoded yet."""

    name: str
    image: Image.Image

    @property
    def pixels(self) -> int:
        """How many it has."""
        return self.image.width * self.image.height

    def decoded(self) -> Image.Image:
        """The first frame, decoded and upright, deep greys in 8 bits; raises PictureError as `open_picture`."""
        with _as_picture_error(self.name):
            self.image.load()
            return _plain(apply_orientation(self.image))


def open_picture(data: bytes, name: str) -> Image.Image:
    """The first frame of a picture file, decoded and upright.

    data: the file's bytes: PNG, JPEG, WebP, BMP, TIFF, GIF or HEIC, at most 20 MB and 50 megapixels.
    name: the file's name, as the message shall say it.
    Raises PictureError, before pixels are decoded, where a limit is passed or the file is no such picture.
    """
    return picture_file(data, name).decoded()


def picture_file(data: bytes, name: str) -> PictureFile:
    """As `open_picture`, but nothing is decoded yet."""
    check_file_size(len(data), name)
    with _as_picture_error(name):
        try:
            image = Image.open(io.BytesIO(data), formats=FORMATS)
        except UnidentifiedImageError:
            raise PictureError(_unknown(data, name)) from None
        _check_pixels(image, name)
        return PictureFile(name, image)


@contextmanager
def _as_picture_error(name):
    """Whatever a decoder raises becomes a PictureError; what it warns of is dropped."""
    try:
        with warnings.catch_warnings():
            # Pillow warns of a bomb above its own limit; ours is lower and says so in words.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            # Odd metadata is no reason to bother a person whose picture can be read.
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


def _plain(image):
    """The picture in a mode that can be turned, shrunk and shown."""
    if image.mode == "LAB":
        return image.getchannel("L")  # Pillow brings its colours to no other mode
    return to_eight_bits(image) if has_deep_greys(image) else image


def has_deep_greys(image: Image.Image) -> bool:
    """Whether the picture's greys have 16 or 32 bits or are floating numbers."""
    return image.mode.startswith(("I", "F"))


def to_eight_bits(image: Image.Image) -> Image.Image:
    """A picture of deep greys in 8 bits: black at 0 or at the darkest, white at the lightest.

    It is done in strips, for a whole copy of a large one, as floating numbers, would take hundreds of megabytes.
    """
    width, height = image.size
    rows = max(1, _STRIP_PIXELS // width)
    boxes = [(0, top, width, min(top + rows, height)) for top in range(0, height, rows)]
    ends = [(values.min(), values.max()) for values in (_values(image, box) for box in boxes)]
    low, high = min(0.0, *(float(low) for low, _ in ends)), max(float(high) for _, high in ends)
    if high > 1:
        high = max(high, 255.0)
    plain = Image.new("L", image.size)
    for box in boxes:
        strip = (_values(image, box) - np.float32(low)) * np.float32(255 / max(high - low, 1e-6))
        plain.paste(Image.fromarray(strip.astype(np.uint8)), box)
    return plain


def _values(image, box):
    """The greys in a part of the picture, (h, w) float32, all of them finite."""
    return np.nan_to_num(np.asarray(image.crop(box)).astype(np.float32), copy=False, posinf=0, neginf=0)


def apply_orientation(image: Image.Image) -> Image.Image:
    """The picture as it was held: turned by its EXIF orientation, which is then gone from it."""
    try:
        turned = image.getexif().get(ExifTags.Base.Orientation, 1) != 1
        return ImageOps.exif_transpose(image) if turned else image  # it would copy every picture
    except Exception:  # unreadable EXIF says nothing about the pixels
        return image


def check_file_size(size_bytes: int, name: str) -> None:
    """Raise PictureError for a file of no bytes or of more than are read."""
    if not size_bytes:
        raise PictureError(f"{name} is empty (0 bytes); send the file again.")
    if size_bytes > MAX_BYTES:
        most = MAX_BYTES // 1024**2
        raise PictureError(
            f"{name} has {size_bytes / 1024**2:.1f} MB; at most {most} MB are read. Send a smaller copy."
        )


def _check_pixels(image, name):
    pixels, most = image.width * image.height, min(MAX_PIXELS, _MAX_DECODING_BYTES // _decoding_bytes(image))
    if pixels > most:
        kind = "" if most == MAX_PIXELS else f" of such a {image.format}"
        raise PictureError(
            f"{name} has {image.width} × {image.height} pixels, that is {_megapixels(pixels)} megapixels; "
            f"at most {_megapixels(most)}{kind} are read. Send a smaller copy."
        )


def _decoding_bytes(image):
    """How much memory the decoder takes for a pixel at the peak, about."""
    kept, bands = 1 if image.mode in ("1", "L", "P") else 4, len(image.getbands())
    if image.format == "WEBP":
        return 4 * kept  # four copies
    if image.format == "JPEG":
        return kept + 2 * bands  # a progressive one has 16 bits for each coefficient of the whole picture
    if image.format == "TIFF":
        bits = image.tag_v2.get(ExifTags.Base.BitsPerSample, (8,) * bands)
        return kept + -(-sum(bits) // 8)  # all of it may be one strip
    return kept


def _megapixels(pixels):
    return f"{pixels / 1e6:.0f}"


def _unknown(data, name):
    if data[4:8] == b"ftyp" and pillow_heif is None:
        return (
            f"{name} is a HEIC picture, which this installation cannot open: run `pip install pillow-heif`, "
            "or save it as JPEG."
        )
    return f"{name} is not a picture that can be read here; send PNG, JPEG, WebP, BMP, TIFF, GIF or HEIC."
