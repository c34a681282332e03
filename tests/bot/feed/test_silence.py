"""Gaps of one stream, as the engine is told."""

from bot.feed.silence import Silence
from bot.inbox import Inbox
from bot.market import Gap
from tests.clocks import ManualClock


async def test_a_changed_reason_ends_one_gap_and_begins_the_next_at_the_same_moment(
    market: ManualClock,
) -> None:
    inbox = Inbox()
    silence = Silence("toy", "all", inbox.note, market)
    start = market.now_ms()
    silence.begin(start, "starting")
    await market.advance(2)
    silence.because("starting")
    silence.because("refused")
    await market.advance(3)
    silence.end()
    assert not silence.open
    silence.end()
    silence.because("again")
    assert await inbox.get_many(100) == [
        Gap("toy", "all", start, None, "starting"),
        Gap("toy", "all", start, start + 2000, "starting"),
        Gap("toy", "all", start + 2000, None, "refused"),
        Gap("toy", "all", start + 2000, start + 5000, "refused"),
    ]


async def test_a_gap_never_ends_before_it_began(market: ManualClock) -> None:
    inbox = Inbox()
    silence = Silence("toy", "all", inbox.note, market)
    silence.begin(market.now_ms() + 10, "clock set back")
    silence.end()
    opened, closed = await inbox.get_many(2)
    assert isinstance(opened, Gap) and isinstance(closed, Gap)
    assert closed.end_ms == opened.start_ms
