"""What becomes of one update: three tries, then a record of the failure and a sentence."""

from collections.abc import Awaitable, Callable

import structlog
from telegram import Update

from bot.clock import Clock
from bot.errors import StoreError
from bot.supervise import fault_of
from handlers.routing.broken import place_of

HANDLING_S = 5.0
"""What the effect and the words of an answer may take; to send them is another matter."""

PAUSES_S = (1.0, 2.0)
"""Between the tries."""

STORE_PAUSE_S = 2.0

KINDS = ("message", "callback_query", "my_chat_member", "channel_post")
"""What Telegram is asked for."""

UNREADABLE = "unreadable"

log = structlog.get_logger()

Speak = Callable[[], Awaitable[object]]
"""Tells a person what came of his question; nothing is changed by it."""

Handle = Callable[[Update], Awaitable[Speak]]
Apology = Callable[[Update], Speak]
Failed = Callable[[int, str, str], Awaitable[None]]
"""Records the number of an update, its kind, and the name of the error that it ended with."""


class Attempts:
    """``handle`` does what an update asks for; it may be done twice and must know that itself."""

    def __init__(self, handle: Handle, apology: Apology, failed: Failed, clock: Clock) -> None:
        self._handle = handle
        self._apology = apology
        self._failed = failed
        self._clock = clock

    async def handled(self, update: Update) -> Speak:
        """Returns when its effect, or its failure, is on disk: what there is to say."""
        for pause_s in (*PAUSES_S, None):
            speak: list[Speak] = []
            error = await fault_of(self._try(update, speak))
            if error is None:
                return speak[0]
            log.warning(
                "an update could not be handled",
                update=update.update_id,
                error=type(error).__name__,
                at=place_of(error),
            )
            if pause_s is not None:
                await self._clock.sleep(pause_s)
        await self.given_up(update.update_id, kind_of(update), type(error).__name__)
        return self._apology(update)

    async def given_up(self, update: int, kind: str, error: str) -> None:
        """Write down that it failed; while that cannot be stored, it is not done with."""
        log.error("an update was given up", update=update, kind=kind, error=error)
        while True:
            try:
                await self._failed(update, kind, error)
            except StoreError as trouble:
                log.error("a failure could not be recorded", update=update, reason=str(trouble))
                await self._clock.sleep(STORE_PAUSE_S)
            else:
                return

    async def _try(self, update: Update, speak: list[Speak]) -> None:
        async with self._clock.timeout(HANDLING_S):
            speak.append(await self._handle(update))


def kind_of(update: Update) -> str:
    """Which of ``KINDS`` it is."""
    return next((kind for kind in KINDS if getattr(update, kind) is not None), "other")
