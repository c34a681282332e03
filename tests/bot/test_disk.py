"""A disk that fills is told once, before it is full, and when there is room again."""

from pathlib import Path
from typing import NamedTuple

import pytest

from bot.disk import Disk

GB = 1_000_000_000
FOLDER = Path("/data")


class Room(NamedTuple):
    total: int
    free: int


class Usage:
    """Says what it was told to say of whatever folder is asked for."""

    def __init__(self, total: int, free: int) -> None:
        self.room = Room(total, free)
        self.asked: list[Path] = []
        self.broken = False

    def __call__(self, folder: Path) -> Room:
        self.asked.append(folder)
        if self.broken:
            raise OSError("the disk is gone")
        return self.room


@pytest.mark.parametrize(("total", "least"), [(2_000 * GB, GB // 2), (4 * GB, GB // 5)])
def test_it_is_told_below_half_a_gigabyte_or_a_twentieth_of_a_small_disk(
    total: int, least: int
) -> None:
    assert Disk(FOLDER, Usage(total, least)).news() == []
    (told,) = Disk(FOLDER, Usage(total, least - 1)).news()
    assert told.startswith("⚠️ The disk is nearly full:") and "/data" in told


def test_it_is_told_once_and_again_only_after_there_was_room() -> None:
    usage = Usage(100 * GB, GB // 10)
    disk = Disk(FOLDER, usage)
    assert len(disk.news()) == 1
    usage.room = Room(100 * GB, GB // 2 + 1)
    assert disk.news() == []
    usage.room = Room(100 * GB, GB // 10)
    assert disk.news() == []
    usage.room = Room(100 * GB, GB)
    assert disk.news() == ["The disk has room again: 1.0 GB are free."]
    assert disk.news() == []
    usage.room = Room(100 * GB, GB // 10)
    assert len(disk.news()) == 1
    assert set(usage.asked) == {FOLDER}


def test_a_disk_that_does_not_answer_is_no_news() -> None:
    usage = Usage(100 * GB, 0)
    usage.broken = True
    assert Disk(FOLDER, usage).news() == []


def test_the_machine_itself_can_be_asked(tmp_path: Path) -> None:
    assert len(Disk(tmp_path).news()) <= 1
