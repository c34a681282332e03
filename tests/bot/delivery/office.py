"""A courier at work on a manual clock, over an outbox in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.delivery.courier import Courier
from bot.delivery.listening import Listening
from bot.delivery.pacing import Limits
from bot.delivery.turnstile import Turnstile
from bot.events import Event
from bot.ports import Notification, Notifier
from bot.rules import Alert, Destination, Notice
from bot.wording.sample import sample_alert
from bot.wording.text import Message
from tests.bot.delivery.outbox import QueueOutbox
from tests.clocks import ManualClock


class Office:
    """``told``: events for the engine; ``troubles``: sentences; ``passed``: landmarks."""

    def __init__(self, notifier: Notifier, limits: Limits, clock: ManualClock) -> None:
        self.clock = clock
        self.outbox = QueueOutbox()
        self.notifier = notifier
        self.turnstile = Turnstile(limits, clock)
        self.listening = Listening()
        self.told: list[Event] = []
        self.troubles: list[str] = []
        self.passed: list[str] = []
        self.courier = Courier(
            notifier,
            self.outbox,
            self.turnstile,
            say,
            clock,
            self._tell,
            self.passed.append,
            self._troubled,
            self.listening,
        )

    def notice(self, chat: int, direct: bool = True) -> int:
        """One that is merged with nothing, to one chat; its id."""
        where = Destination(self.notifier.platform, chat, direct=direct)
        now_ms = self.clock.now_ms()
        return self.outbox.queue(where, Notice("text", now_ms), now_ms)

    def alert(self, chat: int, direct: bool = True) -> int:
        """An alert to one chat; its id."""
        where = Destination(self.notifier.platform, chat, direct=direct)
        return self.outbox.queue(where, ALERT, self.clock.now_ms())

    async def _tell(self, event: Event) -> None:
        self.told.append(event)

    async def _troubled(self, sentence: str) -> None:
        self.troubles.append(sentence)


ALERT: Alert = sample_alert(Destination("t", 1, direct=True), 0)


def say(notification: Notification, now_ms: int) -> Message:
    return Message(head=(notification.short_id,))


@asynccontextmanager
async def office(
    notifier: Callable[[ManualClock], Notifier], limits: Limits | None = None
) -> AsyncIterator[Office]:
    clock = ManualClock()
    place = Office(notifier(clock), limits or Limits(), clock)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(place.courier.run())
        yield place
        task.cancel()
