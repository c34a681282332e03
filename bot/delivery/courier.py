"""Carries notifications of one platform: claims what is due, sends it, writes down how it ended."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.clock import Clock
from bot.delivery.outcomes import Gone, Moved, Outcome, Refused, Retry
from bot.delivery.pacing import Pace
from bot.errors import StoreError
from bot.events import ChatMoved, Event
from bot.ports import Notification, Notifier, Outbox
from bot.wording.text import Message

SLOTS = 8
"""Calls under way at once on one platform: also the most that a crash can send twice."""

LEASE_S = 120.0
"""Longer than any call may take, so that a lease never ends under a living call."""

CALL_S = 60.0

STORE_PAUSE_S = 1.0

UNEXPECTED_PAUSE_S = 30.0
"""Wait after an error nobody foresaw before that notification is tried again."""

LONGEST_PROBE_S = 60.0
"""Between two tries of a platform that is down."""

ROUND = 5_000
"""Chats of one round that are remembered; then a new round begins."""

log = structlog.get_logger()


class Courier:
    """One platform's postman. A chat has one call at a time; chats do not wait for each other.

    Chats take turns: who has many alerts waiting gets a second when nobody else waits for a first.
    While the platform is down a single call at a time tries it, ever more rarely.
    """

    def __init__(
        self,
        notifier: Notifier,
        outbox: Outbox,
        pace: Pace,
        say: Callable[[Notification, int], Message],
        real: Clock,
        tell: Callable[[Event], Awaitable[None]],
    ) -> None:
        self._notifier = notifier
        self._outbox = outbox
        self._pace = pace
        self._say = say
        self._real = real
        self._tell = tell
        self._in_flight: set[int] = set()
        self._served: set[int] = set()
        self._fruitless = 0
        self._something = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """Something new is in the outbox; without this it is found within a second."""
        self._something.set()

    def stop(self) -> None:
        """Claim nothing more; ``run`` returns when the calls under way have ended."""
        self._stopping = True
        self._something.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as calls:
            while not self._stopping:
                for notification in await self._claim():
                    self._start(notification, calls)
                await self._rest()

    async def _claim(self) -> list[Notification]:
        now = self._real.monotonic()
        limit = self._free(now)
        if limit <= 0:
            return []
        busy = self._in_flight | self._pace.resting(now)
        claimed: list[Notification] = []
        try:
            claimed += await self._lease(limit, busy | self._served)
            if self._served and len(claimed) < limit:
                self._served.clear()
                busy |= {notification.destination.chat for notification in claimed}
                claimed += await self._lease(limit - len(claimed), busy)
        except StoreError as error:
            log.error("nothing can be claimed", platform=self._notifier.platform, reason=str(error))
            self._pace.pause_all(now + STORE_PAUSE_S)
        return claimed

    def _free(self, now: float) -> int:
        """How many calls may begin."""
        slots = 1 if self._fruitless else SLOTS
        free = slots - len(self._in_flight)
        allowance = self._pace.allowance(now)
        return free if allowance is None else min(free, allowance)

    async def _lease(self, limit: int, busy: set[int]) -> list[Notification]:
        return await self._outbox.claim(
            self._notifier.platform, self._real.now_ms(), limit, round(LEASE_S * 1000), busy
        )

    def _start(self, notification: Notification, calls: asyncio.TaskGroup) -> None:
        chat = notification.destination.chat
        self._in_flight.add(chat)
        if len(self._served) >= ROUND:
            self._served.clear()
        self._served.add(chat)
        self._pace.started(notification.destination, self._real.monotonic())
        name = f"deliver {self._notifier.platform} {notification.short_id}"
        calls.create_task(self._carry(notification), name=name)

    async def _carry(self, notification: Notification) -> None:
        try:
            outcome = await self._deliver(notification)
            self._heed(notification, outcome)
            await self._settle(notification, outcome)
            if isinstance(outcome, Moved):
                old = notification.destination
                await self._tell(ChatMoved(old.platform, old.chat, outcome.to_chat))
        finally:
            self._in_flight.discard(notification.destination.chat)
            self._something.set()

    async def _settle(self, notification: Notification, outcome: Outcome) -> None:
        """Until it is written down: what is forgotten would be sent again."""
        while True:
            try:
                await self._outbox.settle(notification, outcome, self._real.now_ms())
            except StoreError as error:
                log.error("an outcome waits for storage", reason=str(error))
                await self._real.sleep(STORE_PAUSE_S)
            else:
                return

    async def _deliver(self, notification: Notification) -> Outcome:
        try:
            message = self._say(notification, self._real.now_ms())
            async with self._real.timeout(CALL_S):
                return await self._notifier.deliver(
                    notification.destination,
                    message,
                    nonce=notification.short_id,
                    edits=notification.message,
                )
        except TimeoutError:
            return Retry(0.0, "no answer in time", unknown=True)
        except Exception:  # one delivery must never end the others
            log.exception("delivery failed unexpectedly", notification=notification.short_id)
            return Retry(UNEXPECTED_PAUSE_S, "unexpected error", unknown=True)

    def _heed(self, notification: Notification, outcome: Outcome) -> None:
        """Let the pace and the log learn from an outcome."""
        now = self._real.monotonic()
        if isinstance(outcome, Retry) and outcome.platform_wide:
            self._pace.pause_all(now + self._until_next_try(outcome))
        else:
            self._fruitless = 0
            if isinstance(outcome, Retry):
                self._pace.pause(notification.destination, now + outcome.after_s)
        if isinstance(outcome, Retry | Gone | Refused):
            log.warning(
                "not delivered",
                notification=notification.short_id,
                platform=self._notifier.platform,
                outcome=type(outcome).__name__.lower(),
                reason=outcome.reason,
            )

    def _until_next_try(self, outcome: Retry) -> float:
        """Seconds; more each time where it may have arrived, as each try may be a repeat."""
        wait_s = outcome.after_s
        if outcome.unknown:
            wait_s = max(wait_s, min(wait_s * 2 ** min(self._fruitless, 16), LONGEST_PROBE_S))
        if len(self._in_flight) == 1:  # the last of those that were under way when it went down
            self._fruitless += 1
        return wait_s

    async def _rest(self) -> None:
        """Sleep until something is new, a call has ended, or a chat has rested enough."""
        try:
            async with self._real.timeout(self._pace.next_change(self._real.monotonic())):
                await self._something.wait()
        except TimeoutError:
            pass
        self._something.clear()
