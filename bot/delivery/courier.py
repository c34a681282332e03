"""Carries notifications of one platform: claims what is due, sends it, writes down how it ended."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from msgspec.structs import replace

from bot.clock import Clock
from bot.delivery.bell import Bell
from bot.delivery.line import Line
from bot.delivery.lineman import Lineman, untold
from bot.delivery.listening import Listening
from bot.delivery.outcomes import Gone, Moved, Outcome, Refused, Retry, Unauthorized
from bot.delivery.turnstile import Turnstile
from bot.errors import StoreError
from bot.events import ChatMoved, Event
from bot.landmarks import Passing, unseen
from bot.ports import Notification, Notifier, Outbox, Pictures
from bot.wording.text import Message

LEASE_S = 120.0
"""Longer than any call and the wait before it may take: no lease ends under a living call."""

CALL_S = 60.0
PROBE_S = 10.0

BATCH_S = 0.05
"""Between two looks, and how far ahead one claims: so a busy database is asked 20 times a second
at most, and each call still starts at the very moment its place is free."""

TURN_S = 5.0
"""An alert that cannot start within this, as its chat was limited meanwhile, goes back."""

ROUNDING_S = 0.002
"""The outbox counts whole milliseconds: looked for any earlier, what is due would be missed."""

STORE_PAUSE_S = 1.0

UNEXPECTED_PAUSE_S = 30.0
"""Wait after an error nobody foresaw before that notification is tried again."""

NO_TURN = Retry(0.0, "its chat was written to meanwhile")

log = structlog.get_logger()


class Courier:
    """One platform's postman. A chat has one call at a time; chats do not wait for each other.

    All that waits for a chat goes in one message and then the chat rests: so chats take turns.
    ``troubled`` is told a sentence for the operator when the platform is lost, and when it is back;
    so he is when the platform, as ``listening`` knows, hands over nothing.
    """

    def __init__(
        self,
        notifier: Notifier,
        outbox: Outbox,
        turnstile: Turnstile,
        say: Callable[[Notification, int], Message],
        real: Clock,
        tell: Callable[[Event], Awaitable[None]],
        passing: Passing = unseen,
        troubled: Callable[[str], Awaitable[None]] = untold,
        listening: Listening | None = None,
        pictures: Pictures | None = None,
    ) -> None:
        self._notifier = notifier
        self._outbox = outbox
        self._turnstile = turnstile
        self._say = say
        self._real = real
        self._tell = tell
        self._passing = passing
        self._pictures = pictures
        self._line = Line(turnstile.limits.slots)
        self._bell = Bell(real)
        self._lineman = Lineman(
            notifier.platform, self._line, listening or Listening(), self._probe, outbox, real,
            troubled, self._bell.ring,
        )  # fmt: skip
        self._in_flight: set[int] = set()
        self._looked_at = 0.0
        self._store_from = 0.0
        self._stopping = False

    @property
    def platform(self) -> str:
        return self._notifier.platform

    async def refused(self) -> None:
        """The token is refused, as somebody else found out; told when this returns."""
        await self._lineman.refused()

    def wake(self) -> None:
        """Something new is in the outbox; without this it is found within a second."""
        self._bell.ring()

    def stop(self) -> None:
        """Claim nothing more; ``run`` returns when the calls under way have ended."""
        self._stopping = True
        self._bell.ring()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as calls:
            tending = calls.create_task(self._lineman.run(), name="lineman")
            while not self._stopping:
                for notification in await self._claim():
                    self._start(notification, calls)
                await self._rest()
            tending.cancel()

    async def _claim(self) -> list[Notification]:
        self._looked_at = self._real.monotonic()
        limit = self._free()
        if limit <= 0:
            return []
        busy = self._in_flight | self._turnstile.resting(BATCH_S)
        platform, now_ms = self._notifier.platform, self._real.now_ms()
        try:
            return await self._outbox.claim(platform, now_ms, limit, round(LEASE_S * 1000), busy)
        except StoreError as error:
            log.error("nothing can be claimed", platform=platform, reason=str(error))
            self._store_from = self._real.monotonic() + STORE_PAUSE_S
            return []

    def _free(self) -> int:
        """How many calls may begin by the next claim."""
        if self._real.monotonic() < self._store_from:
            return 0
        free = min(self._line.free(), self._turnstile.limits.slots - len(self._in_flight))
        allowance = self._turnstile.allowance(BATCH_S)
        return free if allowance is None else min(free, allowance)

    def _start(self, notification: Notification, calls: asyncio.TaskGroup) -> None:
        self._in_flight.add(notification.destination.chat)
        self._line.taken(notification.id)
        name = f"deliver {self._notifier.platform} {notification.short_id}"
        calls.create_task(self._carry(notification), name=name)

    async def _carry(self, notification: Notification) -> None:
        try:
            self._passing("alert claimed")
            outcome = await self._deliver(notification)
            self._heed(notification, outcome)
            await self._settle(notification, outcome)
            if isinstance(outcome, Retry) and not outcome.platform_wide:
                self._turnstile.pause(notification.destination, outcome.after_s + ROUNDING_S)
            self._passing("alert settled")
            if isinstance(outcome, Moved):
                old = notification.destination
                await self._tell(ChatMoved(old.platform, old.chat, outcome.to_chat))
        finally:
            self._in_flight.discard(notification.destination.chat)
            self._bell.ring()

    async def _deliver(self, notification: Notification) -> Outcome:
        try:
            message = self._say(notification, self._real.now_ms())
        except Exception as error:  # no try is better than the first
            log.exception("an alert cannot be worded", notification=notification.short_id)
            return Refused(f"could not be worded ({type(error).__name__})")
        message = await self._illustrated(notification, message)
        try:
            async with self._real.timeout(TURN_S):
                await self._turnstile.alert(notification.destination)
        except TimeoutError:
            return NO_TURN
        self._line.called(notification.id, self._real.monotonic())
        outcome = await self._called(notification, message)
        self._passing("alert called")
        return outcome

    async def _illustrated(self, notification: Notification, message: Message) -> Message:
        """With its chart, where it has one; words do not wait for a picture that is not there."""
        digest = "" if notification.merged else getattr(notification.payload, "picture", "")
        if not digest or self._pictures is None:
            return message
        try:
            return replace(message, picture=await self._pictures.find(digest))
        except StoreError as error:
            log.warning("an alert goes out without its chart", reason=str(error))
            return message

    async def _called(self, notification: Notification, message: Message) -> Outcome:
        harmless_s = self._notifier.harmless_s
        try:
            async with self._real.timeout(CALL_S):
                return await self._notifier.deliver(
                    notification.destination,
                    message,
                    nonce=notification.nonce,
                    edits=notification.message,
                    quotes=notification.quotes,
                )
        except TimeoutError:
            return Retry(0.0, "no answer in time", unknown=True, harmless_s=harmless_s)
        except Exception:  # one delivery must never end the others
            log.exception("delivery failed unexpectedly", notification=notification.short_id)
            reason = "unexpected error"
            return Retry(UNEXPECTED_PAUSE_S, reason, unknown=True, harmless_s=harmless_s)

    def _heed(self, notification: Notification, outcome: Outcome) -> None:
        """Let the pace, the line and the log learn from an outcome."""
        self._lineman.heed(notification.id, outcome)
        if isinstance(outcome, Retry) and outcome.limited:
            place, wide = notification.destination, outcome.platform_wide
            self._turnstile.limited(place, outcome.after_s, wide)
        if isinstance(outcome, Retry | Gone | Refused | Unauthorized):
            unknown = isinstance(outcome, Retry) and outcome.unknown
            log.warning(
                "perhaps delivered" if unknown else "not delivered",
                notification=notification.short_id,
                platform=self._notifier.platform,
                outcome=type(outcome).__name__.lower(),
                reason=outcome.reason,
                **({"again_in_s": round(outcome.after_s)} if isinstance(outcome, Retry) else {}),
            )

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

    async def _probe(self) -> Outcome | None:
        try:
            async with self._real.timeout(PROBE_S):
                return await self._notifier.probe()
        except TimeoutError:
            return Retry(0.0, "no answer in time", platform_wide=True)
        except Exception:  # a probe must never end the deliveries
            log.exception("a probe failed unexpectedly", platform=self._notifier.platform)
            return Retry(UNEXPECTED_PAUSE_S, "unexpected error")

    async def _rest(self) -> None:
        """Until something is new, a call has ended, or a chat has rested; never for a moment."""
        ahead_s = self._turnstile.next_change_s(BATCH_S)
        await self._bell.wait(min(ahead_s, self._turnstile.next_change_s()))
        await self._real.sleep(self._looked_at + BATCH_S - self._real.monotonic())
