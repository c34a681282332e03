"""Rules that come in as columns are the rules that come in one by one."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.columns import SEPARATOR, RuleColumns
from bot.engine.engine import Engine
from bot.events import RuleRemoved, Tick
from bot.exchanges.dialect import Publication
from bot.market import USD
from bot.rules import Destination, Rule, RuleState
from tests.torture import times

START = 1_700_000_000_000

Pair = tuple[Rule, RuleState]


def columns(pairs: list[Pair]) -> RuleColumns:
    rows = [
        (
            rule.id,
            rule.destination.platform,
            rule.destination.chat,
            rule.destination.thread,
            rule.author,
            SEPARATOR.join((rule.coin or "", rule.exchange or "", rule.window, rule.metric)),
            rule.threshold,
            rule.floor,
            rule.created_ms,
            state.armed + 2 * rule.paused + 4 * rule.destination.direct + 8 * state.level,
            state.episode,
        )
        for rule, state in pairs
    ]
    return RuleColumns(*zip(*rows, strict=True))


@st.composite
def pairs(draw: st.DrawFn) -> list[Pair]:
    made = []
    for rule_id in draw(st.lists(st.integers(1, 30), unique=True, min_size=1)):
        metric = draw(st.sampled_from(["total", "count", "imbalance", "order", "mood"]))
        rule = Rule(
            id=rule_id,
            destination=Destination(
                draw(st.sampled_from(["telegram", "discord"])),
                draw(st.integers(-(2**62), 2**62)),
                draw(st.sampled_from([0, 2**61])),
                draw(st.booleans()),
            ),
            author=draw(st.integers(0, 2**62)),
            coin=draw(st.sampled_from([None, "BTC"])),
            exchange=draw(st.sampled_from([None, "okx"])),
            window="" if metric == "order" else draw(st.sampled_from(["5m", "24h", "7m"])),
            metric=metric,
            threshold=draw(st.integers(1, 50_000_000_000 * USD)),
            floor=draw(st.sampled_from([0, 5 * USD])),
            paused=draw(st.booleans()),
            created_ms=draw(st.integers(0, 2**41)),
        )
        armed = draw(st.booleans()) or rule.paused or metric == "order"
        level = 0 if armed else draw(st.sampled_from([0, 1]))
        made.append((rule, RuleState(rule.id, armed, draw(st.integers(0, 9)), level)))
    return made


def engine() -> Engine:
    return Engine({"okx": Publication("complete")}, START)


def understood(pair: Pair) -> bool:
    rule, _ = pair
    return rule.metric == "order" or (rule.metric != "mood" and rule.window != "7m")


@settings(max_examples=times(50), deadline=None)
@given(pairs(), st.integers(1, 5), st.booleans())
def test_columns_and_pairs_load_the_same(loaded: list[Pair], size: int, ascending: bool) -> None:
    if ascending:
        loaded.sort(key=lambda pair: pair[0].id)
    one, other = engine(), engine()
    expected = {rule.id: rule for rule, _ in filter(understood, loaded)}
    assert one.load(loaded) == len(expected)
    batches = [loaded[start : start + size] for start in range(0, len(loaded), size)]
    assert sum(other.take_columns(columns(batch)) for batch in batches) == len(expected)
    other.begin()
    for loader in (one, other):
        assert {rule.id: rule for rule in loader.rules()} == expected
    later = Tick(START + 86_400_000)
    assert sorted(map(repr, one.handle(later).states)) == sorted(
        map(repr, other.handle(later).states)
    )


def test_a_removed_rule_is_not_held_any_more() -> None:
    loaded = engine()
    rule = Rule(3, Destination("telegram", 1), 1, None, None, "5m", "total", 7)
    loaded.load([(rule, RuleState(3))])
    loaded.handle(RuleRemoved(3))
    loaded.handle(RuleRemoved(4))
    assert list(loaded.rules()) == []


def test_more_floors_than_two_bytes_can_tell_apart_are_kept() -> None:
    many = 0xFFFF + 3
    loaded = engine()
    somewhere = Destination("telegram", 1)
    loaded.load(
        (
            Rule(number, somewhere, 1, None, None, "5m", "total", 7, floor=number),
            RuleState(number),
        )
        for number in range(1, many + 1)
    )
    assert [rule.floor for rule in loaded.rules()] == list(range(1, many + 1))
