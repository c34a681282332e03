"""The world around the bot."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from bot.pictures import studio
from tests.e2e.rig import World, a_world
from tests.openings import made_once


@pytest.fixture(scope="session", autouse=True)
def _made_once() -> Iterator[None]:
    with made_once():
        yield


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Called, charts are drawn from here on. Else a bot of this process draws blank ones, as to
    load what draws takes a second of every test.
    """
    easel = studio.EASEL
    monkeypatch.setattr(studio, "EASEL", ("printf", r"\211PNG\r\n\032\n"))
    return lambda: monkeypatch.setattr(studio, "EASEL", easel)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Doubles of both platforms and of the exchanges, with an empty data directory."""
    async with a_world(tmp_path / "data") as known:
        yield known
