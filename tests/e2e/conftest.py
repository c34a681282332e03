"""The world around the bot."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.e2e.rig import World, a_world
from tests.openings import made_once


@pytest.fixture(scope="session", autouse=True)
def _made_once() -> Iterator[None]:
    with made_once():
        yield


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Doubles of both platforms and of the exchanges, with an empty data directory."""
    async with a_world(tmp_path / "data") as known:
        yield known
