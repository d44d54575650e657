"""Corrections: digits that a person labelled, kept in a database in the root, from which a network can learn."""

from core.corrections.records import Classes, Correction, CorrectionError, Counts, NewCorrection, Source, Split
from core.corrections.store import CorrectionStore

__all__ = ["Classes", "Correction", "CorrectionError", "CorrectionStore", "Counts", "NewCorrection", "Source", "Split"]
