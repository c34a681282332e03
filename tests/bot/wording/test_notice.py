"""What the operator reads of restarts, of the outbox and of the disk."""

from pathlib import Path

import pytest

from bot.clock import MINUTE_MS
from bot.ports import Accounts, Found
from bot.wording.notice import disk_filling, disk_roomy, restarted, unaccounted
from bot.wording.reasons import KINDS, LOST, NOT_WANTED, by_kind


def test_a_restart_is_told_with_what_became_of_what_waited() -> None:
    told = restarted(6 * MINUTE_MS, Found(41, 1), Accounts(41, 38, 3, 0, 0))
    assert told == (
        "Back after 6 min. 41 alerts were waiting: 38 sent, 3 merged, 0 lost, at most 1 twice."
    )
    assert restarted(45_000, Found(1), Accounts(1, 1, 0, 0, 0)) == (
        "Back after 45 s. 1 alert was waiting: 1 sent, 0 lost, none twice."
    )
    assert restarted(None, Found(1), Accounts(1, 1, 0, 0, 0)).startswith("Back. 1 alert was")


def test_what_nobody_wants_any_more_is_not_lost() -> None:
    reasons = (("gone: blocked by the user", 2), ("muted", 1), ("refused: too long", 3))
    told = restarted(MINUTE_MS, Found(1_200, 4), Accounts(1_200, 1_190, 0, 6, 4, reasons))
    assert told == (
        "Back after 1 min. 1,200 alerts were waiting: 1,190 sent, 3 not wanted any more, "
        "4 still waiting, 3 lost, at most 4 twice."
    )


def test_the_dead_are_sorted_by_a_handful_of_words() -> None:
    reasons = (("gone: kicked", 2), ("gone: blocked", 3), ("stopped", 1), ("the moon", 4))
    counts = by_kind(reasons)
    assert set(counts) == set(KINDS)
    assert {kind: many for kind, many in counts.items() if many} == {
        "gone": 5,
        "stopped": 1,
        "other": 4,
    }
    assert not set(LOST) & set(NOT_WANTED)


def test_an_outbox_that_does_not_add_up_is_told_with_its_numbers() -> None:
    assert unaccounted(Accounts(1_000, 900, 50, 40, 9)) == (
        "⚠️ The outbox does not add up: 1,000 notifications, but 900 sent, 50 merged, 40 dead "
        "and 9 open. Keep a liqwatch backup, and report it."
    )


def test_a_disk_that_fills_is_told_with_what_to_do() -> None:
    assert disk_filling(412_345_678, Path("/data")) == (
        "⚠️ The disk is nearly full: 412 MB are free in /data. Make room: once it is full, "
        "nothing can be saved."
    )


@pytest.mark.parametrize(
    ("free", "said"),
    [(999_999_999, "999 MB"), (1_250_000_000, "1.2 GB"), (12_345_678_901, "12 GB")],
)
def test_room_is_said_in_a_few_digits(free: int, said: str) -> None:
    assert disk_roomy(free) == f"The disk has room again: {said} are free."
