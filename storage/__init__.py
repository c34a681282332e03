"""Storage remembers: rows in, core types out. It alone knows SQL."""

from storage.database import Storage, open_report, open_storage

__all__ = ["Storage", "open_report", "open_storage"]
