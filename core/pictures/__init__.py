"""Picture files: found, unpacked and decoded within limits, and brought to the size at which a page shows them."""

from typing import TYPE_CHECKING

from core.public_names import import_on_demand

if TYPE_CHECKING:
    from core.pictures.decoding import MAX_BYTES, MAX_PIXELS, PictureError, open_picture
    from core.pictures.display import contact_sheet, data_url, encode, enlarge, shrink_to_screen, thumbnail, to_grey
    from core.pictures.entries import PictureEntry
    from core.pictures.labelled import LabelError, LabelledPicture, find_labelled
    from core.pictures.local_files import find_pictures
    from core.pictures.prefetch import DecodedEntry, prefetch_batches
    from core.pictures.uploads import MAX_PICTURES, decode_sent_name, expand_uploads
    from core.storage.printable import to_printable

__all__ = [
    "MAX_BYTES",
    "MAX_PICTURES",
    "MAX_PIXELS",
    "DecodedEntry",
    "LabelError",
    "LabelledPicture",
    "PictureEntry",
    "PictureError",
    "contact_sheet",
    "data_url",
    "decode_sent_name",
    "encode",
    "enlarge",
    "expand_uploads",
    "find_labelled",
    "find_pictures",
    "open_picture",
    "prefetch_batches",
    "shrink_to_screen",
    "thumbnail",
    "to_grey",
    "to_printable",
]

if not TYPE_CHECKING:  # a type checker would take any name for one of the package's
    __getattr__, __dir__ = import_on_demand(__name__)
