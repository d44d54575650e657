"""The process that exports one model: `python -m core.export.export_process MODEL FORMAT FOLDER STEM`.

An export that fails is the last line of its standard error, and an exit code that is not 0.
"""

import sys
from pathlib import Path

from core.export.formats import ExportError
from core.export.verified import export_to_folder
from core.storage.os_errors import error_text


def main(model: str, format_name: str, folder: str, stem: str) -> None:
    """Export the model as `export_to_folder` does; end the process with a sentence where that fails."""
    try:
        export_to_folder(Path(model), format_name, Path(folder), stem)
    except (ExportError, OSError) as error:
        sys.exit(error_text(error))
    except Exception as error:
        text = error_text(error)
        sys.exit(f"{type(error).__name__}: {error}" if text == str(error) else text)


if __name__ == "__main__":
    main(*sys.argv[1:])
