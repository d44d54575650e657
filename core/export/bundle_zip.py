"""The ZIP file of a bundle, which anyone may have made: its directory is checked before a member is unpacked."""

import io
import zipfile

from core.export.bundle import ABOUT, CARD, CONFIG, HISTORY, MEMBERS, OUTLIER_SCORE, WEIGHTS
from core.networks.size_limits import MAX_IMPORTED
from core.storage import safe_zip
from core.storage.printable import to_printable

MAX_BYTES = 100 * 1024**2  # of a bundle, compressed or unpacked

_MAX_RATIO = 100
_LIMITS = {
    ABOUT: 64 * 1024,
    CONFIG: 64 * 1024,
    HISTORY: 16 * 1024**2,
    WEIGHTS: 4 * MAX_IMPORTED.parameters + 1024**2,
    CARD: 64 * 1024,
    OUTLIER_SCORE: 1024**2,  # of a network whose last layer has 200,000 inputs
}


class BundleError(ValueError):
    """A bundle that is not imported; the text is a sentence for the person who chose it."""


def open_zip(data: bytes) -> zipfile.ZipFile:
    """Open a ZIP archive after its size and its number of entries have been checked.

    Raises `BundleError`, and what `zipfile.ZipFile` raises.
    """
    if len(data) > MAX_BYTES or safe_zip.has_too_many_entries(data):
        raise BundleError(
            f"This file is too large: a bundle has at most {MAX_BYTES // 1024**2} MB and "
            f"{safe_zip.MAX_ENTRIES:,} entries."
        )
    return zipfile.ZipFile(io.BytesIO(data))


def check_members(infos: list[zipfile.ZipInfo], compressed_bytes: int) -> None:
    """Raise `BundleError` where the directory of an archive is not that of a bundle."""
    names = [info.filename for info in infos]
    if "model.weights.h5" in names:
        raise BundleError(
            "This is a .keras file. One from elsewhere is not loaded: even a small one can take all of this machine's "
            "memory. Import the bundle that its owner's Runs page offers under “Download”."
        )
    unknown = [name for name in names if name not in MEMBERS]
    missing = [name for name in (ABOUT, CONFIG, HISTORY, WEIGHTS) if name not in names]
    repeated = [name for name in names if names.count(name) > 1]
    if unknown or missing or repeated:
        what = (
            f"it holds {to_printable(unknown[0])}"
            if unknown
            else f"it lacks {missing[0]}"
            if missing
            else f"it holds {repeated[0]} twice"
        )
        raise BundleError(f"This is not a bundle of Digit Studio: {what}.")
    _check_sizes(infos, compressed_bytes)
    for info in infos:
        if not safe_zip.is_allowed(info):
            raise BundleError(
                f"{info.filename} is encrypted, or compressed by another method than Stored or Deflate. Export the "
                "run again."
            )


def _check_sizes(infos: list[zipfile.ZipInfo], compressed_bytes: int) -> None:
    unpacked, limit = sum(info.file_size for info in infos), max(1024**2, _MAX_RATIO * compressed_bytes)
    if unpacked > min(MAX_BYTES, limit):
        raise BundleError(
            f"This file would unpack to {unpacked / 1024**2:,.0f} MB; of a file of its size at most "
            f"{min(MAX_BYTES, limit) / 1024**2:,.0f} MB are unpacked."
        )
    for info in infos:
        limit = _LIMITS.get(info.filename, MAX_BYTES)
        if info.file_size > limit:
            raise BundleError(
                f"{info.filename} would unpack to {info.file_size:,} bytes; at most {limit:,} are unpacked."
            )


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a member's content, one byte more than its limit at most."""
    with archive.open(name) as member:
        return member.read(_LIMITS[name] + 1)
