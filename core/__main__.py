"""The entry point of `python -m core`."""

import sys

try:
    from core.cli import main
except ModuleNotFoundError as error:
    sys.exit(
        f"python -m core: the library {error.name} is not installed in {sys.executable}. Install what the app needs: "
        "make run, or python -m pip install -r requirements.txt"
    )

if __name__ == "__main__":
    sys.exit(main())
