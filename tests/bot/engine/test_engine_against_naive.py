"""The engine against one that judges every rule anew after every event."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.engine import Engine
from bot.events import Event, Heard, RuleRemoved, RuleSaved, Tick
from bot.exchanges.dialect import Publication
from bot.market import USD, Gap, Liquidation, Side
from bot.rules import WINDOWS, Alert, Destination, Rule, RuleState
from tests.bot.engine.naive_engine import Evidence, NaiveEngine
from tests.torture import times

START = 1_700_000_000_000
COINS = ("BTC", "ETH")
EXCHANGES = ("binance", "bybit")
MINUTE = 60_000
AMOUNTS = ("total", "long", "short", "largest")
SHARES = ("imbalance", "long_share", "short_share")
ME = Destination("telegram", 7)


@st.composite
def rules(draw: st.DrawFn, rule_id: int) -> Rule:
    metric = draw(st.sampled_from([*AMOUNTS, *SHARES, "count"]))
    if metric in SHARES:
        threshold = draw(st.sampled_from([510_000_000, 600_000_000, 800_000_000, 999_999_999]))
    elif metric == "count":
        threshold = draw(st.integers(1, 6))
    else:
        threshold = draw(st.integers(1, 40)) * USD
    return Rule(
        id=rule_id,
        destination=ME,
        author=7,
        coin=draw(st.sampled_from([None, *COINS])),
        exchange=draw(st.sampled_from([None, *EXCHANGES])),
        window=draw(st.sampled_from(["5m", "5m", "5m", "15m", "30m", "24h"])),
        metric=metric,
        threshold=threshold,
        floor=draw(st.sampled_from([0, 1, 10 * USD, 30 * USD])),
        paused=draw(st.sampled_from([False, False, False, True])),
    )


@st.composite
def states(draw: st.DrawFn, rule: Rule) -> RuleState:
    armed = draw(st.booleans()) or rule.paused
    level = 0 if armed else draw(st.sampled_from([0, 1, 2, 5, 10]))
    if rule.metric in SHARES:
        level = min(level, 1)
    return RuleState(rule.id, armed, draw(st.integers(0, 3)), level)


@st.composite
def heard(draw: st.DrawFn, now: int) -> Heard:
    exchange = draw(st.sampled_from(EXCHANGES))
    events = tuple(
        Liquidation(
            exchange=exchange,
            symbol="X",
            coin=draw(st.sampled_from(COINS)),
            side=draw(st.sampled_from(list(Side))),
            price=Decimal(1),
            quantity=Decimal(1),
            notional=draw(st.none() | st.integers(0, 40).map(Decimal)),
            time_ms=now - draw(st.sampled_from([-5, 0, 0, 0, 1, 30_000, 60_000, 60_001])),
            received_ms=now,
        )
        for _ in range(draw(st.integers(0, 4)))
    )
    return Heard(exchange, events, now)


@st.composite
def journeys(draw: st.DrawFn) -> tuple[list[tuple[Rule, RuleState]], list[Event]]:
    loaded = []
    for rule_id in range(1, draw(st.integers(1, 8)) + 1):
        rule = draw(rules(rule_id))
        loaded.append((rule, draw(states(rule))))
    now, open_gaps, events = START, {}, []
    for _ in range(draw(st.integers(1, 30))):
        now += draw(st.sampled_from([0, 1, 1_000, MINUTE, 2 * MINUTE, 4 * MINUTE, 5 * MINUTE]))
        kind = draw(st.sampled_from(["heard"] * 6 + ["tick", "tick", "gap", "save", "remove"]))
        event: Event
        if kind == "heard":
            event = draw(heard(now))
        elif kind == "tick":
            now += draw(st.sampled_from([0, *WINDOWS.values()][:4]))
            event = Tick(now)
        elif kind == "gap":
            event = draw(gaps(now, open_gaps))
        elif kind == "save":
            rule = draw(rules(draw(st.integers(1, 10))))
            event = RuleSaved(rule, RuleState(rule.id))
        else:
            event = RuleRemoved(draw(st.integers(1, 10)))
        events.append(event)
    return loaded, events


@st.composite
def gaps(draw: st.DrawFn, now: int, open_gaps: dict[tuple[str, str], int]) -> Gap:
    """Opened, and then closed: sometimes with another at the same moment."""
    stream = (draw(st.sampled_from(EXCHANGES)), draw(st.sampled_from(["a", "b"])))
    if stream in open_gaps:
        return Gap(*stream, open_gaps.pop(stream), now, "gone")
    open_gaps[stream] = now
    return Gap(*stream, now, None, "gone")


@settings(max_examples=times(50), deadline=None)
@given(journeys())
def test_every_rule_speaks_when_the_naive_engine_says_so(
    journey: tuple[list[tuple[Rule, RuleState]], list[Event]],
) -> None:
    loaded, events = journey
    naive = NaiveEngine(EXCHANGES, START)
    engine = Engine({name: Publication("complete") for name in EXCHANGES}, START)
    assert engine.load(loaded) == len(loaded)
    stored = {}
    for rule, state in loaded:
        naive.load(rule, state)
        stored[rule.id] = state
    for event in events:
        expected = naive.handle(event)
        caused = engine.handle(event)
        spoken = {(a.rule.id, a.episode, a.level, a.value) for a in caused.alerts}
        assert spoken == expected
        assert len(caused.alerts) == len(expected)
        for state in caused.states:
            stored[state.rule] = state
        for rule_id, memo in naive.memos.items():
            if not memo.rule.paused:
                assert stored[rule_id] == memo.state
            silent = memo.rule.exchange is not None and naive.silent(
                memo.rule.exchange, naive.now - WINDOWS[memo.rule.window]
            )
            if memo.rule.exchange is not None and not silent:
                assert engine.value(memo.rule) == naive.value(memo.rule)
        for alert in caused.alerts:
            said = (alert.rule.id, alert.episode, alert.level, alert.value)
            assert evidence_of(alert) == naive.evidence[said]


def evidence_of(alert: Alert) -> Evidence:
    reading = alert.reading
    return (
        (reading.long, reading.short, reading.count),
        list(reading.coins),
        list(reading.exchanges),
        reading.largest,
        reading.complete,
    )
