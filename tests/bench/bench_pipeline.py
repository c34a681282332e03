"""The whole way: bytes of a frame to the ids of the rules that fire, among a million."""

from itertools import islice
from time import thread_time

from bot.events import Heard
from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import Events, Exchange
from bot.market import Instrument, Liquidation
from bot.rules import Rule, RuleState
from tests.bench.ids import IdEngine
from tests.bench.population import START_MS, frame, instrument, market, people
from tests.bench.stopwatch import expect, settled
from tests.bench.table import Row
from tests.bot.engine.naive_engine import NaiveEngine

_RULES = 1_000_000
_DAY_EVENTS = 40_000
_MEASURED = 60_000
_EVERY_MS = 86_400_000 // _DAY_EVENTS
_LEAST = 20_000
_MOST_US = 100

Tables = dict[str, dict[str, Instrument]]


class Pipeline:
    """Dialects before an engine, without sockets."""

    def __init__(self, rules: list[tuple[Rule, RuleState]], listed: list[Liquidation]) -> None:
        publications = {name: exchange.publication for name, exchange in EXCHANGES.items()}
        self.engine = IdEngine(publications, START_MS)
        self.engine.load(rules)
        self._tables: Tables = {name: {} for name in EXCHANGES}
        for event in listed:
            found = instrument(event)
            self._tables[found.exchange][found.symbol] = found

    def fired(self, exchange: Exchange, text: bytes, received_ms: int) -> list[int]:
        """The ids of the rules that one frame makes speak."""
        parsed = exchange.parse(text, received_ms, self._tables[exchange.name])
        if type(parsed) is not Events:
            return []
        heard = Heard(exchange.name, tuple(parsed.liquidations), received_ms)
        return self.engine.ids(heard)


def _check() -> None:
    """A small run, against an engine that judges every rule anew after every event."""
    rules = [pair for pair in people(3_000) if pair[0].metric != "order"][::10]
    rules = [(_lowered(rule), state) for rule, state in rules]
    events = list(market(300, 2_000, seed=5))
    pipeline, naive = Pipeline(rules, events), NaiveEngine(tuple(EXCHANGES), START_MS)
    for rule, state in rules:
        naive.load(rule, state)
    total = 0
    for event in events:
        heard = Heard(event.exchange, (event,), event.received_ms)
        told = pipeline.fired(EXCHANGES[event.exchange], frame(event), event.received_ms)
        expect(sorted(told) == sorted(said[0] for said in naive.handle(heard)), f"{event}")
        total += len(told)
    expect(total > 0, "some rules fired")


def _lowered(rule: Rule) -> Rule:
    """A threshold that a small market passes."""
    share = rule.metric.endswith("share") or rule.metric == "imbalance"
    threshold = rule.threshold if share else max(1, rule.threshold // 100)
    values = {name: getattr(rule, name) for name in rule.__struct_fields__}
    return Rule(**{**values, "threshold": threshold, "floor": rule.floor // 100})


def _measure() -> tuple[float, float, int]:
    """Events per second, the 99th percentile in microseconds, and how many rules fired.

    All in processor time of this thread: what else the machine does is left out.
    """
    listed = list(market(_DAY_EVENTS + _MEASURED, _EVERY_MS))
    pipeline = Pipeline(list(people(_RULES)), listed)
    frames = [(EXCHANGES[one.exchange], frame(one), one.received_ms) for one in listed]
    del listed
    waiting = iter(frames)
    for exchange, text, received_ms in islice(waiting, _DAY_EVENTS):
        pipeline.fired(exchange, text, received_ms)
    took: list[float] = []
    fired = 0
    with settled():
        start = thread_time()
        for exchange, text, received_ms in waiting:
            began = thread_time()
            fired += len(pipeline.fired(exchange, text, received_ms))
            took.append(thread_time() - began)
        rate = _MEASURED / (thread_time() - start)
    return rate, sorted(took)[_MEASURED * 99 // 100] * 1e6, fired


def run() -> list[Row]:
    """Raises ``AssertionError`` where the rules that fire are not those of the naive engine."""
    _check()
    rate, slow, fired = _measure()
    what = f"frame to rule ids, 1,000,000 rules, {fired:,} fired in {_MEASURED:,}"
    return [
        Row(f"{what}: rate", f"{rate:,.0f} events/s", "-", "-", f"{_LEAST:,}/s", rate >= _LEAST),
        Row(f"{what}: p99", f"{slow:.0f} µs", "-", "-", f"{_MOST_US} µs", slow <= _MOST_US),
    ]


if __name__ == "__main__":
    for row in run():
        print(row)
