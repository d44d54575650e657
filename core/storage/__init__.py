"""Files that survive crashes: atomic replacement, durable appends, and ZIP archives with limits.

Inside `core`, import the modules `atomic` and `safe_zip` themselves.
"""

from core.storage import atomic, safe_zip

__all__ = ["atomic", "safe_zip"]
