"""How fast alerts go out: as fast as Discord takes them, and never faster; over sockets."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.clock import SystemClock
from bot.delivery.courier import Courier
from bot.delivery.outcomes import Delivered, Retry
from bot.events import Event
from bot.ports import Notification
from bot.rules import Destination, Notice
from bot.wording.text import Message
from handlers.discord.platform import LIMITS, DiscordPlatform
from tests.doubles.discord import DiscordDouble, Fault
from tests.doubles.discord_limits import Limiter
from tests.fakes import FakeOutbox, Furnished
from tests.handlers.discord.conftest import ALERTS, GUILD, a_guild, a_platform, opened, running
from tests.torture import times

HERE = {"guild": GUILD, "channel": ALERTS}
CHANNEL = Destination("discord", ALERTS)
POST = f"POST /channels/{ALERTS}/messages"
WORDS = Message(("an alert",))

WHOLE = times(1) > 1
OF_IDEAL = 1.05 if WHOLE else 1.25
"""Of the shortest time that 50 a second allow; ``make test`` has four tests on two cores."""


async def told(event: Event) -> None:
    """No engine listens."""


def said(notification: Notification, now_ms: int) -> Message:
    return WORDS


@asynccontextmanager
async def carrying(
    discord: DiscordDouble, outbox: FakeOutbox
) -> AsyncIterator[tuple[DiscordPlatform, Furnished]]:
    """The real platform and its courier at Discord's own limits."""
    furnished = Furnished()
    platform = a_platform(discord, furnished=furnished)
    courier = Courier(platform.notifier, outbox, platform.turnstile, said, SystemClock(), told)
    async with running(platform, furnished.house), asyncio.TaskGroup() as group:
        await discord.gateway.ready()
        carried = group.create_task(courier.run())
        yield platform, furnished
        courier.stop()
        await carried


async def drained(outbox: FakeOutbox, sends: int) -> None:
    async with asyncio.timeout(60):
        while True:
            if len(outbox.settled) >= sends:
                return
            await asyncio.sleep(0.005)


def most_in_a_second(at: list[float]) -> int:
    return max(sum(first <= other < first + 1.0 for other in at) for first in at)


async def test_many_alerts_to_many_channels_go_out_in_the_shortest_time_without_a_429() -> None:
    """1,000 to 100 channels under torture, else 100 to 25: so no channel's burst is the limit."""
    sends, channels = times(100), 100 if WHOLE else 25
    outbox = FakeOutbox()
    async with (
        DiscordDouble([a_guild()], per_second=50) as discord,
        carrying(discord, outbox) as (platform, _),
    ):
        await at_rest(platform)
        for number in range(sends):
            at = Destination("discord", 1_000 + number % channels)
            await outbox.put(at, Notice("x", 0), str(number), 0)
        await drained(outbox, sends)
    posted = [arrival for arrival in discord.arrivals if arrival.path.endswith("/messages")]
    assert [arrival.status for arrival in posted] == [200] * sends
    assert len(discord.posts) == sends
    assert all(isinstance(outcome, Delivered) for _, outcome in outbox.settled)
    assert most_in_a_second([arrival.at for arrival in posted]) <= 50
    assert posted[-1].at - posted[0].at <= OF_IDEAL * sends / 50


async def test_a_channel_rests_until_its_reset_and_no_call_sleeps() -> None:
    outbox = FakeOutbox()
    async with DiscordDouble([a_guild()], per_second=50) as discord:
        discord.limiter = Limiter(50, burst=3, window_s=0.4)
        for number in range(8):
            await outbox.put(CHANNEL, Notice("x", 0), str(number), 0)
        async with carrying(discord, outbox) as (platform, _):
            held = longest_call(platform)
            await drained(outbox, 8)
    posted = [arrival.status for arrival in discord.arrivals if arrival.path == POST]
    assert posted == [200] * 8
    assert held[0] < 0.2


def longest_call(platform: DiscordPlatform) -> list[float]:
    """Filled while alerts are delivered: the longest that one held its slot, in seconds."""
    longest, deliver = [0.0], platform.notifier.deliver

    async def timed(
        destination: Destination, message: Message, nonce: str, **more: int | None
    ) -> object:
        began = time.monotonic()
        outcome = await deliver(destination, message, nonce, **more)
        longest[0] = max(longest[0], time.monotonic() - began)
        return outcome

    platform.notifier.deliver = timed  # type: ignore[method-assign,assignment]
    return longest


@pytest.mark.parametrize(
    "fault",
    [Fault(502), Fault(500), Fault(429, retry_after=5.0), Fault(429, retry_after=2, via=False)],
    ids=str,
)
async def test_no_refusal_is_waited_out_within_a_call(fault: Fault) -> None:
    async with opened() as scene:
        scene.discord.fail(POST, fault)
        began = time.monotonic()
        outcome = await scene.platform.notifier.deliver(CHANNEL, WORDS, "L1")
        assert isinstance(outcome, Retry)
        assert time.monotonic() - began < 1.0


@pytest.mark.parametrize(("direct", "calls"), [(False, 0), (True, 1)])
async def test_an_alert_has_passed_once_and_opening_a_direct_channel_is_one_more_call(
    direct: bool, calls: int
) -> None:
    async with opened(limits=LIMITS) as scene:
        await at_rest(scene.platform)
        at = Destination("discord", ALERTS, direct=direct)
        assert isinstance(await scene.platform.notifier.deliver(at, WORDS, "L1"), Delivered)
        assert scene.platform.turnstile.allowance(ahead_s=0.1) == 50 - calls


async def test_what_a_command_sends_by_itself_passes_as_an_answer() -> None:
    async with opened(limits=LIMITS) as scene:
        await at_rest(scene.platform)
        prover = scene.furnished.house.notifiers["discord"]
        assert isinstance(await prover.deliver(CHANNEL, WORDS, "S1"), Delivered)
        assert scene.platform.turnstile.allowance(ahead_s=0.1) == 49


async def at_rest(platform: DiscordPlatform) -> None:
    """A second after the calls of the login."""
    async with asyncio.timeout(5):
        while True:
            if platform.turnstile.allowance() == LIMITS.per_second:
                return
            await asyncio.sleep(0.01)


async def test_a_429_of_what_a_command_sends_lets_its_chat_rest() -> None:
    async with opened() as scene:
        scene.discord.fail(POST, Fault(429, retry_after=30))
        outcome = await scene.furnished.house.notifiers["discord"].deliver(CHANNEL, WORDS, "S1")
        assert isinstance(outcome, Retry)
        assert scene.platform.turnstile.resting() == {ALERTS}


async def test_people_are_answered_at_once_while_alerts_use_up_every_second() -> None:
    outbox = FakeOutbox()
    for number in range(150):
        await outbox.put(Destination("discord", 1_000 + number), Notice("x", 0), str(number), 0)
    async with (
        DiscordDouble([a_guild()], per_second=50) as discord,
        carrying(discord, outbox),
    ):
        slowest_s = 0.0
        for number in range(20):
            began = time.monotonic()
            await (await discord.slash("liqs", person=100 + number, **HERE)).answered()
            slowest_s = max(slowest_s, time.monotonic() - began)
        assert len(outbox.settled) < 150
    assert slowest_s < 1.0


async def test_the_limits_are_discords_own() -> None:
    assert (LIMITS.per_second, LIMITS.chat_gap_s) == (50, 0.0)
