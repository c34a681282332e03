"""The plug is pulled: a quick part of what ``make torture`` does at length."""

from pathlib import Path

from tests.torture.asking import between, saved
from tests.torture.freezing import frozen
from tests.torture.killing import storm
from tests.torture.line import Line, unseen


def refuted(lines: list[Line]) -> list[Line]:
    return [line for line in lines if not line.ok]


async def test_alerts_survive_a_kill_at_every_landmark_and_the_books_balance(
    tmp_path: Path,
) -> None:
    lines = await storm(tmp_path, alerts=32, kills=6, progress=unseen, early=10, rules=2)
    assert not refuted(lines)


async def test_what_was_answered_with_set_is_on_disk(tmp_path: Path) -> None:
    assert not refuted(await saved(tmp_path, many=3, kills=1, progress=unseen))


async def test_a_command_is_handled_once_whenever_the_plug_is_pulled(tmp_path: Path) -> None:
    assert not refuted(await between(tmp_path, kills=2, progress=unseen))


async def test_a_frozen_process_goes_on_where_it_was(tmp_path: Path) -> None:
    lines = await frozen(tmp_path, alerts=16, seconds=0.3, times=1, progress=unseen, rules=2)
    assert not refuted(lines)
