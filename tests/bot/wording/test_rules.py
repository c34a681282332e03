"""What is said about rules."""

from bot.market import USD
from bot.rules import SHARE, Rule
from bot.typed.rule_text import draft_of, parse_rule
from bot.wording.rules import (
    PAGE,
    rule_message,
    rules_message,
    saved_message,
    say_rule,
    say_value,
)
from tests.bot.wording.events import TENTH, actions, labels, lines, rule

M = 10 * TENTH


def longs(**more: object) -> Rule:
    return rule("long", 50 * M, coin="BTC", **more)


def test_rules_are_said_in_their_shortest_words() -> None:
    assert say_rule(longs()) == "BTC longs 1h > $50M"
    assert say_rule(rule()) == "all 1h > $500M"
    assert say_rule(rule("order", 5 * M, coin="BTC")) == "BTC order > $5M"
    share = rule("imbalance", SHARE * 4 // 5, exchange="okx", window="5m", floor=10 * M)
    assert say_rule(share) == "all on OKX imbalance 5m > 80% floor $10M"
    assert parse_rule(say_rule(share), ["BTC"]) == draft_of(share)


def test_values_are_said_in_their_unit() -> None:
    assert say_value("total", 1_400_000 * USD) == "$1.4M"
    assert say_value("imbalance", 870_000_000) == "87%"
    assert say_value("count", 1204) == "1,204"
    assert say_value("imbalance", None) == "unknown"


def test_a_saved_rule_says_how_far_away_it_is() -> None:
    told = saved_message(longs(), 14 * TENTH)
    assert lines(told) == ["Set: BTC longs > $50M in 1 h.", "Now $1.4M, $48.6M away."]
    assert actions(told) == ["pause|7", "delete|7"]


def test_a_rule_saved_above_its_value_says_so_at_once() -> None:
    told = lines(saved_message(rule("long", M, coin="BTC"), 14 * TENTH))
    assert told[0] == "Set: BTC longs > $1M in 1 h."
    assert told[1] == "Already there: $1.4M. I write when it falls back and rises again."


def test_a_saved_share_tells_points_or_that_it_is_unknown() -> None:
    share = rule("imbalance", SHARE * 4 // 5)
    assert lines(saved_message(share, SHARE * 7 // 10))[1] == "Now 70%, 10 points away."
    unknown = "Now unknown: it takes $5M in 1 h before a share counts."
    assert lines(saved_message(share, None))[1] == unknown


def test_an_order_rule_has_no_value_now() -> None:
    told = lines(saved_message(rule("order", 5 * M), None))
    assert told == [
        "Set: all order > $5M.",
        "I write for each such order; a burst within 15 s is one message.",
    ]


def test_the_list_is_nearest_first_and_paused_last() -> None:
    entries = [
        (rule("total", 5 * M, id=3, coin="SOL", window="15m", paused=True), 9 * M),
        (rule("total", 150 * M, id=2), 82 * TENTH),
        (longs(id=1), 14 * TENTH),
    ]
    told = rules_message(entries)
    assert lines(told) == [
        "Your alerts, nearest first",
        "1  all 1h > $150M · now $8.2M",
        "2  BTC longs 1h > $50M · now $1.4M",
        "3  SOL 15m > $5M · paused",
    ]
    assert actions(told) == ["rule|2", "rule|1", "rule|3"]


def test_a_long_list_has_pages_that_hold_every_rule_once() -> None:
    entries = [(longs(id=n), n * M) for n in range(1, 51)]
    told = [rules_message(entries, page) for page in (1, 2, 3)]
    ids = [action for page in told for action in actions(page) if action.startswith("rule|")]
    assert sorted(ids) == sorted(f"rule|{n}" for n in range(1, 51))
    assert len(lines(told[0])) == PAGE + 1
    assert labels(told[1])[-1] == ["‹ Nearer", "Further ›"]
    assert rules_message(entries, 99) == told[2]


def test_no_alerts_is_an_invitation() -> None:
    assert lines(rules_message([]))[0] == "No alerts yet."


def test_one_rule_can_be_paused_or_resumed_and_deleted() -> None:
    assert actions(rule_message(longs(), 0)) == ["pause|7", "delete|7", "alerts|1"]
    paused = rule_message(longs(paused=True), 0)
    assert actions(paused)[0] == "resume|7"
    assert lines(paused)[:2] == ["BTC longs > $50M in 1 h.", "Paused."]
