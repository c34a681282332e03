"""Who waits to call one platform and whose turn it is: a state machine without I/O."""

import asyncio
from collections import deque
from collections.abc import Iterator

from bot.delivery.pacing import Lane, Pace
from bot.rules import Destination

MOST_WAITING = 1_000
"""In one lane; who comes then is turned away."""

MOST_OF_A_CHAT = 30
"""At one call a second nobody would wait for more."""


class Waiter:
    """One call that is to be made; ``turn`` is set when it is worth a look whether it may."""

    __slots__ = ("destination", "lane", "turn")

    def __init__(self, lane: Lane, destination: Destination) -> None:
        self.lane = lane
        self.destination = destination
        self.turn = asyncio.Event()


class Lobby:
    """First come first served within a chat; chats of a lane take turns.

    Answers go before alerts, but while an alert is ready they leave alerts their share of each
    second. An alert that was claimed goes before the answers of its own chat: it holds a slot.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._lanes: dict[Lane, dict[int, deque[Waiter]]] = {lane: {} for lane in Lane}
        self._sizes = dict.fromkeys(Lane, 0)

    def join(self, waiter: Waiter) -> None:
        """``TimeoutError``: so many wait already that it would outlast anyone's patience."""
        chats, chat = self._lanes[waiter.lane], waiter.destination.chat
        if self._sizes[waiter.lane] >= MOST_WAITING or len(chats.get(chat, ())) >= MOST_OF_A_CHAT:
            raise TimeoutError
        chats.setdefault(chat, deque()).append(waiter)
        self._sizes[waiter.lane] += 1

    def leave(self, waiter: Waiter) -> None:
        """It calls now, or has given up; its chat goes to the end of the line."""
        chats, chat = self._lanes[waiter.lane], waiter.destination.chat
        others = chats[chat]
        served = others[0] is waiter
        others.remove(waiter)
        self._sizes[waiter.lane] -= 1
        if served or not others:
            del chats[chat]
        if served and others:
            chats[chat] = others

    def first(self, now: float) -> Waiter | None:
        """Whose turn it is; None when nobody may call now."""
        if self._pace.opens(now) > now:
            return None
        alert = self._first_of(Lane.ALERT, now)
        if alert is None or self._pace.answers_open(now) <= now:
            return self._first_of(Lane.ANSWER, now) or alert
        return alert

    def anyone(self) -> Waiter | None:
        return next((waiter for waiter in self._fronts()), None)

    def next_change(self, now: float) -> float:
        """Seconds until somebody's turn may come; at most one."""
        ready = [self._pace.ready(waiter.destination, waiter.lane) for waiter in self._fronts()]
        at = max(self._pace.opens(now), min(ready, default=now))
        return min(1.0, max(0.0, at - now))

    def alerts(self) -> int:
        """Alerts that wait for their turn."""
        return self._sizes[Lane.ALERT]

    def answers(self, until: float) -> int:
        """Chats whose answers could go out until then."""
        ready = self._pace.ready
        return sum(ready(w.destination, w.lane) <= until for w in self._fronts_of(Lane.ANSWER))

    def _first_of(self, lane: Lane, now: float) -> Waiter | None:
        ready = (w for w in self._fronts_of(lane) if self._pace.ready(w.destination, lane) <= now)
        return next(ready, None)

    def _fronts(self) -> Iterator[Waiter]:
        for lane in Lane:
            yield from self._fronts_of(lane)

    def _fronts_of(self, lane: Lane) -> Iterator[Waiter]:
        claimed = self._lanes[Lane.ALERT] if lane is Lane.ANSWER else ()
        return (line[0] for chat, line in self._lanes[lane].items() if chat not in claimed)
