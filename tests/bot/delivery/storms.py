"""Storms on a manual clock: many alerts, people who ask meanwhile, and what both had to wait."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from bot.delivery.outcomes import Delivered, Retry
from bot.delivery.pacing import Limits
from bot.rules import Destination
from bot.wording.text import Message
from tests.bot.delivery.office import Office, office
from tests.bot.delivery.platforms import ClockPlatform
from tests.clocks import ManualClock

STEP_S = 0.1
"""How often new alerts and questions are put in: below what is measured."""

LONGEST_S = 7_200.0


@dataclass(frozen=True)
class Wish:
    """At second ``at``, an alert for a chat (negative: a group), or a question asked there."""

    at: float
    chat: int
    question: bool = False

    @property
    def destination(self) -> Destination:
        return Destination("t", self.chat, direct=self.chat > 0)


@dataclass
class Storm:
    """How it went: waits in seconds from the wish to the answered call, in ascending order."""

    office: Office
    platform: ClockPlatform
    waits: dict[int, list[float]]
    answers: list[float]

    def p95(self, but: int = 0) -> float:
        """Of the alerts of every chat but this one."""
        return share(sorted(w for c, waits in self.waits.items() if c != but for w in waits), 0.95)

    def longest(self) -> float:
        return max(w for waits in self.waits.values() for w in waits)


def share(ascending: Sequence[float], part: float) -> float:
    return ascending[min(len(ascending) - 1, int(part * len(ascending)))]


def cascade(alerts: int, chats: int, groups: int, minutes: Sequence[int]) -> list[Wish]:
    """Alerts for ``chats``, the first ``groups`` of them groups; ``minutes`` weighs each minute."""
    random = Random(3)
    when = random.choices(range(len(minutes)), minutes, k=alerts)
    return [Wish(60 * (m + random.random()), _a_chat(random, chats, groups)) for m in when]


def questions(number: int, chats: int, groups: int, span_s: float) -> list[Wish]:
    """Asked at any time, anywhere."""
    random = Random(5)
    when = [random.random() * span_s for _ in range(number)]
    return [Wish(at, _a_chat(random, chats, groups), question=True) for at in when]


async def storm(
    wishes: list[Wish],
    limits: Limits,
    platform: Callable[[ManualClock], ClockPlatform],
    *,
    merged: bool = True,
) -> Storm:
    """Let it pass until everything was said. ``merged`` False: each is a message of its own."""
    async with office(platform, limits) as place, asyncio.TaskGroup() as asking:
        assert isinstance(place.notifier, ClockPlatform)
        chats: dict[int, int] = {}
        answers: list[float] = []
        due = sorted(wishes, key=lambda wish: wish.at)
        expected = sum(not wish.question for wish in wishes)
        while len(place.outbox.delivered) < expected or len(answers) < len(wishes) - expected:
            while due and due[0].at <= place.clock.monotonic():
                wish = due.pop(0)
                if wish.question:
                    asking.create_task(_answer(place, wish, answers))
                else:
                    store = place.alert if merged else place.notice
                    chats[store(wish.chat, wish.chat > 0)] = wish.chat
                    place.courier.wake()
            await place.clock.advance(STEP_S if due else 10 * STEP_S)
            assert place.clock.monotonic() < LONGEST_S
    waits: dict[int, list[float]] = {}
    for number, created_ms, delivered_ms in place.outbox.delivered:
        waits.setdefault(chats[number], []).append((delivered_ms - created_ms) / 1000)
    return Storm(place, place.notifier, waits, sorted(answers))


async def _answer(place: Office, wish: Wish, answers: list[float]) -> None:
    while True:
        await place.turnstile.answer(wish.destination)
        outcome = await place.notifier.deliver(wish.destination, Message(head=("answer",)), "")
        if isinstance(outcome, Delivered):
            break
        assert isinstance(outcome, Retry)
        place.turnstile.limited(wish.destination, outcome.after_s, outcome.platform_wide)
    answers.append(place.clock.monotonic() - wish.at)


def _a_chat(random: Random, chats: int, groups: int) -> int:
    number = random.randint(1, chats)
    return -number if number <= groups else number
