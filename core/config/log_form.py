"""The form of a server's log: lines of text, or one JSON object a line for a machine to read."""

import json
import logging
import os
import sys
import threading
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from core.config.field_spec import ConfigError

VARIABLE = "DIGIT_STUDIO_LOG"
"""The environment variable that asks for a form: `json`, or `text`, the default."""

_FORMS = ("text", "json")
_OURS = "core"  # the logger above those of all modules of core


def wants_json() -> bool:
    """Return whether the log is to be JSON, as the environment says; raises `ConfigError` for an unknown form."""
    form = os.environ.get(VARIABLE, "").strip().lower() or _FORMS[0]
    if form not in _FORMS:
        raise ConfigError(f"The environment variable {VARIABLE} is {form[:40]!r}; it must be {' or '.join(_FORMS)}.")
    return form == "json"


class JsonFormatter(logging.Formatter):
    """A formatter that makes one JSON object of a record: time, level, logger, message; `run` and `error` with some.

    `time` is in UTC to a millisecond, `run` the id that was given as `extra={"run": id}`, `error` a stack in words.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        try:
            message = record.getMessage()
        except Exception:  # a message whose values do not fit: logging must never end what logs
            message = str(record.msg)
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message,
        }
        if run := getattr(record, "run", ""):
            line["run"] = run
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line)


def json_handler() -> logging.Handler:
    """Return a handler that writes JSON lines to standard error, also while that is silenced for others.

    The import of TensorFlow silences it for seconds.
    """
    handler = logging.StreamHandler(os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8"))
    handler.setFormatter(JsonFormatter())
    return handler


def log_json() -> None:
    """Have this process's own loggers, warnings and uncaught errors be written as JSON lines to standard error."""
    ours, root = logging.getLogger(_OURS), logging.getLogger()
    ours.setLevel(logging.INFO)
    if not any(isinstance(each.formatter, JsonFormatter) for each in root.handlers):
        root.handlers[:] = [json_handler()]
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread


def _log_uncaught(kind: type[BaseException], error: BaseException, stack: TracebackType | None) -> None:
    logging.getLogger(_OURS).error("an uncaught error: %s", error, exc_info=(kind, error, stack))


def _log_uncaught_in_thread(found: threading.ExceptHookArgs) -> None:
    if found.exc_value is not None and not isinstance(found.exc_value, SystemExit):
        _log_uncaught(found.exc_type, found.exc_value, found.exc_traceback)
