"""The lock file that keeps a second writer away from one SQLite file.

The operating system holds the lock and drops it with the process, however it ends.
"""

import os
import sys
from pathlib import Path

from bot.errors import ConfigError, InUseError

if sys.platform == "win32":
    import msvcrt

    def _seize(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _seize(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class WriterLock:
    """Held from ``seize`` until ``release`` or the end of the process."""

    def __init__(self, database: Path) -> None:
        self._database = database.resolve()  # by whatever name it is reached
        self._handle: int | None = None

    def seize(self) -> None:
        """Raise ``ConfigError`` when another process writes to the file, or none may."""
        path = self._database.with_name(self._database.name + ".lock")
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ConfigError(
                f"I cannot write in {self._database.parent} ({error.strerror}): give this user "
                "the right to, or choose another data directory."
            ) from None
        try:
            _seize(handle)
        except OSError:
            os.close(handle)
            raise InUseError(
                f"Another Liqwatch is already running on {self._database}: stop it first, or "
                "choose another data directory."
            ) from None
        self._handle = handle

    def release(self) -> None:
        # The file stays: removing it would let two processes lock two different files.
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
