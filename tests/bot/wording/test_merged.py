"""Several alerts in one message: what rings, what is named, what is counted, and nothing lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.clock import DAY_MS, SECOND_MS
from bot.figures import Order
from bot.market import Side
from bot.ports import Waiting
from bot.rules import Alert
from bot.wording.headline import say_size
from bot.wording.length import CAPTION
from bot.wording.merged import MOST_NAMED, merged_message
from bot.wording.text import Message, Moment, Told, Tone
from tests.bot.wording.events import (
    GROUP,
    NOW,
    TENTH,
    actions,
    alert,
    flush,
    hearing,
    lines,
    minutes_ago,
    rule,
)

ALL = alert()
BTC = alert(
    rule("long", 500 * TENTH, id=8, coin="BTC"),
    flush(coin="BTC", long=186.8, short=18.5),
    at_ms=minutes_ago(26),
)
SOL = alert(
    rule(threshold=50 * TENTH, id=9, coin="SOL"), flush(coin="SOL", long=45.2, short=7.4), level=5
)

DRESSED = replace(
    ALL,
    told=Told(
        ("Largest hour in the 59 days watched. BTC −4.9% to $87,020.",),
        (("Slowing: $16M in the last 5 min, $138M in the worst 5",),),
        tuple(
            (f"{number} of the details that there is room for in an alert",) for number in range(6)
        ),
    ),
    why="all.all.1h.lqz4k2f9",
    flush=311,
)
"""With as much as an alert has room for."""


def an_order(tenths: int, minutes: float = 23, number: int = 1) -> Alert:
    """One order of the rule that asks for each above $5M."""
    order = Order(tenths * TENTH, "BTC", "bybit", Side.LONG, minutes_ago(minutes))
    reading = replace(flush(long=tenths / 10, short=0), largest=order, at_ms=minutes_ago(minutes))
    of = rule("order", 50 * TENTH, id=10, coin="BTC")
    return alert(of, reading, episode=number, orders=1, at_ms=minutes_ago(minutes))


def waiting(*alerts: Alert, late_s: float = 0) -> list[Waiting]:
    return [Waiting(each, NOW - round(late_s * SECOND_MS)) for each in alerts]


def test_two_rules_crossed_by_one_event_ring_once_and_lose_nothing() -> None:
    told = merged_message(waiting(BTC, ALL, late_s=3), NOW, "L311")
    assert lines(told) == [
        "🔻 $526M+ liquidated in 1 h · 87% longs",
        "Longs $458M · shorts $68M · imbalance +0.74",
        "BTC $205M · ETH $126M · SOL $53M · rest $142M",
        "Largest order $11.8M: BTC long, Bybit, TIME",
        "Also:",
        "🔻 $187M+ of BTC longs liquidated in 1 h · 91% longs (BTC longs 1h > $50M)",
        "Longs: BTC 91% · ETH 88% · SOL 86%",
        "Bybit $168M · Binance $142M · OKX $90M · 13 more $126M",
        "At least: Binance and OKX publish samples. All 3 exchanges heard.",
        "As of TIME · your alert: all 1h > $500M, crossed TIME · L311",
    ]
    assert told.loud
    assert told.tone is Tone.LONG
    assert actions(told) == ["mute|1h", "alerts|1"]


def test_what_went_furthest_above_what_was_asked_for_comes_first() -> None:
    told = lines(merged_message(waiting(ALL, SOL, BTC), NOW))
    assert told[0] == "🔻 $53M+ of SOL in 1 h · 86% longs. 5 times your $5M."
    also = told[told.index("Also:") + 1 :][:2]
    assert also[0].startswith("🔻 $526M+ liquidated in 1 h") and also[0].endswith(
        "(all 1h > $500M)"
    )
    assert also[1].startswith("🔻 $187M+ of BTC longs")


def test_two_orders_of_one_rule_keep_its_buttons_and_name_it_once() -> None:
    told = merged_message(waiting(an_order(61), an_order(118, number=2)), NOW, "L5")
    assert lines(told)[0] == "🔻 $11.8M BTC long liquidated on Bybit"
    assert "🔻 $6.1M BTC long liquidated on Bybit" in lines(told)
    assert lines(told)[-1].count("BTC order > $5M") == 1
    assert actions(told) == ["mute|1h", "rule|10", "delete|10"]


def test_what_was_held_up_is_a_list_in_order_of_time() -> None:
    four = [an_order(61, 28), BTC, an_order(118, 23, 2), replace(ALL, at_ms=minutes_ago(20))]
    told = merged_message(waiting(*four, late_s=180), NOW, "L9")
    assert lines(told) == [
        "4 of your alerts while I was held up (TIME–TIME):",
        "TIME 🔻 $6.1M BTC long liquidated on Bybit (BTC order > $5M)",
        "TIME 🔻 $187M+ of BTC longs liquidated in 1 h · 91% longs (BTC longs 1h > $50M)",
        "TIME 🔻 $11.8M BTC long liquidated on Bybit (BTC order > $5M)",
        "TIME 🔻 $526M+ liquidated in 1 h · 87% longs (all 1h > $500M)",
        "Each as of its time, up to 3 min late; + is at least, see /sources · L9",
    ]
    assert moments(told) == [minutes_ago(m) for m in (28, 20, 28, 26, 23, 20)]
    assert told.loud
    assert told.tone is Tone.LONG


def test_one_that_was_held_up_for_longer_makes_a_list_of_all() -> None:
    both = [*waiting(BTC, late_s=31), *waiting(ALL, late_s=1)]
    assert lines(merged_message(both, NOW))[0].startswith("2 of your alerts while I was held up")


def test_one_alone_says_how_late_it_is_until_it_is_stale() -> None:
    assert lines(merged_message(waiting(ALL, late_s=30), NOW))[0].startswith("🔻 $526M+")
    late = merged_message(waiting(ALL, late_s=1800), NOW, "L1")
    assert lines(late)[-1].endswith("sent 23 min late · L1")
    assert late.loud


def test_a_stale_one_is_a_line_of_a_summary_and_rings_nobody() -> None:
    told = merged_message(waiting(ALL, late_s=45 * 60), NOW, "L1")
    assert lines(told) == [
        "1 of your alerts came while I could not write:",
        "TIME 🔻 $526M+ liquidated in 1 h · 87% longs",
        "At least: Binance and OKX publish samples. All 3 exchanges heard.",
        "As of TIME · your alert: all 1h > $500M, crossed TIME · sent 38 min late · L1",
    ]
    assert not told.loud
    assert told.tone is Tone.CALM
    assert actions(told) == ["mute|1h", "rule|7", "delete|7"]


def test_a_summary_rings_for_what_is_fresh() -> None:
    stale = waiting(BTC, SOL, late_s=40 * 60)
    assert not merged_message(stale, NOW).loud
    assert lines(merged_message(stale, NOW))[0].startswith(
        "2 of your alerts came while I could not write (TIME–TIME):"
    )
    mixed = merged_message([*stale, *waiting(ALL, late_s=5)], NOW)
    assert mixed.loud
    assert lines(mixed)[0].startswith("3 of your alerts while I was held up")


def test_the_alerts_of_a_group_are_nobodys_own() -> None:
    ours = [replace(each, rule=replace(each.rule, destination=GROUP)) for each in (BTC, ALL)]
    held = merged_message(waiting(*ours, late_s=60), NOW)
    assert lines(held)[0] == "2 alerts of this chat while I was held up (TIME–TIME):"
    stale = merged_message(waiting(ours[0], late_s=3600), NOW)
    assert lines(stale)[0] == "1 alert of this chat came while I could not write:"


def test_more_than_ten_are_counted_with_the_largest_of_them_named() -> None:
    orders = [an_order(50 + n, 60 - n, n) for n in range(47)]
    told = lines(merged_message(waiting(*orders, late_s=90), NOW, "L2"))
    assert told[0].startswith("47 of your alerts")
    assert told[-2] == "and 37 more, the largest $8.6M BTC long at TIME"
    assert told[-1] == "Each as of its time, up to 1 min late · your alert: BTC order > $5M · L2"
    assert [line.split()[2] for line in told[1:-2]] == [f"${8.7 + n / 10:.1f}M" for n in range(10)]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (ALL, "$526M+"),
        (BTC, "$187M+ BTC longs"),
        (SOL, "$53M+ SOL"),
        (an_order(118), "$11.8M BTC long"),
    ],
)
def test_the_largest_is_told_in_a_few_words(told: Alert, said: str) -> None:
    assert say_size(told) == said


def test_times_of_another_day_come_with_their_date() -> None:
    told = merged_message(waiting(BTC, ALL, late_s=DAY_MS / SECOND_MS), NOW)
    styles = [span.style for span in spans(told) if isinstance(span, Moment)]
    assert set(styles) == {"f"}


def test_what_happened_within_a_minute_has_one_time() -> None:
    told = merged_message(waiting(an_order(61), an_order(62, number=2), late_s=60), NOW)
    assert lines(told)[0] == "2 of your alerts while I was held up (TIME):"


COUNTED = re.compile(r"and ([\d,]+) more, .* at TIME")


@given(
    alerts=st.lists(
        st.one_of(
            st.builds(an_order, st.integers(50, 10**6), st.integers(1, 600), st.integers(1, 99)),
            st.sampled_from([ALL, BTC, SOL, DRESSED]),
            st.builds(
                lambda level, coin: alert(
                    rule(coin=coin, id=len(coin)),
                    flush(coin=coin, ears=hearing(since_ms=minutes_ago(4))),
                    level=level,
                ),
                st.sampled_from([1, 2, 5, 10]),
                st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=20),
            ),
        ),
        min_size=1,
        max_size=60,
    ),
    late_s=st.sampled_from([0, 20, 31, 1_000, 2_000, 100_000]),
    apart_s=st.sampled_from([0, 1, 100]),
)
def test_every_alert_is_named_or_counted_and_the_message_is_short(
    alerts: list[Alert], late_s: int, apart_s: int
) -> None:
    oldest_first = [
        Waiting(each, NOW - (late_s + apart_s * (len(alerts) - n)) * SECOND_MS)
        for n, each in enumerate(alerts)
    ]
    message = merged_message(oldest_first, NOW, "L999999")
    told = lines(message)
    named = [line for line in told if line.lstrip("TIME ")[0] in "🔻🔺"]
    counted = sum(int(found[1]) for line in told if (found := COUNTED.fullmatch(line)))
    assert len(named) + counted == len(alerts)
    assert len(named) <= MOST_NAMED + 1
    assert sum(map(len, told)) + len(told) <= CAPTION
    latest_s = late_s + apart_s
    assert message.loud == (latest_s <= 1_800)


def spans(message: Message) -> list[object]:
    return [
        span
        for line in (message.head, *(line for block in message.blocks for line in _of(block)))
        for span in line
    ]


def _of(block: object) -> list[tuple[object, ...]]:
    return list(getattr(block, "lines", None) or [getattr(block, "line", ())])


def moments(message: Message) -> list[int]:
    return [span.at_ms for span in spans(message) if isinstance(span, Moment)]


def test_companions_of_one_flush_ring_once_and_can_be_muted_together() -> None:
    quiet = [replace(one, quiet=True, flush=311, why="w") for one in (ALL, BTC)]
    message = merged_message([Waiting(one, NOW) for one in quiet], NOW)
    assert not message.loud
    assert actions(message) == ["why|w", "hush|311", "alerts|1"]
    rings = merged_message([Waiting(ALL, NOW), Waiting(quiet[1], NOW)], NOW)
    assert rings.loud, "the first has not rung in any flush"
    assert "mute|1h" in actions(rings)


def test_details_give_way_to_the_other_alerts_but_what_it_is_worth_does_not() -> None:
    others = [replace(BTC, rule=rule("long", 500 * TENTH, id=20 + n, coin="BTC")) for n in range(9)]
    told = lines(merged_message(waiting(DRESSED, *others), NOW, "L1"))
    assert sum(line.startswith("🔻 $187M+ of BTC longs") for line in told) >= 2
    assert any(line.endswith("more, the largest $187M+ BTC longs at TIME") for line in told)
    assert told[-1].endswith("in flush F311 · L1")
    alone = lines(merged_message(waiting(DRESSED), NOW))
    assert sum("of the details" in line for line in alone) == 6


def test_alerts_of_one_flush_that_were_held_up_say_once_which() -> None:
    both = [replace(one, flush=311) for one in (BTC, ALL)]
    told = lines(merged_message(waiting(*both, late_s=180), NOW, "L9"))
    assert told[-1].endswith("see /sources · in flush F311 · L9")
    assert sum("F311" in line for line in told) == 1
    mixed = lines(merged_message(waiting(BTC, both[1], late_s=180), NOW, "L9"))
    assert not any("F311" in line for line in mixed)
