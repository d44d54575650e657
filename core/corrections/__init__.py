"""Corrections: digits that a person labelled, kept in a database in the root, from which a network can learn."""

from typing import TYPE_CHECKING

from core.public_names import import_on_demand

if TYPE_CHECKING:
    from core.corrections.records import Classes, Correction, CorrectionError, Counts, NewCorrection, Source, Split
    from core.corrections.store import CorrectionStore

__all__ = ["Classes", "Correction", "CorrectionError", "CorrectionStore", "Counts", "NewCorrection", "Source", "Split"]

if not TYPE_CHECKING:  # a type checker would take any name for one of the package's
    __getattr__, __dir__ = import_on_demand(__name__)
