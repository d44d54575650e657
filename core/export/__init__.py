"""A run for use elsewhere: its model in other formats, a bundle, a script, notebook or report, or the release."""

from typing import TYPE_CHECKING

from core.public_names import import_on_demand

if TYPE_CHECKING:
    from core.export.bundle import make_bundle
    from core.export.bundle_import import import_bundle
    from core.export.bundle_zip import BundleError
    from core.export.documents import DOCUMENTS, DocumentFormat, obstacle
    from core.export.formats import FORMATS, ExportError, ExportFormat, export_model, missing_packages
    from core.export.release import release_model
    from core.export.verified import ExportedModel, export_and_verify, verified_export

__all__ = [
    "DOCUMENTS",
    "FORMATS",
    "BundleError",
    "DocumentFormat",
    "ExportError",
    "ExportFormat",
    "ExportedModel",
    "export_and_verify",
    "export_model",
    "import_bundle",
    "make_bundle",
    "missing_packages",
    "obstacle",
    "release_model",
    "verified_export",
]

if not TYPE_CHECKING:  # a type checker would take any name for one of the package's
    __getattr__, __dir__ = import_on_demand(__name__)
