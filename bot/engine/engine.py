"""An event in, the alerts it causes out; pure and synchronous."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from bot.clock import MINUTE_MS
from bot.engine.bursts import BURST_MS, ORDER, Bursts
from bot.engine.columns import RuleColumns
from bot.engine.hearing import Ears
from bot.engine.index import Fired, Index
from bot.engine.loading import Loading
from bot.engine.readings import Readings
from bot.engine.roster import DEAD, Roster
from bot.engine.windows import LATE_MS, Windows
from bot.events import ChatMoved, Event, Heard, Measured, Recalled, RuleRemoved, RuleSaved, Tick
from bot.exchanges.dialect import Publication
from bot.figures import Order
from bot.market import Gap, Liquidation, usd
from bot.metrics import METRICS
from bot.rules import MOMENT, WINDOWS, Alert, Rule, RuleState

TELLING_MS = 30 * MINUTE_MS
"""A single order that is told later than this is history, and rings nobody."""


class Consequences(msgspec.Struct, frozen=True):
    """What one event caused: alerts, and the states to store with them (or without any).

    ``heard`` are the liquidations that were taken in: with a worth or unpriced, not too late.
    """

    alerts: list[Alert]
    states: list[RuleState]
    heard: list[Liquidation] = []


class Engine:
    """Windows, hearing and rules; it changes by ``load`` and ``handle`` alone.

    ``exchanges`` are those watched, by name, with the way they publish. ``start_ms`` is the
    market's time since which figures are kept. A feed opens a ``Gap`` for what it does not hear
    yet: an exchange without one counts as heard.
    """

    def __init__(self, exchanges: Mapping[str, Publication], start_ms: int) -> None:
        self.windows = Windows(start_ms)
        self.ears = Ears(exchanges, start_ms)
        self.readings = Readings(self.windows, self.ears)
        self._roster = Roster()
        self._index = Index(self.windows, self.ears, self._roster)
        self._bursts = Bursts(self._roster)
        self._loading = Loading(self._index, self._bursts, self._roster)

    @property
    def now_ms(self) -> int:
        """The market's time: the latest that an event told."""
        return self.windows.now_ms

    def load(self, rules: Iterable[tuple[Rule, RuleState]]) -> int:
        """Take all rules at the start; how many were understood."""
        many = self.take(rules)
        self.begin()
        return many

    def take(self, rules: Iterable[tuple[Rule, RuleState]]) -> int:
        """Take some of the rules, best in the order of their ids; ``begin`` follows the last.

        A rule whose metric or window is not known any more is left out.
        """
        return self._loading.take(rules)

    def take_columns(self, columns: RuleColumns) -> int:
        """``take`` for many rules at once."""
        return self._loading.take_columns(columns)

    def begin(self) -> None:
        """All rules were taken: put them in order."""
        self._loading.end()
        self._index.begin()
        self._bursts.begin()

    def remember(self, events: Iterable[Liquidation]) -> None:
        """Take in what was heard before this start, in that order; no rule may be loaded yet."""
        windows = self.windows
        for event in events:
            windows.advance(event.received_ms)
            amount = None if event.notional is None else usd(event.notional)
            windows.recall(event.coin, event.exchange, event.side, amount, event.time_ms)

    def handle(self, event: Event) -> Consequences:
        """Take one event in."""
        caused = Consequences([], [], [])
        self.readings.forget()
        if isinstance(event, Heard):
            self._pass(event.received_ms, caused)
            self._hear(event, caused.heard)
            self._tell(caused)
        elif isinstance(event, Recalled):
            self._pass(event.received_ms, caused)
            self._recall(event, caused.heard)
            self._tell(caused)
        elif isinstance(event, Tick):
            self._pass(event.now_ms, caused)
            self._bursts.end(self.now_ms)
        elif isinstance(event, Gap):
            self.ears.note(event)
            self._index.listen()
            self._tell(caused)
        elif isinstance(event, RuleSaved):
            caused.states.append(self._save(event.rule, event.state))
            self._tell(caused)
        elif isinstance(event, RuleRemoved):
            self._remove(event.rule)
        elif isinstance(event, Measured):
            self._index.tell(event.coin, event.window, event.metric, event.value)
            self._tell(caused)
        elif isinstance(event, ChatMoved):
            for twin in self._roster.move_chat(event.platform, event.old_chat, event.new_chat):
                self._remove(twin)
        return caused

    def rules(self) -> Iterator[Rule]:
        """All rules that are held, paused ones too; made anew, because columns hold them."""
        return self._roster.rules()

    def awaited(self) -> list[tuple[str, str, str]]:
        """(coin, window, metric) of all that ``Measured`` is to tell, as rules want it."""
        return self._index.awaited()

    def value(self, rule: Rule) -> int | None:
        """What a windowed rule reads now; None where it is unknown, and for ``order``."""
        metric = METRICS[rule.metric]
        if metric.told:
            return self._index.value(self._index.group_of(rule))
        if not metric.windowed:
            return None
        if self.ears.silent(rule.exchange, self.now_ms - WINDOWS[rule.window]):
            return None
        return metric.value(self.windows.sums(rule.coin, rule.exchange, rule.window), rule.floor)

    def _pass(self, now_ms: int, caused: Consequences) -> None:
        """What falls out is judged before what comes in: it was gone before."""
        self.windows.advance(now_ms)
        self._index.fell()
        self._tell(caused)

    def _hear(self, heard: Heard, taken_in: list[Liquidation]) -> None:
        windows, bursts = self.windows, self._bursts
        oldest_ms = windows.now_ms - LATE_MS
        for event in heard.events:
            amount = None if event.notional is None else usd(event.notional)
            coin, exchange, side = event.coin, event.exchange, event.side
            taken = windows.add(coin, exchange, side, amount, event.time_ms)
            if event.time_ms >= oldest_ms:
                taken_in.append(event)
            if taken and amount is not None and amount >= bursts.lowest:
                at_ms = min(event.time_ms, windows.now_ms)
                bursts.hear(Order(amount, coin, exchange, side, at_ms), windows.now_ms)
        self._index.rose()
        if heard.events:
            self.readings.forget()
            if self.ears.heard(heard.exchange, windows.now_ms):
                self._index.listen()

    def _recall(self, recalled: Recalled, taken_in: list[Liquidation]) -> None:
        """What was missed counts where windows still reach back to it.

        Nobody is told of a single order that old, nor of what was before the watching began.
        """
        windows = self.windows
        told_ms = windows.now_ms - TELLING_MS
        for event in recalled.events:
            if event.time_ms < self.ears.start_ms:
                continue
            amount = None if event.notional is None else usd(event.notional)
            taken = windows.recall(event.coin, event.exchange, event.side, amount, event.time_ms)
            taken_in.append(event)
            if taken and amount is not None and event.time_ms >= told_ms:
                order = Order(amount, event.coin, event.exchange, event.side, event.time_ms)
                self._bursts.hear(order, windows.now_ms)
        self._index.rose()
        self.readings.forget()

    def _tell(self, caused: Consequences) -> None:
        """Turn what the index and the bursts have collected into alerts and states."""
        index, bursts = self._index, self._bursts
        if index.calmed or index.fired:
            slots = dict.fromkeys([*index.calmed, *(fired.slot for fired in index.fired)])
            caused.states.extend(self._roster.state(slot) for slot in slots)
            caused.alerts.extend(self._alert(fired) for fired in index.fired)
            index.calmed.clear()
            index.fired.clear()
        if bursts.touched:
            caused.states.extend(self._roster.state(slot) for slot in bursts.begun)
            caused.alerts.extend(self._burst(slot) for slot in bursts.touched)
            bursts.begun.clear()
            bursts.touched.clear()

    def _alert(self, fired: Fired) -> Alert:
        roster = self._roster
        rule = roster.rule(fired.slot)
        return Alert(
            rule=rule,
            episode=roster.episodes[fired.slot],
            level=fired.level,
            value=fired.value,
            at_ms=self.now_ms,
            reading=self.readings.reading(rule.coin, rule.exchange, rule.window or MOMENT),
        )

    def _burst(self, slot: int) -> Alert:
        rule, burst = self._roster.rule(slot), self._bursts.burst(slot)
        scope = (rule.coin, rule.exchange)
        hearing = self.ears.hearing(scope[1], BURST_MS, self.now_ms)
        complete = self.ears.complete(scope[1], BURST_MS, self.now_ms)
        return Alert(
            rule=rule,
            episode=self._roster.episodes[slot],
            level=1,
            value=burst.largest.usd,
            at_ms=self.now_ms,
            reading=burst.reading(scope, self.now_ms, hearing, complete),
            orders=len(burst.orders),
        )

    def _save(self, rule: Rule, state: RuleState) -> RuleState:
        """A rule that is new, changed or resumed begins anew; its episodes go on."""
        rules = self._bursts if rule.metric == ORDER else self._index
        episode = max(self._remove(rule.id), state.episode)
        return self._roster.state(rules.save(rule, RuleState(rule.id, episode=episode)))

    def _remove(self, rule_id: int) -> int:
        """Take a rule out; how many episodes it had."""
        slot = self._roster.slot(rule_id)
        if slot is None or self._roster.standing[slot] == DEAD:
            return 0
        self._roster.home(slot).leave(self._roster, slot, DEAD)
        return self._roster.episodes[slot]
