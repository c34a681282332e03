"""Mistakes of ours cost one exchange a moment, and say so."""

from collections.abc import Mapping

from bot.exchanges.dialect import Stream
from bot.market import Instrument, Instruments
from tests.bot.feed.conftest import Rig
from tests.bot.feed.toy import Toy, ToyServer, events, eventually
from tests.clocks import ManualClock


class Mistaken(Toy):
    """A dialect with mistakes: it stumbles over one answer, and over one contract."""

    def instruments(self, body: bytes, url: str) -> tuple[list[Instrument], str | None]:
        if body == b"boom":
            raise TypeError("a mistake of ours")
        return super().instruments(body, url)

    def streams(self, instruments: Instruments, urls: Mapping[str, str]) -> tuple[Stream, ...]:
        if "BOOMUSDT" in instruments:
            raise KeyError("another one")
        return super().streams(instruments, urls)


async def test_a_mistake_in_reading_a_table_costs_nothing_but_the_table(
    rig: Rig, server: ToyServer
) -> None:
    async with rig.running(Mistaken(), server.urls) as feed:
        await eventually(lambda: rig.live)
        server.rest_body = b"boom"
        before = server.asked_rest
        await eventually(lambda: server.asked_rest > before + 3)
        assert (feed.status().state, server.handshakes) == ("live", 1)


async def test_a_feed_with_a_mistake_of_ours_begins_anew_and_says_so(
    rig: Rig, server: ToyServer, market: ManualClock
) -> None:
    async with rig.running(Mistaken(), server.urls, supervised=True) as feed:
        await eventually(lambda: rig.live)
        await market.advance(10)
        server.pages = [["BTCUSDT", "BOOMUSDT"]]
        await eventually(lambda: feed.status().state != "live")
        failed = market.now_ms()
        await market.advance(10)
        server.pages = [["BTCUSDT"]]
        await eventually(lambda: rig.live)
        await server.push(events(("BTCUSDT", 1, 1)))
        await eventually(lambda: rig.liquidations)
        await eventually(lambda: rig.gaps()[-1].end_ms is not None)
    began = [gap.start_ms for gap in (*rig.gaps("instruments"), *rig.gaps()) if gap.end_ms is None]
    assert failed in began
    assert rig.gaps()[-1].end_ms == market.now_ms()
