"""Picture files as they are sent, single or in ZIPs: bounded in number and size before anything is unpacked."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from core.pictures.decoding import MAX_BYTES, SUFFIXES, PictureError, PictureFile, check_file_size, picture_file
from core.storage import safe_zip

MAX_PICTURES = 200
"""So many pictures of one upload are read."""

MAX_UNPACKED_BYTES = 1024**3
MAX_UNPACKED_RATIO = 500
"""How many times its own size a ZIP may unpack to, if that is more than one picture may have."""

_LONGEST_NAME = 200
_LOCKED, _PACKING = "locked", "packing"


@dataclass(frozen=True, eq=False)
class PictureEntry:
    """One picture file; or, without `unpack`, a sentence in `note` on what is not read."""

    name: str
    note: str = ""
    unpack: Callable[[], bytes] | None = None
    may_be_picture: bool = True  # whether what the note tells of may be a picture

    def read(self) -> bytes:
        """Return the file's bytes, unpacked anew at every call; raises PictureError where there are none."""
        if self.unpack is None:
            raise PictureError(self.note)
        return self.unpack()

    def open(self) -> Image.Image:
        """Return the picture, decoded and upright; raises PictureError with a sentence."""
        return self.picture_file().decoded()

    def picture_file(self) -> PictureFile:
        """Return the picture, not decoded yet; raises PictureError as `open` does."""
        return picture_file(self.read(), re.split(r"[/\\]", self.name)[-1])


class ReopenedFile:
    """A file on this machine for zipfile to read, open only while it is read: so many more ZIPs than may be open."""

    def __init__(self, path: Path):
        self._path, self._place = path, 0

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the place in the file, in bytes."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place as `io.IOBase.seek` does, and return it."""
        with open(self._path, "rb") as file:
            file.seek(self._place)
            self._place = file.seek(offset, whence)
        return self._place

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most `size`, or all that are left."""
        with open(self._path, "rb") as file:
            file.seek(self._place)
            data = file.read(size)
        self._place += len(data)
        return data


def expand_uploads(files: Iterable[tuple[str, bytes]], most: int = MAX_PICTURES) -> list[PictureEntry]:
    """Return the pictures of uploaded files, each a name and its bytes, and of the ZIPs among them those inside.

    They are not unpacked before they are read, so that many large ones are never in memory together. After them come
    entries with a note: ZIPs that are beyond the limits, locked or damaged, what else a ZIP holds, and the number of
    pictures beyond the first `most`. A name is text to show, whatever it holds, and never a path.
    """
    pictures, notes = [], []
    for name, data in files:
        shown = to_printable(_short(name))
        entries = zip_entries(io.BytesIO(data), shown) if is_zip(name, data) else [_file(shown, data)]
        pictures += [entry for entry in entries if entry.unpack]
        notes += [entry for entry in entries if not entry.unpack]
    if len(pictures) > most:
        left = f"The first {most:,} of {len(pictures):,} pictures are read; send the others by themselves."
        notes.append(PictureEntry(f"{len(pictures) - most:,} more", left))
    return pictures[:most] + notes


def _file(name, data):
    return PictureEntry(name, unpack=lambda: data)


def is_zip(name: str, start: bytes) -> bool:
    """Return whether a file is meant as a ZIP, by its name or by the bytes that it starts with."""
    return name.lower().endswith(".zip") or safe_zip.starts_like_zip(start)


def zip_entries(file: io.BytesIO | ReopenedFile, name: str) -> list[PictureEntry]:
    """Return the pictures of a ZIP in natural order of their names, then an entry with a note on what else it holds.

    file: the bytes of an upload, or a file on this machine, of which number and total size are not limited.
    A ZIP that is not opened at all becomes one entry, whose note says why.
    """
    uploaded = isinstance(file, io.BytesIO)
    try:
        if uploaded and safe_zip.has_too_many_entries(file.getvalue()):
            raise PictureError(f"{name} holds more than {safe_zip.MAX_ENTRIES:,} entries; send it in parts.")
        archive = zipfile.ZipFile(file)
        _check_sizes(archive.infolist(), file.seek(0, io.SEEK_END), name, uploaded)
    except PictureError as error:
        return [PictureEntry(name, str(error))]
    except Exception:  # a made-up directory raises nearly anything: BadZipFile, struct.error, UnicodeDecodeError, …
        return [PictureEntry(name, f"{name} is damaged, or is no ZIP; pack it or send it again.")]
    kinds = [(info, _kind(info)) for info in archive.infolist() if not info.is_dir()]
    pictures = sorted(
        (info for info, kind in kinds if kind is None), key=lambda info: natural_sort_key(_short(info.filename))
    )
    others = Counter(kind for _, kind in kinds if kind)
    return [_packed(archive, info) for info in pictures] + _notes(name, bool(pictures), others)


def _check_sizes(infos, packed_bytes, name, uploaded):
    """The sizes that a ZIP claims for its entries; what they hold beyond them is never unpacked."""
    unpacked = sum(info.file_size for info in infos)
    overlap = sum(info.compress_size for info in infos) > packed_bytes
    if overlap or unpacked > max(MAX_BYTES, MAX_UNPACKED_RATIO * packed_bytes):
        raise PictureError(
            f"{name} has {packed_bytes:,} bytes and would unpack to {unpacked / 1024**2:,.0f} MB, as no pictures do; "
            "it is not opened. Send the pictures themselves."
        )
    if uploaded and unpacked > MAX_UNPACKED_BYTES:
        raise PictureError(
            f"{name} would unpack to {unpacked / 1024**2:,.0f} MB; at most {MAX_UNPACKED_BYTES // 1024**2:,} MB are "
            "unpacked. Send it in parts."
        )


def _kind(info):
    """What an entry is, if it is no picture that can be unpacked."""
    parts = info.filename.replace("\\", "/").split("/")
    suffix = Path(parts[-1]).suffix.lower()
    if "__MACOSX" in parts or any(part.startswith(".") and part.strip(".") for part in parts):
        return "hidden files"
    if suffix == ".zip":
        return "ZIPs inside it"
    if suffix not in SUFFIXES:
        return "other files"
    if safe_zip.is_encrypted(info):
        return _LOCKED
    return None if safe_zip.is_allowed(info) else _PACKING


def _packed(archive, info):
    name = to_printable(_short(info.filename))
    try:
        check_file_size(info.file_size, name)
    except PictureError as error:
        return PictureEntry(name, str(error))
    return PictureEntry(name, unpack=lambda: _unpacked(archive, info, name))


def _unpacked(archive, info, name):
    try:
        with archive.open(info) as file:
            return file.read(MAX_BYTES + 1)
    except Exception as error:  # zipfile and zlib raise nearly anything on damaged bytes
        raise PictureError(f"{name} is damaged within its ZIP; pack or send it again.") from error


def _notes(name, has_pictures, others):
    locked, packing = others.pop(_LOCKED, 0), others.pop(_PACKING, 0)
    notes = []
    if locked:
        notes.append(PictureEntry(name, f"{name} holds pictures with a password ({locked:,}); pack them without one."))
    if packing:
        notes.append(
            PictureEntry(
                name, f"{name} holds pictures packed by an unusual method ({packing:,}); pack it as a plain ZIP."
            )
        )
    if not (has_pictures or notes):
        notes.append(PictureEntry(name, f"There is no picture in {name}."))
    if others:
        passed = ", ".join(f"{kind} ({count:,})" for kind, count in others.items())
        notes.append(PictureEntry(name, f"Passed over in {name}: {passed}.", may_be_picture=False))
    return notes


def natural_sort_key(name: str) -> list:
    """Return a key that sorts names as people count: page 2 before page 10, however many digits there are."""
    return [(*_counted(part), part) for part in re.split(r"(\d+)", name.lower())]


def _counted(part):
    """How many digits a number has, and these, of any script, as 0 to 9: int() takes no more than 4,300."""
    if not part.isdecimal():
        return 0, ""
    digits = (part if part.isascii() else "".join(str(int(digit)) for digit in part)).lstrip("0")
    return len(digits), digits


def to_printable(name: str) -> str:
    """Return a name as one line that can be shown: what controls a terminal or turns the direction is replaced."""
    return "".join(letter if letter.isprintable() or letter == "\u200d" else "\ufffd" for letter in name)


def decode_sent_name(sent: str) -> str:
    """Return a file's own name, given how a browser sends it: with %22 for a quote (the HTML standard's form data)."""
    return sent.replace("%22", '"')


def _short(name):
    half = _LONGEST_NAME // 2
    return name if len(name) <= _LONGEST_NAME else f"{name[:half]}…{name[-half:]}"
