"""Rules on single orders: each order of at least the amount, bursts told together."""

from array import array
from bisect import bisect_right
from collections import defaultdict

import msgspec

from bot.clock import SECOND_MS
from bot.engine.roster import ARMED, PAUSED, Roster, Topic
from bot.figures import Hearing, Order, Reading, Split
from bot.market import Side
from bot.metrics.metric import NEVER
from bot.rules import Rule, RuleState

BURST_MS = 15 * SECOND_MS
"""Orders this close to the first of a burst belong to it."""

ORDER = "order"

Scope = tuple[str | None, str | None]


class Burst(msgspec.Struct):
    """What one rule has told since its first order; ``first_ms`` by the market's time."""

    first_ms: int
    orders: list[Order]

    @property
    def largest(self) -> Order:
        """Of equal ones the latest."""
        return max(reversed(self.orders), key=lambda order: order.usd)

    def reading(self, scope: Scope, at_ms: int, hearing: Hearing, complete: bool) -> Reading:
        """The orders of the burst as one figure."""
        long = sum(order.usd for order in self.orders if order.side is Side.LONG)
        short = sum(order.usd for order in self.orders if order.side is Side.SHORT)
        return Reading(
            coin=scope[0],
            exchange=scope[1],
            span_ms=BURST_MS,
            at_ms=at_ms,
            long=long,
            short=short,
            count=len(self.orders),
            largest=self.largest,
            coins=_splits([(order.coin, order) for order in self.orders]),
            exchanges=_splits([(order.exchange, order) for order in self.orders]),
            hearing=hearing,
            complete=complete,
        )


def _splits(orders: list[tuple[str, Order]]) -> tuple[Split, ...]:
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for name, order in orders:
        sums[name][order.side] += order.usd
    splits = [Split(name, long, short) for name, (long, short) in sums.items()]
    return tuple(sorted(splits, key=lambda split: (-split.total, split.name)))


class Ladder:
    """The order rules of one scope: amounts ascending, and whose they are."""

    __slots__ = ("amounts", "loaded", "number", "scope", "slots")

    def __init__(self, scope: Scope, number: int) -> None:
        self.scope = scope
        self.number = number
        self.loaded: array[int] = array("I")
        self.amounts: array[int] = array("q")
        self.slots: array[int] = array("I")

    @property
    def topic(self) -> Topic:
        return *self.scope, "", ORDER

    def load(self, roster: Roster, slot: int) -> None:
        """``sort`` must follow."""
        if roster.standing[slot] != PAUSED:
            roster.standing[slot] = ARMED
            self.loaded.append(slot)

    def sort(self, roster: Roster) -> None:
        thresholds = roster.thresholds
        self.slots = array("I", sorted(self.slots + self.loaded, key=thresholds.__getitem__))
        self.amounts = array("q", (thresholds[slot] for slot in self.slots))
        del self.loaded[:]

    def arm(self, roster: Roster, slot: int) -> None:
        """Let a rule wait for orders."""
        roster.place(slot, ARMED)
        threshold = roster.thresholds[slot]
        at = bisect_right(self.amounts, threshold)
        self.amounts.insert(at, threshold)
        self.slots.insert(at, slot)

    def leave(self, roster: Roster, slot: int, standing: int) -> None:
        if roster.standing[slot] == ARMED:
            at = self.slots.index(slot)
            del self.slots[at], self.amounts[at]
        roster.place(slot, standing)


class Bursts:
    """Order rules by scope, and the bursts that are going on.

    ``touched`` collects the slots of bursts that began or grew since it was last emptied,
    ``begun`` those that began. No order below ``lowest`` matters to any rule.
    """

    def __init__(self, roster: Roster) -> None:
        self.touched: dict[int, None] = {}
        self.begun: list[int] = []
        self.lowest = NEVER
        self._roster = roster
        self._ladders: dict[Scope, Ladder] = {}
        self._going: dict[int, Burst] = {}

    def begin(self) -> None:
        """After loading: order the ladders."""
        for ladder in self._ladders.values():
            ladder.sort(self._roster)
        self._find_lowest()

    def ladder(self, coin: str | None, exchange: str | None) -> Ladder:
        """The ladder of a scope; made when there is none."""
        known = self._ladders.get((coin, exchange))
        if known is None:
            known = Ladder((coin, exchange), len(self._roster.homes))
            self._ladders[coin, exchange] = known
            self._roster.homes.append(known)
        return known

    def save(self, rule: Rule, state: RuleState) -> int:
        """Place a new or changed rule; its slot. A burst that it had is over."""
        ladder = self.ladder(rule.coin, rule.exchange)
        slot = self._roster.enter(rule, state, ladder)
        self._going.pop(slot, None)
        if not rule.paused:
            ladder.arm(self._roster, slot)
        self._find_lowest()
        return slot

    def hear(self, order: Order, now_ms: int) -> None:
        """Take one order; ``lowest`` tells whether any rule can care."""
        for scope in _scopes(order):
            ladder = self._ladders.get(scope)
            if ladder is None or not ladder.amounts or order.usd < ladder.amounts[0]:
                continue
            for slot in ladder.slots[: bisect_right(ladder.amounts, order.usd)]:
                self._tell(slot, order, now_ms)

    def burst(self, slot: int) -> Burst:
        """Raises ``KeyError`` when none is going on."""
        return self._going[slot]

    def end(self, now_ms: int) -> None:
        """Forget bursts that are over."""
        over = [slot for slot, burst in self._going.items() if _over(burst, now_ms)]
        for slot in over:
            del self._going[slot]

    def _tell(self, slot: int, order: Order, now_ms: int) -> None:
        burst = self._going.get(slot)
        if burst is None or _over(burst, now_ms):
            self._going[slot] = burst = Burst(now_ms, [])
            self._roster.episodes[slot] += 1
            self.begun.append(slot)
        burst.orders.append(order)
        self.touched[slot] = None

    def _find_lowest(self) -> None:
        firsts = (ladder.amounts[0] for ladder in self._ladders.values() if ladder.amounts)
        self.lowest = min(firsts, default=NEVER)


def _over(burst: Burst, now_ms: int) -> bool:
    return now_ms - burst.first_ms > BURST_MS


def _scopes(order: Order) -> tuple[Scope, ...]:
    return (
        (None, None),
        (None, order.exchange),
        (order.coin, None),
        (order.coin, order.exchange),
    )
