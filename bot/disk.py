"""Whether the disk that holds the data is about to be full: said once, and when it is over."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import structlog

from bot.wording.notice import disk_filling, disk_roomy

LEAST_BYTES = 500_000_000
"""What is free below this fills in a day where something else writes without measure."""

LEAST_SHARE = 20
"""On a small disk the twentieth part of it is enough."""

RECOVERED = 1.5
"""Times the least: so much is free before its end is told, and before it can be told again."""

log = structlog.get_logger()


class Room(Protocol):
    """Bytes, as ``shutil.disk_usage`` gives them."""

    @property
    def total(self) -> int: ...
    @property
    def free(self) -> int: ...


class Disk:
    """The one under ``folder``."""

    def __init__(self, folder: Path, usage: Callable[[Path], Room] = shutil.disk_usage) -> None:
        self._folder = folder
        self._usage = usage
        self._filling = False

    def news(self) -> list[str]:
        """What to tell now; asked again and again."""
        try:
            room = self._usage(self._folder)
        except OSError as error:
            log.warning("the disk does not say what is free", reason=str(error))
            return []
        least = min(LEAST_BYTES, room.total // LEAST_SHARE)
        if not self._filling and room.free < least:
            self._filling = True
            return [disk_filling(room.free, self._folder)]
        if self._filling and room.free >= least * RECOVERED:
            self._filling = False
            return [disk_roomy(room.free)]
        return []
