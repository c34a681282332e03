"""Answers to people: at the pace of everything that is written, and only while they still wait."""

import asyncio
from weakref import WeakValueDictionary

import structlog
from msgspec.structs import replace

from bot.clock import Clock
from bot.delivery.outcomes import Delivered, Moved, Outcome, Retry
from bot.delivery.turnstile import Turnstile
from bot.ports import Keyboards
from bot.rules import Destination
from bot.wording.text import Message
from handlers.routing.pressing import armed_or_bare
from handlers.telegram.calls import Calls
from handlers.telegram.places import PLATFORM

PATIENCE_S = 30.0
"""After this an answer is given up: its person has asked again, or has left."""

log = structlog.get_logger()


class Replies:
    """In a chat one answer at a time, in the order in which they were asked for."""

    def __init__(
        self, calls: Calls, turnstile: Turnstile, keyboards: Keyboards, clock: Clock
    ) -> None:
        self._calls = calls
        self._turnstile = turnstile
        self._keyboards = keyboards
        self._clock = clock
        self._chats: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def say(
        self,
        destination: Destination,
        message: Message,
        person: int,
        *,
        to: int | None = None,
        edits: int | None = None,
    ) -> int | None:
        """Send, where ``to`` quotes the question, or replace ``edits``; the message's id.

        ``person`` may press its buttons. Waits and repeats where nothing was sent for sure, never
        where it may have arrived; None when it was given up.
        """
        try:
            async with self._clock.timeout(PATIENCE_S), self._turn(destination.chat):
                outcome = await self._said(destination, message, person, to, edits)
        except TimeoutError:
            outcome = Retry(0.0, f"its chat had no turn within {PATIENCE_S:.0f} s")
        if isinstance(outcome, Delivered):
            return outcome.message
        reason = "" if isinstance(outcome, Moved) else outcome.reason
        kind = type(outcome).__name__.lower()
        log.warning("answer not delivered", outcome=kind, reason=reason)
        return None

    def _turn(self, chat: int) -> asyncio.Lock:
        """A lock lives while somebody holds it or waits for it."""
        return self._chats.setdefault(chat, asyncio.Lock())

    async def _said(
        self, at: Destination, message: Message, person: int, to: int | None, edits: int | None
    ) -> Outcome:
        while True:
            ready = await armed_or_bare(
                message, PLATFORM, at.chat, person, self._keyboards, self._clock.now_ms()
            )
            if edits is not None:
                outcome = await self._calls.edit(at, ready, edits)
            else:
                outcome = await self._calls.send(at, ready, to=to)
            match outcome:
                case Moved():
                    at = replace(at, chat=outcome.to_chat)
                case Retry(limited=True):
                    self._turnstile.limited(at, outcome.after_s)
                    if outcome.after_s > PATIENCE_S:
                        return outcome
                case Retry(unknown=False):
                    await self._clock.sleep(outcome.after_s)
                case _:
                    return outcome
