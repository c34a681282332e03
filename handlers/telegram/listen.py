"""Long polling that confirms an update to Telegram only after it has been handled."""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable

import structlog
from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.backoff import Backoff
from bot.clock import Clock
from bot.errors import ConfigError
from bot.supervise import fault_of
from handlers.telegram import errors
from handlers.telegram.connection import REFUSED
from handlers.telegram.progress import Progress

ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member", "channel_post")
"""Said each time: the list sticks on Telegram's side between runs."""

POLL_S = 30
"""How long Telegram may hold an empty answer; it caps this at 50."""

ANSWER_S = 15.0
"""What an answer may take beyond that."""

RECHECK_S = 1.0
"""While something is under way Telegram repeats it at once, so it is asked this much slower."""

HANDLING_S = 120.0
"""No answer to a person takes longer; then the update counts as handled and is logged."""

MOST_OPEN = 100
"""Updates under way at once, Telegram's own limit of a batch. When full, nothing new is fetched
until the oldest is handled: Telegram keeps the rest for 24 hours."""

REFUSALS = 3
"""In a row, until a token that once worked counts as revoked."""

FAREWELL_S = 2.0

log = structlog.get_logger()

Handle = Callable[[Update], Awaitable[None]]


class Listener:
    """Fetches updates and hands them on: in order within a chat, chats beside each other.

    A kill between handling and confirming makes Telegram repeat the update to the next run.
    ``apologise`` is called for an update whose ``handle`` raised or took too long.
    """

    def __init__(
        self, bot: Bot, handle: Handle, apologise: Handle, clock: Clock, poll_s: int = POLL_S
    ) -> None:
        self._bot = bot
        self._handle = handle
        self._apologise = apologise
        self._clock = clock
        self._poll_s = poll_s
        self._progress = Progress()
        self._lanes: dict[int, deque[Update]] = {}
        self._idle = asyncio.Event()
        self._backoff = Backoff(random.random)
        self._refused = 0

    async def run(self) -> None:
        """Until cancelled. Raises ``ConfigError`` when the token is refused for good."""
        try:
            async with asyncio.TaskGroup() as lanes:
                while True:
                    for update in await self._next_updates():
                        self._admit(update, lanes)
                    await self._room()
        except BaseExceptionGroup as group:
            # Lanes raise nothing, so there is one exception in here: that of the polling.
            raise group.exceptions[0] from None
        finally:
            await self._farewell()

    async def _next_updates(self) -> tuple[Update, ...]:
        """The next batch; after a fault, none and a pause."""
        started = self._clock.monotonic()
        try:
            updates = await self._fetch()
        except (TelegramError, TimeoutError) as error:
            await self._clock.sleep(self._pause(error, self._clock.monotonic() - started))
            return ()
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            log.error("an update could not be read", error=type(error).__name__)
            return await self._readable()
        self._backoff, self._refused = Backoff(random.random), 0
        return updates

    async def _fetch(self) -> tuple[Update, ...]:
        offset = self._progress.offset
        wait = self._poll_s if self._progress.idle else 0
        async with self._clock.timeout(wait + ANSWER_S):
            updates = await self._bot.get_updates(
                offset=offset,
                limit=MOST_OPEN,
                timeout=wait,
                allowed_updates=ALLOWED_UPDATES,
                read_timeout=ANSWER_S,
            )
        self._progress.confirmed(offset)
        return updates

    async def _readable(self) -> tuple[Update, ...]:
        """The same batch without the updates that the library cannot read; those count as done."""
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
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            number = entry.get("update_id")
            if isinstance(number, int) and self._progress.admit(number):
                self._progress.handled(number)
            return None

    def _admit(self, update: Update, lanes: asyncio.TaskGroup) -> None:
        if not self._progress.admit(update.update_id):
            return
        chat = _chat(update)
        if chat in self._lanes:
            self._lanes[chat].append(update)
            return
        self._lanes[chat] = deque([update])
        lanes.create_task(self._walk(chat), name=f"telegram chat {update.update_id}")

    async def _walk(self, chat: int) -> None:
        """Handle what has come from one chat, one after the other."""
        lane = self._lanes[chat]
        while lane:
            await self._one(lane[0])
            self._progress.handled(lane.popleft().update_id)
        del self._lanes[chat]
        if self._progress.idle:
            self._idle.set()

    async def _one(self, update: Update) -> None:
        """A question that fails would fail again, so it too counts as handled."""
        error = await fault_of(self._in_time(update))
        if error is not None:
            log.error("an update could not be handled", update=update.update_id, exc_info=error)
            await self._apologise(update)

    async def _in_time(self, update: Update) -> None:
        async with self._clock.timeout(HANDLING_S):
            await self._handle(update)

    async def _room(self) -> None:
        """Wait until all is handled, or long enough that others need not wait for a slow one."""
        self._idle.clear()
        if self._progress.idle:
            return
        try:
            async with self._clock.timeout(RECHECK_S):
                await self._idle.wait()
        except TimeoutError:
            return

    def _pause(self, error: Exception, held_s: float) -> float:
        """Seconds until the next question after a fault. Raises where asking on has no sense."""
        if isinstance(error, RetryAfter):
            return errors.seconds(error)
        self._refused = self._refused + 1 if isinstance(error, InvalidToken) else 0
        if self._refused >= REFUSALS:
            raise ConfigError(REFUSED)
        reason = getattr(error, "message", "") or type(error).__name__
        if isinstance(error, Conflict):
            reason = f"another program listens with the same token ({reason})"
        log.warning("Telegram cannot be heard", reason=reason)
        return self._backoff.after(held_s)

    async def _farewell(self) -> None:
        """Confirm what was handled last, so that a clean stop repeats nothing to the next run."""
        if self._progress.offset is None:
            return
        try:
            async with self._clock.timeout(FAREWELL_S):
                await self._bot.get_updates(offset=self._progress.offset, limit=1, timeout=0)
        except (TelegramError, TimeoutError):
            log.info("the last updates stay unconfirmed and will be repeated")


def _chat(update: Update) -> int:
    """What keeps its order: the chat, or the person where there is none."""
    place = update.effective_chat or update.effective_user
    return place.id if place is not None else 0
