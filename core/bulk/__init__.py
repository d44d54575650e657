"""Reading of pictures by the million: listed once, cut into shards, each of which becomes one file of a folder."""

from typing import TYPE_CHECKING

from core.public_names import import_on_demand

if TYPE_CHECKING:
    from core.bulk.asked import Asked, FileFormat
    from core.bulk.errors import BulkError
    from core.bulk.part_files import Part
    from core.bulk.parts_folder import PartsFolder
    from core.bulk.shards import Shard, ShardTask

__all__ = ["Asked", "BulkError", "FileFormat", "Part", "PartsFolder", "Shard", "ShardTask"]

if not TYPE_CHECKING:  # a type checker would take any name for one of the package's
    __getattr__, __dir__ = import_on_demand(__name__)
