"""A reader may be cancelled at any moment: nothing is logged, and the next reads as ever."""

import asyncio
import logging

import pytest

from storage import Storage
from tests.storage.samples import ALICE


async def test_a_reader_who_is_cancelled_at_any_moment_leaves_no_trace(
    storage: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "sqlalchemy"):
        for tenths in range(150):
            reader = asyncio.create_task(storage.rulebook.of(ALICE))
            await asyncio.sleep(tenths / 30_000)
            reader.cancel()
            await asyncio.wait([reader])
    assert await storage.rulebook.of(ALICE) == []
    assert [record.getMessage() for record in caplog.records] == []
