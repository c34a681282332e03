"""How a million rules come in at the start: in columns, and out of them into columns."""

from array import array
from collections.abc import Iterable, Iterator

from bot.bursts import ORDER, Bursts
from bot.columns import RuleColumns
from bot.index import Index
from bot.metrics import METRICS
from bot.roster import ARMED, DEAD, Home, Roster, Topic
from bot.rules import WINDOWS, Rule, RuleState

_ByMetric = dict[str, Home]
_Known = dict[str, dict[str, dict[str, _ByMetric]]]
"""Homes by coin, exchange, window and metric: the last one that was asked for, if its floor fits.

Nested, because a tuple for each home would be as large as all that is kept of its rules.
"""


class Nowhere:
    """The home of rules whose metric or window is not known any more: they are dead."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.floor: int | None = None
        self.loaded: array[int] = array("I")

    @property
    def topic(self) -> Topic:
        return None, None, "", ""

    def load(self, roster: Roster, slot: int) -> None:
        roster.standing[slot] = DEAD

    def leave(self, roster: Roster, slot: int, standing: int) -> None:
        roster.place(slot, standing)


class Loading:
    """Takes batches; the index and the bursts must ``begin`` after the last."""

    def __init__(self, index: Index, bursts: Bursts, roster: Roster) -> None:
        self._index = index
        self._bursts = bursts
        self._roster = roster
        self._known: _Known = {}
        self._nowhere: Home = Nowhere(len(roster.homes))
        roster.homes.append(self._nowhere)

    def take(self, rules: Iterable[tuple[Rule, RuleState]]) -> int:
        """Take rules one by one; how many were understood."""
        many = 0
        for rule, state in rules:
            coin, exchange = rule.coin or "", rule.exchange or ""
            home = self._find(coin, exchange, rule.window, rule.metric, rule.floor)
            home.load(self._roster, self._roster.enter(rule, state, home))
            many += home is not self._nowhere
        return many

    def take_columns(self, columns: RuleColumns) -> int:
        """Take a batch; how many rules were understood."""
        homes = list(self._homes(columns))
        slots = self._roster.extend(columns, homes)
        if slots is None:
            return self.take(columns.pairs())
        standing, nowhere = self._roster.standing, self._nowhere
        for slot, home in zip(slots, homes, strict=True):
            if standing[slot] == ARMED:
                home.loaded.append(slot)
            else:
                home.load(self._roster, slot)
        for slot in nowhere.loaded:
            nowhere.load(self._roster, slot)
        del nowhere.loaded[:]
        return len(homes) - homes.count(nowhere)

    def _homes(self, columns: RuleColumns) -> Iterator[Home]:
        known = self._known
        for coin, exchange, window, metric, floor in zip(
            columns.coins,
            columns.exchanges,
            columns.windows,
            columns.metrics,
            columns.floors,
            strict=True,
        ):
            try:
                home = known[coin][exchange][window][metric]
            except KeyError:
                yield self._find(coin, exchange, window, metric, floor)
            else:
                if home.floor is None or home.floor == floor:
                    yield home
                else:
                    yield self._find(coin, exchange, window, metric, floor)

    def end(self) -> None:
        """All were taken."""
        self._known.clear()

    def _find(self, coin: str, exchange: str, window: str, metric: str, floor: int) -> Home:
        home: Home = self._nowhere
        if metric == ORDER:
            home = self._bursts.ladder(coin or None, exchange or None)
        elif metric in METRICS and window in WINDOWS:
            home = self._index.group(coin or None, exchange or None, window, metric, floor)
        by_window = self._known.setdefault(coin, {}).setdefault(exchange, {})
        by_window.setdefault(window, {})[metric] = home
        return home
