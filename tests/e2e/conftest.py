"""The world around the bot."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.rig import World, a_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Doubles of both platforms and of the exchanges, with an empty data directory."""
    async with a_world(tmp_path / "data") as known:
        yield known
