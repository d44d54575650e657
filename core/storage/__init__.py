"""Files that survive crashes: atomic replacement, durable appends, ZIP archives with limits, and what their errors say.

Inside `core`, import the modules themselves.
"""

from core.storage import atomic, json_files, os_errors, printable, safe_zip, temporary

__all__ = ["atomic", "json_files", "os_errors", "printable", "safe_zip", "temporary"]
