"""The engine through a busy hour, where figures creep towards thresholds from both sides."""

import random
from decimal import Decimal

import pytest

from bot.engine.engine import Engine
from bot.events import Event, Heard, Tick
from bot.exchanges.dialect import Publication
from bot.market import USD, Liquidation, Side
from bot.rules import Destination, Rule, RuleState
from tests.bot.engine.naive_engine import NaiveEngine
from tests.torture import times

START = 1_700_000_000_000
EXCHANGES = ("binance", "bybit")
AMOUNTS = ("total", "long", "short", "largest")
SHARES = ("imbalance", "long_share", "short_share")


def rules(chance: random.Random, count: int) -> list[Rule]:
    made = []
    for number in range(1, count + 1):
        metric = chance.choice((*AMOUNTS, *SHARES, "count"))
        if metric in SHARES:
            threshold = chance.randrange(510, 1_000) * 1_000_000
        elif metric == "largest":
            threshold = chance.randrange(4, 40) * USD
        else:
            threshold = chance.randrange(3, 150) * (1 if metric == "count" else USD)
        made.append(
            Rule(
                number,
                Destination("telegram", 1),
                1,
                chance.choice((None, "BTC")),
                chance.choice((None, "bybit")),
                chance.choice(("5m", "15m")),
                metric,
                threshold,
                chance.choice((1, 40, 80)) * USD,
            )
        )
    return made


def hour(chance: random.Random, frames: int) -> list[Event]:
    """Sides lean one way for a while, and then the other."""
    events: list[Event] = []
    now_ms = START
    for number in range(frames):
        now_ms += chance.choice((1_000, 5_000, 20_000, 20_000, 60_000))
        if chance.random() < 0.2:
            events.append(Tick(now_ms))
            continue
        exchange = chance.choice(EXCHANGES)
        lean = 0.85 if number // 40 % 2 else 0.2
        dollars = Decimal(chance.choice((1, 2, 3, 5, 8, 8, 13, 40)))
        side = Side.LONG if chance.random() < lean else Side.SHORT
        coin = chance.choice(("BTC", "ETH"))
        at_ms = now_ms - chance.choice((0, 0, 0, 700, 30_000))
        event = Liquidation(exchange, coin, coin, side, Decimal(1), dollars, dollars, at_ms, now_ms)
        events.append(Heard(exchange, (event,), now_ms))
    return events


@pytest.mark.parametrize(("count", "hours"), [(1, times(40)), (3, times(9)), (40, times(2))])
def test_every_rule_speaks_and_is_armed_when_the_naive_engine_says_so(
    count: int, hours: int
) -> None:
    """A rule alone is not looked at because of its neighbours."""
    spoken = armed_again = 0
    for seed in range(hours):
        more = live(random.Random(seed), count)
        spoken, armed_again = spoken + more[0], armed_again + more[1]
    assert spoken > times(5)
    assert armed_again > times(5)


def live(chance: random.Random, count: int) -> tuple[int, int]:
    """How often rules spoke and were armed again in one hour, both engines agreeing."""
    wishes = rules(chance, count)
    naive = NaiveEngine(EXCHANGES, START)
    engine = Engine({name: Publication("complete") for name in EXCHANGES}, START)
    stored = {rule.id: RuleState(rule.id) for rule in wishes}
    engine.load((rule, stored[rule.id]) for rule in wishes)
    for rule in wishes:
        naive.load(rule, stored[rule.id])
    spoken = armed_again = 0
    for event in hour(chance, 200):
        expected = naive.handle(event)
        caused = engine.handle(event)
        assert {(a.rule.id, a.episode, a.level, a.value) for a in caused.alerts} == expected
        stored |= {state.rule: state for state in caused.states}
        assert stored == {rule_id: memo.state for rule_id, memo in naive.memos.items()}
        spoken += len(expected)
        armed_again += sum(state.armed for state in caused.states)
    return spoken, armed_again
