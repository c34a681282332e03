"""A change whose commit was not answered: what is on disk is told, and nothing else."""

from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.events import RuleSaved
from bot.ports import Ledger
from bot.rules import Rule
from storage import open_storage
from tests.storage.conftest import Home
from tests.storage.lossy_line import lossy_line
from tests.storage.samples import ALICE, NOW, a_rule


async def add(ledger: Ledger) -> Rule:
    return await ledger.add(a_rule(), 50)


async def test_a_rule_that_is_on_disk_reaches_the_engine_though_the_answer_was_lost(
    postgres_home: Home, tmp_path: Path
) -> None:
    """Else it is "not saved", cannot be added again, and is silent until the next start."""
    async with lossy_line(postgres_home) as (line, url), open_storage(url, tmp_path) as storage:
        line.loses = "answer"
        saved, events = await storage.books.keep(add, None, NOW)
        assert not line.loses
        assert [event.rule for event in events if isinstance(event, RuleSaved)] == [saved]
        assert await storage.rulebook.of(ALICE) == [saved]


async def test_a_rule_that_never_reached_the_disk_is_not_saved(
    postgres_home: Home, tmp_path: Path
) -> None:
    async with lossy_line(postgres_home) as (line, url), open_storage(url, tmp_path) as storage:
        line.loses = "request"
        with pytest.raises(StoreError):
            await storage.books.keep(add, None, NOW)
        assert not line.loses
        assert await storage.rulebook.of(ALICE) == []
        saved, _ = await storage.books.keep(add, None, NOW)
        assert await storage.rulebook.of(ALICE) == [saved]
