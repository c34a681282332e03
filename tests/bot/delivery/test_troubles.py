"""A platform in trouble: claiming stops, a probe finds out, and the operator is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.delivery.outcomes import Delivered, Outcome, Retry, Unauthorized
from bot.rules import Destination
from bot.wording.text import Message
from tests.bot.delivery.office import Office, office
from tests.bot.delivery.platforms import TELEGRAM
from tests.clocks import ManualClock

REFUSED = Unauthorized("Unauthorized")
DOWN = Retry(5.0, "Bad Gateway", unknown=True, platform_wide=True)


class Trouble:
    """A platform that answers ``now``, hangs while ``hangs``; ``probes`` holds their seconds."""

    platform = "telegram"
    harmless_s = 0.0

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.now: Outcome = Delivered(1)
        self.hangs = False
        self.calls: list[tuple[float, int]] = []
        self.most_at_once = 0
        self.probes: list[float] = []
        self._under_way = 0

    async def deliver(
        self,
        destination: Destination,
        message: Message,
        nonce: str,
        edits: int | None = None,
        quotes: int | None = None,
    ) -> Outcome:
        self.calls.append((self.clock.monotonic(), destination.chat))
        self._under_way += 1
        self.most_at_once = max(self.most_at_once, self._under_way)
        try:
            if self.hangs:
                await asyncio.Event().wait()
            await self.clock.sleep(0.1)
        finally:
            self._under_way -= 1
        return self.now

    async def probe(self) -> Outcome | None:
        self.probes.append(self.clock.monotonic())
        if self.hangs:
            await asyncio.Event().wait()
        return None if isinstance(self.now, Delivered) else self.now


@asynccontextmanager
async def troubled() -> AsyncIterator[tuple[Office, Trouble]]:
    """The office of a platform that is told how to behave."""
    async with office(Trouble, TELEGRAM) as place:
        assert isinstance(place.notifier, Trouble)
        yield place, place.notifier


async def test_six_hung_calls_stop_the_claiming_until_a_probe_answers() -> None:
    async with troubled() as (place, trouble):
        trouble.hangs = True
        for chat in range(1, 41):
            place.notice(chat)
        await place.clock.advance(65)
        assert len(trouble.calls) == 8  # those that hung; nothing was claimed since
        assert len(trouble.probes) >= 3
        trouble.hangs = False
        trouble.most_at_once = 0
        await place.clock.advance(25)
        accounts = await place.outbox.accounts()
        assert (accounts.sent, accounts.open) == (40, 0)


async def test_after_an_outage_one_call_shows_that_it_is_over_before_all_slots_do() -> None:
    async with troubled() as (place, trouble):
        trouble.now = DOWN
        for chat in range(1, 21):
            place.notice(chat)
        await place.clock.advance(30)
        assert len(trouble.calls) == 8
        trouble.now, before = Delivered(1), len(trouble.calls)
        await place.clock.advance(40)
        after = [at for at, _ in trouble.calls[before:]]
        assert after[1] >= after[0] + 0.1
        assert (await place.outbox.accounts()).sent == 20


async def test_an_outage_of_two_hours_costs_the_only_message_one_call() -> None:
    """A gateway that answers 502 may have taken it each time: what it is asked is the probe."""
    async with troubled() as (place, trouble):
        trouble.now = DOWN
        place.notice(1)
        await place.clock.advance(7_200)
        assert len(trouble.calls) == 1
        trouble.now = Delivered(1)
        await place.clock.advance(61)
        assert len(trouble.calls) == 2
        assert (await place.outbox.accounts()).sent == 1


@pytest.mark.parametrize("after_s", [1.0, 60.0, 3_600.0])
async def test_a_429_for_all_stops_alerts_and_answers_for_exactly_its_time(after_s: float) -> None:
    async with troubled() as (place, trouble):
        trouble.now = Retry(after_s, "429", limited=True, platform_wide=True)
        place.notice(1)
        await place.clock.advance(0.5)
        trouble.now = Delivered(1)
        place.notice(2)
        asking = asyncio.create_task(place.turnstile.answer(Destination("telegram", 3, 0, True)))
        await place.clock.advance(after_s - 0.41)
        assert len(trouble.calls) == 1
        assert trouble.probes == []
        assert not asking.done()
        await place.clock.advance(5)
        assert asking.done()
        assert (await place.outbox.accounts()).sent == 2


async def test_a_refused_token_keeps_the_queue_stops_the_claiming_and_is_told_once() -> None:
    async with troubled() as (place, trouble):
        trouble.now = REFUSED
        for chat in range(1, 13):
            place.notice(chat)
        await place.clock.advance(299)
        assert len(trouble.calls) == 8
        assert place.troubles == [
            "⚠️ Telegram refused the token at 22:13 UTC. 12 alerts are waiting, none lost. "
            "Put a new TELEGRAM_TOKEN in .env and restart."
        ]
        await place.clock.advance(602)
        assert len(trouble.probes) == 3
        trouble.now = Delivered(1)
        await place.clock.advance(310)
        assert place.troubles[1:] == [
            "Telegram takes the token again after 20 min. 12 alerts go out now."
        ]
        accounts = await place.outbox.accounts()
        assert (accounts.sent, accounts.dead, accounts.open) == (12, 0, 0)


async def test_the_operator_is_told_of_a_long_outage_and_of_its_end() -> None:
    async with troubled() as (place, trouble):
        trouble.now = DOWN
        place.notice(1)
        place.notice(2)
        await place.clock.advance(119)
        assert place.troubles == []
        await place.clock.advance(300)
        assert place.troubles == [
            "⚠️ Telegram cannot be used since 22:13 UTC (Bad Gateway). "
            "2 alerts are waiting, none lost."
        ]
        trouble.now = Delivered(1)
        await place.clock.advance(70)
    assert len(place.troubles) == 2
    assert place.troubles[1].startswith("Telegram is back after ")


async def test_the_operator_is_told_even_when_nobody_can_count() -> None:
    async with troubled() as (place, trouble):
        trouble.now = REFUSED
        place.notice(1)
        await place.clock.advance(0.05)
        place.outbox.full = True
        await place.clock.advance(5)
        place.outbox.full = False
    assert "What waits for it is kept." in place.troubles[0]


async def test_a_refusal_that_another_found_out_is_told_at_once_and_by_no_delivery_again() -> None:
    async with troubled() as (place, trouble):
        trouble.now = REFUSED
        await place.courier.refused()
        assert place.troubles == [
            "⚠️ Telegram refused the token at 22:13 UTC. No alert is waiting. "
            "Put a new TELEGRAM_TOKEN in .env and restart."
        ]
        place.notice(1)
        await place.clock.advance(700)
        await place.courier.refused()
        assert trouble.calls == []
        assert len(place.troubles) == 1
        assert (await place.outbox.accounts()).open == 1


async def test_a_refusal_that_a_delivery_met_is_told_once_when_another_finds_it_too() -> None:
    async with troubled() as (place, trouble):
        trouble.now = REFUSED
        place.notice(1)
        await place.clock.advance(0.15)
        await asyncio.gather(place.courier.refused(), place.clock.advance(10))
        assert len(place.troubles) == 1


async def test_that_commands_alone_are_not_heard_is_told_after_two_minutes_and_its_end() -> None:
    async with office(Trouble, TELEGRAM) as place:
        place.listening.failed("another program listens", place.clock.monotonic())
        await place.clock.advance(119)
        assert place.troubles == []
        place.notice(1)
        await place.clock.advance(601)
        assert place.troubles == [
            "⚠️ Telegram hands me no commands since 22:13 UTC (another program listens). "
            "Alerts still go out."
        ]
        assert (await place.outbox.accounts()).sent == 1
        place.listening.heard(place.clock.monotonic())
        await place.clock.advance(30)
        assert place.troubles[1:] == ["Telegram hands me commands again after 12 min."]


async def test_a_short_silence_is_nothing_for_the_operator() -> None:
    async with office(Trouble, TELEGRAM) as place:
        for _ in range(5):
            place.listening.failed("Bad Gateway", place.clock.monotonic())
            await place.clock.advance(100)
            place.listening.heard(place.clock.monotonic())
            await place.clock.advance(10)
        assert place.troubles == []


@pytest.mark.parametrize("hangs", [False, True])
async def test_a_silent_platform_that_cannot_be_used_either_is_told_as_one_outage(
    hangs: bool,
) -> None:
    async with troubled() as (place, trouble):
        trouble.now, trouble.hangs = DOWN, hangs
        place.listening.failed("Bad Gateway", place.clock.monotonic())
        await place.clock.advance(300)
        place.notice(1)
        await place.clock.advance(1_200)
        why = "no answer in time" if hangs else "Bad Gateway"
        assert place.troubles == [
            f"⚠️ Telegram cannot be used since 22:13 UTC ({why}). No alert is waiting."
        ]
        trouble.now, trouble.hangs = Delivered(1), False
        await place.clock.advance(70)
        place.listening.heard(place.clock.monotonic())
        await place.clock.advance(200)
        assert len(place.troubles) == 2
        assert place.troubles[1].startswith("Telegram is back after ")


async def test_an_outage_that_grows_is_told_again_but_ends_once() -> None:
    async with troubled() as (place, trouble):
        place.listening.failed("Bad Gateway", place.clock.monotonic())
        await place.clock.advance(140)
        trouble.now = DOWN
        place.notice(1)
        await place.clock.advance(200)
        assert [told.split(" since")[0] for told in place.troubles] == [
            "⚠️ Telegram hands me no commands",
            "⚠️ Telegram cannot be used",
        ]
        place.listening.heard(place.clock.monotonic())
        trouble.now = Delivered(1)
        await place.clock.advance(120)
        assert len(place.troubles) == 3
        assert place.troubles[2].startswith("Telegram is back after ")


async def test_who_is_still_not_heard_when_all_else_is_back_is_told_so() -> None:
    async with troubled() as (place, trouble):
        trouble.now = DOWN
        place.notice(1)
        place.listening.failed("Bad Gateway", place.clock.monotonic())
        await place.clock.advance(200)
        trouble.now = Delivered(1)
        await place.clock.advance(60)
        assert [told.split(" ")[1:4] for told in place.troubles] == [
            ["Telegram", "cannot", "be"],
            ["is", "back", "after"],
        ]
        await place.clock.advance(130)
        assert place.troubles[2].startswith("⚠️ Telegram hands me no commands since 22:13 UTC")
