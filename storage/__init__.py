"""Storage remembers: rows in, core types out. It alone knows SQL."""

from storage.backup import back_up
from storage.database import Storage, open_report, open_storage
from storage.restoring import restore

__all__ = ["Storage", "back_up", "open_report", "open_storage", "restore"]
