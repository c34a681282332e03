"""Answers to people: at the pace of everything that is written, and only while they still wait."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from weakref import WeakValueDictionary

import structlog
from msgspec.structs import replace

from bot.clock import Clock
from bot.delivery.outcomes import Delivered, Moved, Outcome, Refused, Retry
from bot.delivery.turnstile import Turnstile
from bot.errors import StoreError
from bot.ports import Keyboards
from bot.rules import Destination
from bot.wording.text import File, Message
from handlers.routing.pressing import armed_or_bare
from handlers.telegram.calls import Calls
from handlers.telegram.places import PLATFORM

PATIENCE_S = 30.0
"""After this an answer is given up: its person has asked again, or has left."""

PRIVATE_PATIENCE_S = 60.0
"""Alone with the bot one still waits: Telegram has asked for less than a minute. While an answer
waits its question is not confirmed, so it must not be long."""

NO_FILES = "I cannot send files here."

log = structlog.get_logger()


async def unheeded(old: int, new: int) -> None:
    """Nobody keeps anything of a chat."""


class Replies:
    """In a chat one answer at a time, in the order in which they were asked for.

    ``moved`` is told of a chat that has a new id before its answer goes there.
    """

    def __init__(
        self,
        calls: Calls,
        turnstile: Turnstile,
        keyboards: Keyboards,
        clock: Clock,
        moved: Callable[[int, int], Awaitable[None]] = unheeded,
    ) -> None:
        self._calls = calls
        self._turnstile = turnstile
        self._keyboards = keyboards
        self._clock = clock
        self._moved = moved
        self._chats: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._given_up = 0

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
        patience_s = _patience_s(destination)
        try:
            async with self._clock.timeout(patience_s), self._turn(destination.chat):
                outcome = await self._said(destination, message, person, to, edits)
        except TimeoutError:
            outcome = Retry(0.0, f"its chat had no turn within {patience_s:.0f} s")
        if isinstance(outcome, Delivered):
            return outcome.message
        self._note(outcome)
        return None

    async def give(
        self, destination: Destination, files: Sequence[File], *, to: int | None
    ) -> None:
        """Files one after the other, as far as it goes; where none are taken, that is said."""
        for file in files:
            outcome: Outcome
            try:
                async with self._clock.timeout(PRIVATE_PATIENCE_S):
                    outcome = await self._calls.give(destination, file, to=to)
                    if isinstance(outcome, Moved):
                        destination = await self._followed(destination, outcome)
                        outcome = await self._calls.give(destination, file, to=to)
            except TimeoutError:
                outcome = Retry(0.0, "its chat had no turn in time")
            if isinstance(outcome, Refused):
                await self.say(destination, Message((NO_FILES,)), destination.chat, to=to)
            elif isinstance(outcome, Retry) and outcome.limited:
                self._turnstile.limited(destination, outcome.after_s)
            if not isinstance(outcome, Delivered):
                self._note(outcome)
                return

    def _note(self, outcome: Outcome) -> None:
        """Write down that somebody got no answer."""
        reason = "" if isinstance(outcome, Delivered | Moved) else outcome.reason
        if isinstance(outcome, Retry) and not outcome.unknown:
            self._given_up += 1
            wait_s, so_far = round(outcome.after_s), self._given_up
            log.warning("an answer was given up", reason=reason, wait_s=wait_s, so_far=so_far)
            return
        kind = type(outcome).__name__.lower()
        log.warning("answer not delivered", outcome=kind, reason=reason)

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
                    at = await self._followed(at, outcome)
                case Retry(limited=True):
                    self._turnstile.limited(at, outcome.after_s)
                    if outcome.after_s > _patience_s(at):
                        return outcome
                case Retry(unknown=False):
                    await self._clock.sleep(outcome.after_s)
                case _:
                    return outcome

    async def _followed(self, at: Destination, outcome: Moved) -> Destination:
        """Where the chat is now; its answer does not wait for a disk that is full."""
        try:
            await self._moved(at.chat, outcome.to_chat)
        except StoreError as error:
            log.warning("that a chat has moved could not be stored", reason=str(error))
        return replace(at, chat=outcome.to_chat)


def _patience_s(destination: Destination) -> float:
    return PRIVATE_PATIENCE_S if destination.direct else PATIENCE_S
