"""The entry point of `python -m core`."""

import sys

from core.cli import main


def _main() -> int:
    """Carry out the command line; raises `SystemExit` with a sentence where a library is not installed."""
    try:
        return main()
    except ModuleNotFoundError as error:
        sys.exit(
            f"python -m core: the library {error.name} is not installed in {sys.executable}. Install what the app "
            "needs: make run, or python -m pip install -r requirements.txt"
        )


if __name__ == "__main__":
    sys.exit(_main())
