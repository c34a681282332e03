"""The pace of one platform as all who write there share it: answers walk through, alerts ask."""

from bot.clock import Clock
from bot.delivery.pacing import Limits, Pace
from bot.rules import Destination


class Turnstile:
    """One platform's ``Pace`` on the real clock.

    Whoever calls the platform passes here first: an answer to a person by ``answer``, which waits;
    the courier by ``allowance``, ``resting`` and ``started``, which do not.
    """

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self.limits = limits
        self._pace = Pace(limits)
        self._clock = clock

    async def answer(self, destination: Destination) -> None:
        """Wait until one call may be made there for a person who asked, and count it."""
        while True:
            now = self._clock.monotonic()
            resting = destination.chat in self._pace.resting(now)
            if not resting and self._pace.allowance(now) != 0:
                self._pace.started(destination, now)
                return
            await self._clock.sleep(self._pace.next_change(now))

    def limited(self, destination: Destination, after_s: float) -> None:
        """The platform answered 429 to a call there: rest for so long."""
        self._pace.pause(destination, self._clock.monotonic() + after_s)

    def allowance(self) -> int | None:
        """How many alerts may start at once now; None: any number."""
        return self._pace.allowance(self._clock.monotonic())

    def resting(self) -> set[int]:
        """Chats (by id) that must not be written to now."""
        return self._pace.resting(self._clock.monotonic())

    def started(self, destination: Destination) -> None:
        """The courier begins a call: count it."""
        self._pace.started(destination, self._clock.monotonic())

    def pause(self, destination: Destination, for_s: float) -> None:
        """One chat rests; nobody else waits."""
        self._pace.pause(destination, self._clock.monotonic() + for_s)

    def pause_all(self, for_s: float) -> None:
        """The platform cannot be used for so long."""
        self._pace.pause_all(self._clock.monotonic() + for_s)

    def next_change_s(self) -> float:
        """Seconds until someone who rests now may be written to; at most one."""
        return self._pace.next_change(self._clock.monotonic())
