"""Rules on single orders: each order of at least the amount, bursts told together."""

from array import array
from bisect import bisect_right
from collections import defaultdict

import msgspec

from bot.clock import SECOND_MS
from bot.figures import Hearing, Order, Reading, Split
from bot.market import Side
from bot.metrics.metric import NEVER
from bot.roster import ARMED, DEAD, PAUSED, Roster, Topic
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


class _Ladder:
    """The order rules of one scope: amounts ascending, and whose they are."""

    __slots__ = ("amounts", "number", "scope", "slots")

    def __init__(self, scope: Scope, number: int) -> None:
        self.scope = scope
        self.number = number
        self.amounts: array[int] = array("q")
        self.slots: array[int] = array("I")


class Bursts:
    """Order rules by scope, and the bursts that are going on.

    ``touched`` collects the slots of bursts that began or grew since it was last emptied,
    ``begun`` those that began.
    """

    def __init__(self) -> None:
        self.roster = Roster(self._topic)
        self.touched: dict[int, None] = {}
        self.begun: list[int] = []
        self.lowest = NEVER
        self._scopes: dict[Scope, _Ladder] = {}
        self._ladders: list[_Ladder] = []
        self._going: dict[int, Burst] = {}

    def load(self, rule: Rule, state: RuleState) -> None:
        """Take one rule at the start; ``begin`` must follow."""
        ladder = self.ladder(rule)
        slot = self.roster.enter(rule, state, ladder)
        if self.roster.standing[slot] != PAUSED:
            self.roster.standing[slot] = ARMED
            self._ladders[ladder].slots.append(slot)

    def begin(self) -> None:
        """After loading: order the ladders."""
        thresholds = self.roster.thresholds
        for ladder in self._ladders:
            ladder.slots = array("I", sorted(ladder.slots, key=thresholds.__getitem__))
            ladder.amounts = array("q", (thresholds[slot] for slot in ladder.slots))
        self._find_lowest()

    def ladder(self, rule: Rule) -> int:
        """The number of the scope's ladder; made when there is none."""
        scope = (rule.coin, rule.exchange)
        known = self._scopes.get(scope)
        if known is None:
            known = self._scopes[scope] = _Ladder(scope, len(self._ladders))
            self._ladders.append(known)
        return known.number

    def enter(self, rule: Rule, state: RuleState) -> int:
        """The slot of a rule that was saved; ``save`` must follow."""
        return self.roster.enter(rule, state, self.ladder(rule))

    def save(self, rule: Rule, slot: int) -> None:
        """Place a new or changed rule."""
        self.roster.place(slot, PAUSED if rule.paused else ARMED)
        if not rule.paused:
            ladder = self._ladders[self.roster.groups[slot]]
            at = bisect_right(ladder.amounts, rule.threshold)
            ladder.amounts.insert(at, rule.threshold)
            ladder.slots.insert(at, slot)
        self._find_lowest()

    def remove(self, slot: int, standing: int = DEAD) -> None:
        """A rule rests or is gone; its burst is over."""
        ladder = self._ladders[self.roster.groups[slot]]
        if self.roster.standing[slot] == ARMED:
            at = ladder.slots.index(slot)
            del ladder.slots[at], ladder.amounts[at]
        self.roster.place(slot, standing)
        self._going.pop(slot, None)
        self._find_lowest()

    def hear(self, order: Order, now_ms: int) -> None:
        """Take one order; ``lowest`` tells whether any rule can care."""
        for scope in _scopes(order):
            ladder = self._scopes.get(scope)
            if ladder is None or not ladder.amounts or order.usd < ladder.amounts[0]:
                continue
            for slot in ladder.slots[: bisect_right(ladder.amounts, order.usd)]:
                self._tell(slot, order, now_ms)

    def scope(self, slot: int) -> Scope:
        return self._ladders[self.roster.groups[slot]].scope

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
            self.roster.episodes[slot] += 1
            self.begun.append(slot)
        burst.orders.append(order)
        self.touched[slot] = None

    def _find_lowest(self) -> None:
        self.lowest = min((lad.amounts[0] for lad in self._ladders if lad.amounts), default=NEVER)

    def _topic(self, number: int) -> Topic:
        coin, exchange = self._ladders[number].scope
        return coin, exchange, "", ORDER


def _over(burst: Burst, now_ms: int) -> bool:
    return now_ms - burst.first_ms > BURST_MS


def _scopes(order: Order) -> tuple[Scope, ...]:
    return (
        (None, None),
        (None, order.exchange),
        (order.coin, None),
        (order.coin, order.exchange),
    )
