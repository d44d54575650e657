"""The model that this installation reads with where nobody has chosen another one: a small file in the root."""

from pathlib import Path

from core.storage import atomic, json_files

_FILE = "default_model.json"
_MAX_BYTES = 4096


def default_model(root: Path) -> str:
    """Return the id of the run whose model is read with; '' for the shipped one, or where the file is damaged."""
    try:
        values = json_files.parse_json(json_files.read_limited(root / _FILE, _MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return ""
    run_id = values.get("run") if isinstance(values, dict) else None
    return run_id if isinstance(run_id, str) else ""


def set_default_model(root: Path, run_id: str) -> None:
    """Read with the model of this run from now on; raises `OSError`."""
    root.mkdir(parents=True, exist_ok=True)
    atomic.replace_json(root / _FILE, {"run": run_id})


def reset_default_model(root: Path) -> None:
    """Read with the shipped model again; raises `OSError`."""
    (root / _FILE).unlink(missing_ok=True)
