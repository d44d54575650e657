"""A run's model for use elsewhere: in other formats, as a bundle, or as the released model."""

from core.export.bundle import make_bundle
from core.export.bundle_import import import_bundle
from core.export.bundle_zip import BundleError
from core.export.formats import FORMATS, ExportError, ExportFormat, export_model, missing_packages
from core.export.release import release_model
from core.export.verified import ExportedModel, export_and_verify, verified_export

__all__ = [
    "FORMATS",
    "BundleError",
    "ExportError",
    "ExportFormat",
    "ExportedModel",
    "export_and_verify",
    "export_model",
    "import_bundle",
    "make_bundle",
    "missing_packages",
    "release_model",
    "verified_export",
]
