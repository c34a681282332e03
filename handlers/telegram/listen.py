"""Long polling that confirms an update to Telegram only after it was handled and answered."""

import asyncio
import random
from collections import deque
from collections.abc import Coroutine

import structlog
from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.backoff import Backoff
from bot.clock import Clock
from bot.delivery.listening import Listening
from bot.errors import TokenRefusedError
from bot.landmarks import Passing, unseen
from bot.supervise import fault_of
from handlers.routing.broken import place_of
from handlers.telegram import errors
from handlers.telegram.attempts import KINDS, UNREADABLE, Attempts, Speak
from handlers.telegram.connection import REFUSED
from handlers.telegram.progress import Progress

POLL_S = 30
"""How long Telegram may hold an empty answer; it caps this at 50."""

ANSWER_S = 15.0
"""What an answer may take beyond that."""

RECHECK_S = 1.0
"""While something is under way Telegram repeats it at once, so it is asked this much slower."""

MOST_OPEN = 100
"""Updates under way at once, Telegram's own limit of a batch. When full, nothing new is fetched
until the oldest is answered: Telegram keeps the rest for 24 hours."""

REFUSALS = 3
"""In a row, until a token that once worked counts as revoked."""

FINISH_S = 2.0
"""What a clean stop waits for that which is under way; the rest comes again after the start."""

FAREWELL_S = 1.0

_UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What the library raises over an update that is unlike its documentation."""

log = structlog.get_logger()


class Listener:
    """Fetches updates and hands them on: in order within a chat, chats beside each other.

    While an answer waits for its turn the next question of its chat is handled already. What was
    not answered when the process ends, Telegram repeats to the next run.
    """

    def __init__(
        self,
        bot: Bot,
        attempts: Attempts,
        clock: Clock,
        poll_s: int = POLL_S,
        passing: Passing = unseen,
        listening: Listening | None = None,
    ) -> None:
        self._bot = bot
        self._attempts = attempts
        self._clock = clock
        self._poll_s = poll_s
        self._passing = passing
        self._progress = Progress()
        self._lanes: dict[int, deque[Update]] = {}
        self._group = asyncio.TaskGroup()
        self._under_way: set[asyncio.Task[None]] = set()
        self._idle = asyncio.Event()
        self._ending = False
        self._backoff = Backoff(random.random)
        self._refused = 0
        self._listening = listening or Listening()

    async def run(self) -> None:
        """Until cancelled, once. Raises ``TokenRefusedError`` when it is, for good."""
        try:
            async with self._group:
                try:
                    await self._poll()
                finally:
                    await self._finish()
        except BaseExceptionGroup as group:
            # What is under way raises nothing, so there is one in here: that of the polling.
            raise group.exceptions[0] from None
        finally:
            await self._farewell()

    async def _poll(self) -> None:
        while True:
            for update in await self._next_updates():
                self._admit(update)
            await self._room()

    async def _next_updates(self) -> tuple[Update, ...]:
        """The next batch; after a fault, none and a pause."""
        started = self._clock.monotonic()
        try:
            updates = await self._fetch()
        except (TelegramError, TimeoutError) as error:
            await self._clock.sleep(self._pause(error, self._clock.monotonic() - started))
            return ()
        except _UNREADABLE as error:
            log.error("an update could not be read", error=type(error).__name__)
            return await self._readable()
        self._backoff, self._refused = Backoff(random.random), 0
        self._note_heard()
        return updates

    def _note_heard(self) -> None:
        """A log that tells of a silence tells of its end."""
        silent_s = self._listening.heard(self._clock.monotonic())
        if silent_s is not None:
            log.info("Telegram is heard again", after_s=round(silent_s))

    async def _fetch(self) -> tuple[Update, ...]:
        offset = self._progress.offset
        wait = self._poll_s if self._progress.idle else 0
        async with self._clock.timeout(wait + ANSWER_S):
            updates = await self._bot.get_updates(
                offset=offset,
                limit=MOST_OPEN,
                timeout=wait,
                allowed_updates=KINDS,  # said each time: the list sticks between runs
                read_timeout=ANSWER_S,
            )
        self._progress.confirmed(offset)
        return updates

    async def _readable(self) -> tuple[Update, ...]:
        """The same batch without the updates that the library cannot read; those are recorded."""
        asked = {"offset": self._progress.offset, "limit": MOST_OPEN, "timeout": 0}
        try:
            raw = await self._bot.do_api_request("getUpdates", asked)
        except TelegramError as error:
            await self._clock.sleep(self._pause(error, 0.0))
            return ()
        return tuple(update for entry in raw if (update := self._read(entry)) is not None)

    def _read(self, entry: dict[str, object]) -> Update | None:
        try:
            return Update.de_json(entry, self._bot)
        except _UNREADABLE as error:
            number = entry.get("update_id")
            if isinstance(number, int) and self._progress.admit(number):
                self._start(self._pass_over(number, type(error).__name__))
            return None

    async def _pass_over(self, update: int, error: str) -> None:
        await self._attempts.given_up(update, UNREADABLE, error)
        self._done(update)

    def _admit(self, update: Update) -> None:
        if not self._progress.admit(update.update_id):
            return
        chat = _chat(update)
        if chat in self._lanes:
            self._lanes[chat].append(update)
            return
        self._lanes[chat] = deque([update])
        self._start(self._walk(chat))

    def _start(self, work: Coroutine[object, object, None]) -> None:
        task = self._group.create_task(work, name="telegram updates")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _walk(self, chat: int) -> None:
        """Handle what has come from one chat, one after the other."""
        lane = self._lanes[chat]
        while lane and not self._ending:
            self._passing("update arrived")
            speak = await self._attempts.handled(lane[0])
            self._start(self._answer(lane.popleft().update_id, speak))
        del self._lanes[chat]

    async def _answer(self, update: int, speak: Speak) -> None:
        error = await fault_of(speak())
        if error is not None:
            kind, at = type(error).__name__, place_of(error)
            log.error("an answer failed", update=update, error=kind, at=at)
        self._passing("update answered")
        self._done(update)

    def _done(self, update: int) -> None:
        self._progress.handled(update)
        if self._progress.idle:
            self._idle.set()

    async def _room(self) -> None:
        """Wait until all is answered, or long enough that others need not wait for a slow one."""
        self._idle.clear()
        if self._progress.idle:
            return
        try:
            async with self._clock.timeout(RECHECK_S):
                await self._idle.wait()
        except TimeoutError:
            return

    def _pause(self, error: TelegramError | TimeoutError, held_s: float) -> float:
        """Seconds until the next question after a fault. Raises where asking on has no sense."""
        if isinstance(error, RetryAfter):
            self._note_silence("Telegram asked to wait")
            return errors.seconds(error)
        self._refused = self._refused + 1 if isinstance(error, InvalidToken) else 0
        if self._refused >= REFUSALS:
            raise TokenRefusedError(REFUSED)
        reason = errors.sentence(error)
        if isinstance(error, Conflict):
            reason = f"another program listens with the same token ({reason})"
        self._note_silence(reason)
        return self._backoff.after(held_s)

    def _note_silence(self, reason: str) -> None:
        if self._listening.failed(reason, self._clock.monotonic()):
            log.warning("Telegram cannot be heard", reason=reason)

    async def _finish(self) -> None:
        """Begin nothing more, and wait for what is under way."""
        self._ending = True
        try:
            async with self._clock.timeout(FINISH_S):
                while self._under_way:
                    await asyncio.wait(self._under_way)
        except TimeoutError:
            log.info("stopped before every update was answered; those will be repeated")

    async def _farewell(self) -> None:
        """Confirm what was answered last, so that a clean stop repeats nothing to the next run.

        What comes back is read by the next run: here nothing may fail over it.
        """
        if self._progress.offset is None:
            return
        asked = {"offset": self._progress.offset, "limit": 1, "timeout": 0}
        try:
            async with self._clock.timeout(FAREWELL_S):
                await self._bot.do_api_request("getUpdates", asked)
        except (TelegramError, TimeoutError):
            log.info("the last updates stay unconfirmed and will be repeated")


def _chat(update: Update) -> int:
    """What keeps its order: the chat, or the person where there is none."""
    place = update.effective_chat or update.effective_user
    return place.id if place is not None else 0
