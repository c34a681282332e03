"""How a million rules come in at the start: in columns, and out of them into columns."""

from array import array
from collections.abc import Iterable

from bot.engine.bursts import ORDER, Bursts
from bot.engine.columns import SEPARATOR, RuleColumns
from bot.engine.index import Index
from bot.engine.roster import ARMED, DEAD, Home, Roster, Topic
from bot.metrics import METRICS
from bot.rules import WINDOWS, Rule, RuleState


class Nowhere:
    """The home of rules whose metric or window is not known any more: they are dead."""

    def __init__(self, number: int) -> None:
        self.number = number
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
        self._known: dict[int, dict[str, Home]] = {}
        self._nowhere: Home = Nowhere(len(roster.homes))
        roster.homes.append(self._nowhere)

    def take(self, rules: Iterable[tuple[Rule, RuleState]]) -> int:
        """Take rules one by one; how many were understood."""
        many = 0
        for rule, state in rules:
            coin, exchange = rule.coin or "", rule.exchange or ""
            home = self._home(coin, exchange, rule.window, rule.metric, rule.floor)
            home.load(self._roster, self._roster.enter(rule, state, home))
            many += home is not self._nowhere
        return many

    def take_columns(self, columns: RuleColumns) -> int:
        """Take a batch; how many rules were understood."""
        homes = self._homes(columns)
        slots = self._roster.extend(columns, homes)
        if slots is None:
            return self.take(columns.pairs())
        standing, nowhere = self._roster.standing, self._nowhere
        if standing[slots.start :].count(ARMED) == len(slots):
            for slot, home in zip(slots, homes, strict=True):
                home.loaded.append(slot)
        else:
            for slot, home in zip(slots, homes, strict=True):
                if standing[slot] == ARMED:
                    home.loaded.append(slot)
                else:
                    home.load(self._roster, slot)
        for slot in nowhere.loaded:
            nowhere.load(self._roster, slot)
        del nowhere.loaded[:]
        return len(homes) - homes.count(nowhere)

    def _homes(self, columns: RuleColumns) -> list[Home]:
        """The homes of a batch; those that many rules share are found without a step of ours."""
        floors = set(columns.floors)
        if len(floors) != 1:
            # A topic alone does not tell the home then.
            return [self._find({}, columns, place) for place in range(len(columns))]
        known = self._known.setdefault(floors.pop(), {})
        found = map(known.get, columns.topics)
        return [home or self._find(known, columns, place) for place, home in enumerate(found)]

    def _find(self, known: dict[str, Home], columns: RuleColumns, place: int) -> Home:
        topic, floor = columns.topics[place], columns.floors[place]
        coin, exchange, window, metric = topic.split(SEPARATOR)
        home = self._home(coin, exchange, window, metric, floor)
        known[topic] = home
        return home

    def end(self) -> None:
        """All were taken."""
        self._known.clear()

    def _home(self, coin: str, exchange: str, window: str, metric: str, floor: int) -> Home:
        if metric == ORDER:
            return self._bursts.ladder(coin or None, exchange or None)
        if metric in METRICS and window in (WINDOWS if METRICS[metric].windowed else ("",)):
            return self._index.group(coin or None, exchange or None, window, metric, floor)
        return self._nowhere
