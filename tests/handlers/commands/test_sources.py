"""/sources: who is heard, and what is not known is not shown as zero."""

from msgspec.structs import replace

from bot.ports import SourceStatus
from tests.fakes import FakeDesk, Furnished, a_source
from tests.handlers.asking import ask, words


class DeskOf(FakeDesk):
    """A desk that hears what a test says."""

    def __init__(self, *heard: SourceStatus) -> None:
        super().__init__()
        self._heard = list(heard)

    def sources(self) -> list[SourceStatus]:
        return self._heard


async def told(*heard: SourceStatus) -> str:
    here = Furnished()
    here.house.desk = DeskOf(*heard)
    return words(await ask("/sources", here))


async def test_an_exchange_that_was_never_heard_has_no_figures_rather_than_zero() -> None:
    deaf = a_source("binance", "blocked", "HTTP 451")
    text = await told(replace(deaf, events=0, usd=0, last_event_ms=None))
    assert "$0" not in text
    assert "Sources · 0 of 1 exchanges heard" in text
    assert "blocked" in text and "HTTP 451" in text


async def test_a_quiet_one_that_is_heard_has_zero() -> None:
    assert "$0" in await told(replace(a_source("okx"), events=0, usd=0))


async def test_exchanges_without_a_feed_are_named() -> None:
    assert "Hyperliquid" in await told(a_source("okx"))
