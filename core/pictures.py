"""Opening picture files that anyone may have sent: refused in words before anything large is decoded."""

import io
import warnings

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
_FEWER_PIXELS = {"WEBP": 32_000_000}  # its decoder holds four copies of them at once
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


def open_picture(data: bytes, name: str) -> Image.Image:
    """The first frame of a picture file, decoded and upright.

    data: the file's bytes: PNG, JPEG, WebP, BMP, TIFF, GIF or HEIC, at most 20 MB and 50 megapixels.
    name: the file's name, as the message shall say it.
    Raises PictureError, before pixels are decoded, where a limit is passed or the file is no such picture.
    """
    check_size(len(data), name)
    try:
        with warnings.catch_warnings():
            # Pillow warns of a bomb above its own limit; ours is lower and says so in words.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            # Odd metadata is no reason to bother a person whose picture can be read.
            warnings.filterwarnings("ignore", module=r"PIL\.")
            image = Image.open(io.BytesIO(data), formats=FORMATS)
            _check_pixels(image, name)
            image.load()
            return upright(image)
    except PictureError:
        raise
    except Image.DecompressionBombError:
        raise PictureError(
            f"{name} would unpack to far more than the {_megapixels(MAX_PIXELS)} megapixels read here; "
            "send a smaller copy."
        ) from None
    except UnidentifiedImageError:
        raise PictureError(_unknown(data, name)) from None
    except MemoryError:
        raise PictureError(f"{name} needs more memory than this machine has free; send a smaller copy.") from None
    except Exception:  # decoders raise nearly anything on a broken file: OSError, SyntaxError, struct.error, …
        raise PictureError(f"{name} is cut off or damaged; save or send it again.") from None


def upright(image: Image.Image) -> Image.Image:
    """The picture as it was held: turned by its EXIF orientation, which is then gone from it."""
    try:
        turned = image.getexif().get(ExifTags.Base.Orientation, 1) != 1
        return ImageOps.exif_transpose(image) if turned else image  # it would copy every picture
    except Exception:  # unreadable EXIF says nothing about the pixels
        return image


def check_size(size_bytes: int, name: str) -> None:
    """Raise PictureError for a file of no bytes or of more than are read."""
    if not size_bytes:
        raise PictureError(f"{name} is empty (0 bytes); send the file again.")
    if size_bytes > MAX_BYTES:
        most = MAX_BYTES // 1024**2
        raise PictureError(
            f"{name} has {size_bytes / 1024**2:.1f} MB; at most {most} MB are read. Send a smaller copy."
        )


def _check_pixels(image, name):
    pixels, most = image.width * image.height, _FEWER_PIXELS.get(image.format, MAX_PIXELS)
    if pixels > most:
        kind = f" of {image.format}" if image.format in _FEWER_PIXELS else ""
        raise PictureError(
            f"{name} has {image.width} × {image.height} pixels, that is {_megapixels(pixels)} megapixels; "
            f"at most {_megapixels(most)}{kind} are read. Send a smaller copy."
        )


def _megapixels(pixels):
    return f"{pixels / 1e6:.0f}"


def _unknown(data, name):
    if data[4:8] == b"ftyp" and pillow_heif is None:
        return (
            f"{name} is a HEIC picture, which this installation cannot open: run `pip install pillow-heif`, "
            "or save it as JPEG."
        )
    return f"{name} is not a picture that can be read here; send PNG, JPEG, WebP, BMP, TIFF, GIF or HEIC."
