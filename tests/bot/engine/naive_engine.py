"""An engine that remembers everything and judges every rule anew after every event."""

from bot.events import Event, Heard, RuleRemoved, RuleSaved, Tick
from bot.figures import Order, Split
from bot.market import Gap, Side, usd
from bot.rules import WINDOWS, Rule, RuleState

WHOLE = 1_000_000_000

Entry = tuple[str, str, Side, int, int]
Spoken = tuple[int, int, int, int]
"""(rule, episode, level, value)."""

Evidence = tuple[tuple[int, int, int], list[Split], list[Split], Order | None, bool]
"""(long, short and count; coins; exchanges; largest; complete)."""


class Memo:
    """One rule with what it has said."""

    def __init__(self, rule: Rule, state: RuleState) -> None:
        self.rule = rule
        self.armed = state.armed
        self.episode = state.episode
        self.level = state.level

    @property
    def state(self) -> RuleState:
        return RuleState(self.rule.id, self.armed, self.episode, self.level)


class NaiveEngine:
    """Written from the promises alone; it shares no code with the engine but the types."""

    def __init__(self, exchanges: tuple[str, ...], start_ms: int) -> None:
        self.exchanges = exchanges
        self.start = self.now = start_ms
        self.entries: list[Entry] = []
        self.gaps: dict[tuple[str, str], list[list[int | None]]] = {}
        self.heard_at: dict[str, int] = {}
        self.memos: dict[int, Memo] = {}
        self.evidence: dict[Spoken, Evidence] = {}

    def load(self, rule: Rule, state: RuleState) -> None:
        self.memos[rule.id] = Memo(rule, state)

    def handle(self, event: Event) -> set[Spoken]:
        spoken: set[Spoken] = set()
        if isinstance(event, Heard):
            self.now = max(self.now, event.received_ms)
            spoken |= self.judge()
            for one in event.events:
                time = min(one.time_ms, self.now)
                if self.now - time <= 60_000 and one.notional is not None:
                    entry = (one.coin, one.exchange, one.side, usd(one.notional), time)
                    self.entries.append(entry)
            if event.events:
                self.heard_at[event.exchange] = self.now
        elif isinstance(event, Tick):
            self.now = max(self.now, event.now_ms)
        elif isinstance(event, Gap):
            self.gap(event)
        elif isinstance(event, RuleSaved):
            self.save(event.rule, event.state)
        elif isinstance(event, RuleRemoved):
            self.memos.pop(event.rule, None)
        return spoken | self.judge()

    def gap(self, gap: Gap) -> None:
        intervals = self.gaps.setdefault((gap.exchange, gap.stream), [])
        last = intervals[-1] if intervals else None
        if last and (last[1] is None or gap.start_ms <= last[1]):
            last[1] = gap.end_ms
        else:
            intervals.append([gap.start_ms, gap.end_ms])

    def save(self, rule: Rule, state: RuleState) -> None:
        known = self.memos.get(rule.id)
        memo = self.memos[rule.id] = Memo(rule, state)
        memo.episode = max(state.episode, known.episode if known else 0)
        value = self.value(rule)
        memo.armed, memo.level = value is None or value <= rule.threshold or rule.paused, 0

    def held(self, coin: str | None, exchange: str | None, span: int) -> list[Entry]:
        return [
            entry
            for entry in self.entries
            if coin in (None, entry[0])
            and exchange in (None, entry[1])
            and self.now - span < entry[4]
        ]

    def sides(self, rule: Rule) -> tuple[int, int, list[Entry]]:
        held = self.held(rule.coin, rule.exchange, WINDOWS[rule.window])
        long = sum(entry[3] for entry in held if entry[2] is Side.LONG)
        return long, sum(entry[3] for entry in held) - long, held

    def value(self, rule: Rule) -> int | None:
        long, short, held = self.sides(rule)
        amounts = {
            "total": long + short,
            "long": long,
            "short": short,
            "count": len(held),
            "largest": max((entry[3] for entry in held), default=0),
        }
        if rule.metric in amounts:
            return amounts[rule.metric]
        total = long + short
        if total == 0 or total < rule.floor:
            return None
        part = {"long_share": long, "short_share": short, "imbalance": max(long, short)}
        return part[rule.metric] * WHOLE // total

    def silent(self, exchange: str, after: int) -> bool:
        return self.heard_at.get(exchange, -1) <= after and any(
            end is None and start is not None and start <= after
            for (name, _), intervals in self.gaps.items()
            if name == exchange
            for start, end in intervals
        )

    def complete(self, scope: str | None, span: int) -> bool:
        after = self.now - span
        if self.start > after:
            return False
        names = self.exchanges if scope is None else (scope,)
        if all(self.silent(name, after) for name in names):
            return False
        return not any(
            (self.counts_from(start) > after if end is None else end > after)
            for (name, _), intervals in self.gaps.items()
            if name in names
            for start, end in intervals
            if start is not None
        )

    def counts_from(self, start: int) -> int:
        """A gap of an exchange that was heard before counts for a day more."""
        return start + 86_400_000 if start > self.start + 60_000 else start

    def judge(self) -> set[Spoken]:
        spoken = set()
        for memo in self.memos.values():
            if memo.rule.paused:
                continue
            level = self.speaks(memo)
            if level:
                memo.episode += memo.armed
                memo.armed, memo.level = False, level
                value = self.value(memo.rule)
                assert value is not None
                said = (memo.rule.id, memo.episode, level, value)
                self.evidence[said] = self.evidence_of(memo.rule)
                spoken.add(said)
            elif not memo.armed and self.calms(memo.rule):
                memo.armed, memo.level = True, 0
        return spoken

    def speaks(self, memo: Memo) -> int:
        rule, value = memo.rule, self.value(memo.rule)
        if value is None:
            return 0
        share = rule.metric.endswith("share") or rule.metric == "imbalance"
        passed = [k for k in ((1,) if share else (1, 2, 5, 10)) if value > k * rule.threshold]
        if not passed or (not memo.armed and (memo.level == 0 or passed[-1] <= memo.level)):
            return 0
        return passed[-1]

    def calms(self, rule: Rule) -> bool:
        if not self.complete(rule.exchange, WINDOWS[rule.window]):
            return False
        value = self.value(rule)
        if rule.metric.endswith("share") or rule.metric == "imbalance":
            long, short, _ = self.sides(rule)
            if long + short == 0 or 10 * (long + short) < 7 * rule.floor:
                return True
            half = WHOLE // 2
            return value is not None and 10 * (value - half) < 7 * (rule.threshold - half)
        assert value is not None
        return 10 * value < 7 * rule.threshold

    def splits(self, held: list[Entry], column: int) -> list[Split]:
        names = {str(entry[column]) for entry in held}
        made = [
            Split(
                name,
                sum(e[3] for e in held if e[column] == name and e[2] is Side.LONG),
                sum(e[3] for e in held if e[column] == name and e[2] is Side.SHORT),
            )
            for name in names
        ]
        return sorted(made, key=lambda split: (-(split.long + split.short), split.name))

    def largest(self, held: list[Entry]) -> Order | None:
        best = None
        for entry in held:
            if best is None or (entry[3], entry[4]) >= (best[3], best[4]):
                best = entry
        return Order(best[3], best[0], best[1], best[2], best[4]) if best else None

    def evidence_of(self, rule: Rule) -> Evidence:
        long, short, held = self.sides(rule)
        return (
            (long, short, len(held)),
            self.splits(held, 0),
            self.splits(held, 1),
            self.largest(held),
            self.complete(rule.exchange, WINDOWS[rule.window]),
        )
