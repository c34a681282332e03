"""The door to one platform, for all who call it: answers first, and all at the platform's pace."""

import asyncio
from collections.abc import Callable
from contextvars import ContextVar

from bot.clock import Clock
from bot.delivery.bell import SHORTEST_S
from bot.delivery.lobby import Lobby, Waiter
from bot.delivery.pacing import Lane, Limits, Pace
from bot.rules import Destination


class Pass:
    """One call that may be made; ``used`` when it is on its way, which counts once."""

    def __init__(self, written: Callable[[], None]) -> None:
        self._written: Callable[[], None] | None = written

    def used(self, _task: object = None) -> None:
        written, self._written = self._written, None
        if written is not None:
            written()


_LATEST: ContextVar[Pass | None] = ContextVar("latest pass", default=None)


def sent() -> None:
    """A call of this task is on its way: the one that it passed a turnstile for."""
    if (latest := _LATEST.get()) is not None:
        latest.used()


class Turnstile:
    """One platform's ``Pace`` on the real clock, and who waits for it.

    ``answer`` and ``alert`` return at the moment the call may be made, and count it. One of those
    who wait watches the clock for all of them. ``told``: by ``sent``, when a call has really been
    written, which a busy machine may do late; what never is counts from the end of its task.
    """

    def __init__(self, limits: Limits, clock: Clock, *, told: bool = False) -> None:
        self.limits = limits
        self._clock = clock
        self._told = told
        self._pace = Pace(limits)
        self._lobby = Lobby(self._pace)
        self._watcher: Waiter | None = None

    async def answer(self, destination: Destination) -> None:
        """Wait until one call may be made there for a person who asked, and count it.

        Raises ``TimeoutError`` at once when too many wait already. A chat under a long 429 can
        wait long: the caller has a patience of its own, and leaves no trace when cancelled.
        """
        await self._pass(Waiter(Lane.ANSWER, destination))

    async def alert(self, destination: Destination) -> None:
        """The same for a claimed alert; call right before the call."""
        await self._pass(Waiter(Lane.ALERT, destination))

    def limited(
        self, destination: Destination, after_s: float, platform_wide: bool = False
    ) -> None:
        """The platform answered 429 to a call there: rest for so long, the chat or all."""
        now = self._clock.monotonic()
        if platform_wide:
            self._pace.pause_all(now + after_s)
        else:
            self._pace.limited(destination.chat, now + after_s, now)

    def pause(self, destination: Destination, for_s: float) -> None:
        """One chat rests for another reason; nobody else waits."""
        self._pace.pause(destination.chat, self._clock.monotonic() + for_s)

    def allowance(self, ahead_s: float = 0.0) -> int | None:
        """How many more alerts may be claimed that can start within so long; None: any number."""
        until = self._clock.monotonic() + ahead_s
        free = self._pace.free(until, self._lobby.answers(until))
        return None if free is None else max(0, free - self._lobby.alerts())

    def resting(self, ahead_s: float = 0.0) -> set[int]:
        """Chats (by id) that no alert may go to within so long."""
        return self._pace.resting(self._clock.monotonic() + ahead_s)

    def next_change_s(self, ahead_s: float = 0.0) -> float:
        """Seconds until more may be claimed than now; at most one."""
        return self._pace.next_change(self._clock.monotonic() + ahead_s)

    async def _pass(self, waiter: Waiter) -> None:
        self._lobby.join(waiter)
        if self._watcher is not None:  # it may have slept for too long a time
            self._watcher.turn.set()
        try:
            while self._lobby.first(self._clock.monotonic()) is not waiter:
                await self._until_a_look(waiter)
            self._let_pass(waiter)
        finally:
            self._lobby.leave(waiter)
            self._hand_on()

    def _let_pass(self, waiter: Waiter) -> None:
        place, lane = waiter.destination, waiter.lane
        self._pace.granted(place, lane, self._clock.monotonic())
        one = Pass(lambda: self._pace.written(place, lane, self._clock.monotonic()))
        task = asyncio.current_task()
        if not self._told or task is None:
            one.used()
            return
        sent()  # an earlier one of this task, should it never have been written
        _LATEST.set(one)
        task.add_done_callback(one.used)

    async def _until_a_look(self, waiter: Waiter) -> None:
        if self._watcher is not None:
            await waiter.turn.wait()
            waiter.turn.clear()
            return
        self._watcher = waiter
        wait_s = self._lobby.next_change(self._clock.monotonic())
        try:
            async with self._clock.timeout(max(SHORTEST_S, wait_s)):
                await waiter.turn.wait()
        except TimeoutError:
            pass
        finally:
            self._watcher = None
        waiter.turn.clear()
        due = self._lobby.first(self._clock.monotonic())
        if due is not None:
            due.turn.set()

    def _hand_on(self) -> None:
        """Wake whose turn it is; failing that, somebody to watch the clock."""
        due = self._lobby.first(self._clock.monotonic())
        if due is None and self._watcher is None:
            due = self._lobby.anyone()
        if due is not None:
            due.turn.set()
