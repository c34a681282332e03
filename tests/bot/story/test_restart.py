"""Killed anywhere, a story goes on as if nothing had been, and nothing rings twice."""

import asyncio
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import SECOND_MS
from bot.events import Event, Tick
from bot.flush.flush import Severity
from bot.market import Gap
from bot.story.follow import Follow, How, Step
from bot.story.narration import SETTLED_S
from bot.story.queue import MOST
from tests.bot.flush.tapes import at, heard, moment, order, tape
from tests.bot.story.theatre import GROUP, PERSON, Theatre, settle, told
from tests.torture import times

CALM = (0.05, 0.05)
PLAN = [
    ("02:00", *CALM), ("02:04", 20, 1), ("02:09", 6, 1), ("02:15", *CALM),
    ("03:10", 30, 1), ("03:14", *CALM),
]  # fmt: skip
EVENTS = tape(PLAN, "11:40")
FOLLOWS = (
    Follow(PERSON, 7, severity=Severity.MINOR),
    Follow(GROUP, 7, "BTC", Severity.MINOR, {Step.PEAK: How.SILENT, Step.AFTER: How.SILENT}),
)


async def broken(events: Sequence[Event], cuts: Sequence[tuple[int, int]]) -> Theatre:
    """Killed after so many events, when the story has had so many turns to tell of the last."""
    theatre = Theatre(*FOLLOWS)
    theatre.begin()
    await settle(20)
    begin = 0
    for cut, turns in sorted(cuts):
        await theatre.play(events[begin : max(begin, cut - 1)])
        for event in events[max(begin, cut - 1) : cut]:
            theatre.hear(event)
        await settle(turns)
        await theatre.kill()
        begin = max(begin, cut)
        theatre.begin()
        await settle(20)
    await theatre.play(events[begin:])
    await theatre.kill()
    return theatre


def until(clock: str) -> int:
    """How many events there are before a time."""
    return sum(moment(event) < at(clock) for event in EVENTS)


LIVELY = until("03:40")
WHOLE = asyncio.run(told(EVENTS, *FOLLOWS))


@settings(max_examples=times(10), deadline=None)
@given(st.lists(st.tuples(st.integers(0, LIVELY), st.integers(0, 12)), max_size=3))
def test_a_story_that_is_killed_anywhere_goes_on_as_if_nothing_had_been(
    cuts: list[tuple[int, int]],
) -> None:
    theatre = asyncio.run(broken(EVENTS, cuts))
    for where in (PERSON, GROUP):
        assert theatre.book.story(where, edits=False) == WHOLE.book.story(where, edits=False)
    assert words(theatre) == words(WHOLE)
    assert theatre.book.kept == WHOLE.book.kept


def words(theatre: Theatre) -> dict[object, object]:
    """What each page says in the end, and whether it was to ring."""
    return {where: (page.step, page.message) for where, page in theatre.book.pages.items()}


async def test_what_overflows_is_heard_from_the_tape_again() -> None:
    theatre = Theatre(*FOLLOWS)
    theatre.begin()
    await settle(20)
    cut = LIVELY // 2
    await theatre.play(EVENTS[:cut])
    await theatre.real.advance(0)
    flood = heard(*[order(at("02:10"), 0.0, exchange="bybit")] * (MOST + 1))
    theatre.narration.pass_on(flood)
    for event in EVENTS[cut : cut + 50]:
        theatre.hear(event)
    await settle(20)
    await theatre.real.advance(SETTLED_S)
    await settle(50)
    await theatre.play(EVENTS[cut + 50 :])
    await theatre.kill()
    assert theatre.book.story(edits=False) == WHOLE.book.story(edits=False)
    assert theatre.book.kept == WHOLE.book.kept


async def test_an_unreadable_state_begins_a_new_story_with_new_numbers() -> None:
    theatre = Theatre(*FOLLOWS)
    theatre.begin()
    await settle(20)
    await theatre.play(EVENTS[:400])
    await theatre.kill()
    known = set(theatre.book.kept)
    theatre.book.machine = b"{"
    theatre.begin()
    await settle(20)
    await theatre.play(EVENTS[400:])
    await theatre.kill()
    assert known
    new = set(theatre.book.kept) - known
    assert min(new) > max(known)


async def test_after_hours_without_a_process_the_end_is_told_and_rings_nobody() -> None:
    theatre = Theatre(*FOLLOWS)
    theatre.begin()
    await settle(20)
    cut = next(
        n
        for n, event in enumerate(EVENTS)
        if isinstance(event, Tick) and event.now_ms > at("02:08")
    )
    await theatre.play(EVENTS[:cut])
    await theatre.kill()
    theatre.market.at_ms = at("09:00")
    for exchange in ("bybit", "binance", "okx"):
        theatre.tape.hear(Gap(exchange, "process", at("02:08"), at("09:00"), "away", "stopped"))
    theatre.begin()
    await settle(400)
    await theatre.kill()
    assert theatre.book.story()[-2:] == [
        "edit F1: F1 fading",
        "silent F1:end1 -> F1: F1 hours after",
    ], "what is told at once is told in its last words"
    assert all(flush.uncertain for flush in theatre.book.kept.values() if flush.coin is None)


async def test_storage_in_trouble_delays_a_page_and_loses_none() -> None:
    theatre = Theatre(*FOLLOWS)
    theatre.begin()
    await settle(20)
    theatre.book.full = 3
    for n, event in enumerate(EVENTS):
        theatre.hear(event)
        if n % 10 == 0:
            await theatre.real.advance(10 * SECOND_MS / 1000)
    await settle(40)
    await theatre.kill()
    assert keys(theatre) == keys(WHOLE), "the first page may have grown before it was stored"
    assert theatre.woken > 0


def keys(theatre: Theatre) -> list[str]:
    """Which pages there were, and which of them rang."""
    return [line.partition(": ")[0] for line in theatre.book.story(edits=False)]


async def test_a_clean_stop_tells_what_waits() -> None:
    theatre = Theatre(*FOLLOWS)
    theatre.begin()
    await settle(20)
    for event in EVENTS[:400]:
        theatre.hear(event)
    await theatre.kill()
    assert not theatre.book.story()
    await theatre.narration.finish()
    assert theatre.book.story()
    assert [row.destination for row in await theatre.book.readers([1])] == [PERSON]
