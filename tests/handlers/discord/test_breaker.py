"""What Discord counts against a bot is counted here first, and stops it in time."""

import asyncio

import pytest

from bot.delivery.outcomes import Gone, Retry
from bot.rules import Destination
from bot.wording.text import Message
from handlers.discord.breaker import MOST, WINDOW_S, Breaker
from tests.clocks import ManualClock
from tests.doubles.discord import Fault
from tests.handlers.discord.conftest import ALERTS, GUILD, Scene

CHANNEL = Destination("discord", ALERTS)
POST = f"POST /channels/{ALERTS}/messages"
WORDS = Message(("an alert",))


@pytest.mark.parametrize(
    ("status", "scope", "counts"),
    [
        (401, "user", True),
        (403, "user", True),
        (429, "user", True),
        (429, "global", True),
        (429, "shared", False),
        (404, "user", False),
        (500, "user", False),
        (200, "user", False),
    ],
)
def test_what_counts(status: int, scope: str, counts: bool) -> None:
    breaker = Breaker(ManualClock(), most=1)
    breaker.count(status, scope)
    assert (breaker.wait_s() > 0) is counts


async def test_it_opens_at_500_in_ten_minutes_and_closes_as_they_grow_old() -> None:
    clock = ManualClock()
    breaker = Breaker(clock)
    for _ in range(MOST - 1):
        breaker.count(403, "user")
    await clock.advance(10)
    assert breaker.wait_s() == 0
    breaker.count(403, "user")
    assert breaker.wait_s() == WINDOW_S - 10
    await clock.advance(WINDOW_S - 10)
    assert breaker.wait_s() == 0


async def test_nothing_more_is_sent_once_it_is_open_and_the_operator_hears_why(
    scene: Scene,
) -> None:
    notifier = scene.platform.notifier
    scene.discord.fail(POST, Fault(403, code=50013, times=MOST + 100))
    for _ in range(MOST):
        assert isinstance(await notifier.deliver(CHANNEL, WORDS, "L1"), Gone)
    asked = len(scene.discord.arrivals)
    for ended in (await notifier.deliver(CHANNEL, WORDS, "L1"), await notifier.probe()):
        assert isinstance(ended, Retry)
        assert ended.platform_wide
        assert 0 < ended.after_s <= WINDOW_S
        assert ended.reason == "it refused 500 calls in ten minutes, and bans who goes on"
    assert len(scene.discord.arrivals) == asked


async def test_what_the_listening_client_is_refused_counts_too(scene: Scene) -> None:
    notifier = scene.platform.notifier
    scene.discord.fail(POST, Fault(403, code=50013, times=MOST))
    for _ in range(MOST - 1):
        await notifier.deliver(CHANNEL, WORDS, "L1")
    assert await notifier.probe() is None
    scene.discord.forbid_interactions = True
    await scene.discord.slash("figures", guild=GUILD, channel=ALERTS)
    await scene.discord.arrived("/callback")
    for _ in range(500):  # its refusal is on the way
        ended = await notifier.probe()
        if ended is not None:
            break
        await asyncio.sleep(0.01)
    assert isinstance(ended, Retry)
