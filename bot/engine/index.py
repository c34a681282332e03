"""The index of thresholds: a new value looks only at those that it passes."""

from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from bot.engine.groups import Group, Watch
from bot.engine.hearing import NEVER_MS, Ears
from bot.engine.roster import PAUSED, Roster
from bot.engine.tally import PLACES, SPANS, Tally
from bot.engine.windows import Windows
from bot.metrics import METRICS
from bot.metrics.metric import NEVER, Slack, Sums, Unit
from bot.rules import MOMENT, Rule, RuleState

NOTHING: Slack = (0, 0, 0, NEVER, -1)
"""Whatever moves may matter."""


class Fired(NamedTuple):
    """A rule that spoke: its slot, the level, and what its metric read."""

    slot: int
    level: int
    value: int
    watch: Watch


class Index:
    """Windowed rules over the windows they watch.

    ``fired`` and ``calmed`` (slots that were armed again) collect what happened since they were
    last emptied.
    """

    def __init__(self, windows: Windows, ears: Ears, roster: Roster) -> None:
        self.fired: list[Fired] = []
        self.calmed: list[int] = []
        self._windows = windows
        self._ears = ears
        self._roster = roster
        self._groups: list[Group] = []
        self._watches: dict[Tally, list[Watch]] = {}
        self._blocked: dict[tuple[str | None, int], set[Watch]] = {}
        self._due_ms = NEVER_MS
        self._losses: list[tuple[int, int, Watch]] = []
        self._told: dict[tuple[str, str, str], Group] = {}
        self._order = count()

    def group(
        self, coin: str | None, exchange: str | None, window: str, metric_name: str, floor: int
    ) -> Group:
        """The group that a windowed rule belongs to; made when there is none."""
        watch = self._watch(coin, exchange, PLACES[window or MOMENT])
        metric = METRICS[metric_name]
        judged = floor if metric.unit is Unit.SHARE else 0
        for group in watch.groups:
            if group.metric is metric and group.floor == judged:
                return group
        made = Group(watch, metric, judged, len(self._roster.homes))
        if metric.told and coin is not None:
            self._told[coin, window, metric_name] = made
        self._roster.homes.append(made)
        self._groups.append(made)
        watch.groups.append(made)
        return made

    def group_of(self, rule: Rule) -> Group:
        return self.group(rule.coin, rule.exchange, rule.window, rule.metric, rule.floor)

    def save(self, rule: Rule, state: RuleState) -> int:
        """Place a new or changed rule by what its window reads now; its slot."""
        group, roster = self.group_of(rule), self._roster
        slot = roster.enter(rule, state, group)
        value = self.value(group)
        if rule.paused:
            group.leave(roster, slot, PAUSED)
        elif value is not None and value > rule.threshold:
            group.disarm(roster, slot, 0)
        else:
            group.arm(roster, slot)
        group.settle(roster)
        self._judge(group.watch)
        return slot

    def value(self, group: Group) -> int | None:
        if group.metric.told:
            return group.value
        watch = group.watch
        return group.metric.value(watch.tally.sums(watch.place, self._windows.now_ms), group.floor)

    def tell(self, coin: str, window: str, metric: str, value: int | None) -> None:
        """A ``told`` metric was measured: let its rules speak, or be armed again."""
        if METRICS[metric].told and (group := self._told.get((coin, window, metric))):
            group.value = value
            if value is not None and value > group.rise:
                spoken = group.speak(self._roster, value)
                self.fired += [Fired(slot, level, value, group.watch) for slot, level in spoken]
            if value is not None and value < group.fall:
                self.calmed += group.calm(self._roster, value)

    def awaited(self) -> list[tuple[str, str, str]]:
        """(coin, window, metric) of all that rules want to be told."""
        return [topic for topic, group in self._told.items() if group.waits]

    def begin(self) -> None:
        """After loading: order what waits, and look at every window once."""
        for group in self._groups:
            group.sort(self._roster)
        for tally, watches in self._watches.items():
            for watch in watches:
                self._judge(watch)
            self._limit(tally, watches)

    def fell(self) -> None:
        """Judge the windows that lost something, or have become complete."""
        now_ms, windows = self._windows.now_ms, self._windows
        for tally, place in windows.stirred:
            for watch in self._watches.get(tally, ()):
                if watch.place == place:
                    self._judge(watch)
        windows.stirred.clear()
        while self._losses and self._losses[0][0] <= now_ms:
            at_ms, _, watch = heappop(self._losses)
            if watch.due_ms == at_ms:
                watch.due_ms = NEVER
                self._judge(watch)
        if now_ms >= self._due_ms:
            self.listen()

    def rose(self) -> None:
        """Judge the windows that gained enough to matter."""
        windows = self._windows
        for tally, order in windows.risen:
            usd, orders, watches = tally.long + tally.short, tally.count, self._watches[tally]
            for watch in watches:
                if usd > watch.adds or order > watch.order or orders > watch.counts:
                    self._judge(watch)
            self._limit(tally, watches)
        windows.risen.clear()

    def listen(self) -> None:
        """Look again at windows that were not complete: a gap has moved, or time has passed."""
        blocked, self._blocked, self._due_ms = self._blocked, {}, NEVER_MS
        now_ms = self._windows.now_ms
        for (exchange, place), watches in blocked.items():
            if self._ears.complete(exchange, SPANS[place], now_ms):
                for watch in watches:
                    self._judge(watch)
            else:
                self._blocked[exchange, place] = watches
                self._wait(exchange, place)

    def _judge(self, watch: Watch) -> None:
        """Let a window's rules speak or be armed again, and note when to look next."""
        tally, place = watch.tally, watch.place
        sums = tally.sums(place, self._windows.now_ms)
        adds = longs = shorts = added = left = order = NEVER
        peak = -1
        for group in watch.groups:
            metric = group.metric
            slack = metric.slack(sums, group.floor, group.rise, group.fall)
            if slack is None:
                slack = self._turn(watch, group, sums)
            more, fewer_longs, fewer_shorts, single, least = slack
            # Comparisons, because this runs for every group of a window that has moved.
            if metric.unit is Unit.COUNT:
                added = more if more < added else added
                left = fewer_longs if fewer_longs < left else left
                continue
            if more < adds:
                adds = more
            if fewer_longs < longs:
                longs = fewer_longs
            if fewer_shorts < shorts:
                shorts = fewer_shorts
            if single < order:
                order = single
            if least > peak:
                peak = least
        watch.limit(adds, added, order)
        tally.limit_exits(place, longs, shorts, left)
        if peak >= 0:
            self._expect_loss(watch, peak)

    def _turn(self, watch: Watch, group: Group, sums: Sums) -> Slack:
        """Let a group's rules speak or be armed again, and find the slack it has after that."""
        metric, floor = group.metric, group.floor
        value = metric.value(sums, floor)
        if value is not None and value > group.rise:
            for slot, level in group.speak(self._roster, value):
                self.fired.append(Fired(slot, level, value, watch))
        fall = group.fall
        low = metric.low(sums, floor)
        if low is not None and low < fall:
            if self._complete(watch):
                self.calmed += group.calm(self._roster, low)
                fall = group.fall
            else:
                fall = -1
        return metric.slack(sums, floor, group.rise, fall) or NOTHING

    def _expect_loss(self, watch: Watch, least: int) -> None:
        """Judge again when the window has lost its last order of at least this."""
        at_ms = watch.tally.peak_until(least)
        if at_ms is not None and at_ms + SPANS[watch.place] != watch.due_ms:
            watch.due_ms = at_ms + SPANS[watch.place]
            heappush(self._losses, (watch.due_ms, next(self._order), watch))

    def _complete(self, watch: Watch) -> bool:
        """False also has the watch judged again as soon as it may be true."""
        exchange, place = watch.tally.exchange, watch.place
        if self._ears.complete(exchange, SPANS[place], self._windows.now_ms):
            return True
        self._blocked.setdefault((exchange, place), set()).add(watch)
        self._wait(exchange, place)
        return False

    def _wait(self, exchange: str | None, place: int) -> None:
        at_ms = self._ears.complete_at(exchange, SPANS[place], self._windows.now_ms)
        self._due_ms = min(self._due_ms, at_ms)

    def _limit(self, tally: Tally, watches: list[Watch]) -> None:
        """A tally calls when the first of its windows may matter."""
        adds = counts = order = NEVER
        for watch in watches:
            if watch.adds < adds:
                adds = watch.adds
            if watch.counts < counts:
                counts = watch.counts
            if watch.order < order:
                order = watch.order
        tally.add_limit, tally.count_limit, tally.order_limit = adds, counts, order

    def _watch(self, coin: str | None, exchange: str | None, place: int) -> Watch:
        tally = self._windows.tally(coin, exchange)
        watches = self._watches.setdefault(tally, [])
        for watch in watches:
            if watch.place == place:
                return watch
        watches.append(Watch(tally, place))
        return watches[-1]
