"""Alerts, against the invented hour of the standard of tone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.figures import Deaf, Order, Split
from bot.market import USD, Side
from bot.metrics import METRICS, Unit
from bot.rules import SHARE, WINDOWS, Notice
from bot.wording.alert import alert_message, sample_alert
from bot.wording.headline import headline
from bot.wording.notice import hearing_again, not_hearing, notice_message
from bot.wording.text import Told, Tone
from tests.bot.wording.events import (
    GROUP,
    ME,
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
from tests.fakes import a_source

CAPTION = 1_000
"""Visible characters that also fit under a picture."""


def test_an_alert_says_side_amount_span_and_share_and_then_what_is_in_it() -> None:
    off = Deaf("okx", minutes_ago(23), None, "closed")
    told = alert_message(alert(reading=flush(ears=hearing(deaf=(off,)))), NOW, "L311")
    assert lines(told) == [
        "🔻 $526M+ liquidated in 1 h · 87% longs",
        "Longs $458M · shorts $68M · imbalance +0.74",
        "BTC $205M · ETH $126M · SOL $53M · rest $142M",
        "Largest order $11.8M: BTC long, Bybit, TIME",
        "Longs: BTC 91% · ETH 88% · SOL 86%",
        "Bybit $168M · Binance $142M · OKX $90M · 13 more $126M",
        "At least: Binance and OKX publish samples. 2 of 3 exchanges heard; OKX off since TIME.",
        "As of TIME · your alert: all 1h > $500M, crossed TIME · L311",
    ]
    assert told.loud
    assert told.tone is Tone.LONG
    assert actions(told) == ["mute|1h", "rule|7", "delete|7"]


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("total", "🔻 $526M+ liquidated in 1 h · 87% longs"),
        ("long", "🔻 $458M+ of longs liquidated in 1 h · 87% of all"),
        ("short", "🔺 $68M+ of shorts liquidated in 1 h · 13% of all"),
        ("imbalance", "🔻 87% longs in 1 h: $526M+ liquidated"),
        ("long_share", "🔻 87% longs in 1 h: $526M+ liquidated"),
        ("short_share", "🔺 13% shorts in 1 h: $526M+ liquidated"),
        ("largest", "🔻 $11.8M BTC long on Bybit: largest in 1 h"),
        ("count", "🔻 9,214+ orders liquidated in 1 h · 87% longs"),
        ("order", "🔻 $11.8M BTC long liquidated on Bybit"),
    ],
)
def test_each_metric_has_its_headline(metric: str, said: str) -> None:
    assert headline(alert(rule(metric))) == said


def test_no_metric_goes_without_a_headline() -> None:
    for metric in METRICS:
        assert headline(alert(rule(metric)))[0] in "🔻🔺"


def test_a_coin_and_an_exchange_are_named_in_the_headline() -> None:
    reading = flush(coin="BTC", exchange="binance", long=186.8, short=18.5)
    told = headline(alert(rule(coin="BTC", exchange="binance"), reading))
    assert told == "🔻 $205M+ of BTC liquidated on Binance in 1 h · 91% longs"
    assert headline(alert(rule("imbalance"), reading)) == (
        "🔻 BTC 91% longs on Binance in 1 h: $205M+ liquidated"
    )


def test_a_burst_of_orders_is_told_together() -> None:
    burst = flush(long=20.3, short=3.0, span_ms=15_000)
    told = headline(alert(rule("order", 50 * TENTH), burst, orders=3))
    assert told == "🔻 $23.3M in 3 orders within 15 s · 87% longs"


def test_an_escalation_says_how_far_it_went() -> None:
    reading = flush(long=897.6, short=122.4)
    assert headline(alert(reading=reading, level=2)) == (
        "🔻 $1.02B+ in 1 h · 88% longs. Twice your $500M."
    )
    group = alert(rule(destination=GROUP), reading, level=10)
    assert headline(group).endswith("10 times the $500M.")


def test_shorts_have_their_own_sign_and_colour() -> None:
    told = alert_message(alert(reading=flush(long=68.3, short=458.1)), NOW)
    assert lines(told)[0] == "🔺 $526M+ liquidated in 1 h · 87% shorts"
    assert told.tone is Tone.SHORT
    even = alert_message(alert(reading=flush(long=100, short=90)), NOW)
    assert even.tone is Tone.EVEN


def test_nothing_is_at_least_where_all_was_heard() -> None:
    reading = flush(ears=hearing(sampled=()))
    assert headline(alert(reading=reading)) == "🔻 $526M liquidated in 1 h · 87% longs"


def test_a_late_alert_says_so_and_a_punctual_one_does_not() -> None:
    def last(late_s: int) -> str:
        return lines(alert_message(alert(), NOW + late_s * 1000, "L1"))[-1]

    assert "late" not in last(30)
    assert last(180).endswith("crossed TIME · sent 3 min late · L1")


def test_an_alert_of_a_group_is_nobodys_own() -> None:
    told = alert_message(alert(rule(destination=GROUP)), NOW)
    assert "alert of this chat: all 1h > $500M" in lines(told)[-1]


def test_a_young_window_is_said_in_the_alert() -> None:
    told = lines(alert_message(alert(reading=flush(ears=hearing(since_ms=minutes_ago(4)))), NOW))
    assert told[-2].startswith("Listening for 4 min. The full hour is there at TIME.")


def test_a_test_is_marked_before_anything_else_and_rings_nobody() -> None:
    told = alert_message(sample_alert(ME, NOW), NOW)
    assert lines(told)[:2] == [
        "TEST · invented numbers",
        "🔻 $526M+ liquidated in 1 h · 87% longs",
    ]
    assert not told.loud
    assert told.buttons == ()
    remarked = notice_message(Notice("Posted by /setup, nobody was pinged.", NOW, "test"))
    assert lines(remarked)[:2] == [
        "TEST · invented numbers",
        "Posted by /setup, nobody was pinged.",
    ]


def test_the_invented_hour_adds_up() -> None:
    reading = sample_alert(ME, NOW).reading
    for parts in (reading.coins, reading.exchanges):
        assert sum(part.long for part in parts) == reading.long
        assert sum(part.short for part in parts) == reading.short
        assert [p.total for p in parts] == sorted((p.total for p in parts), reverse=True)


def test_notices_are_said_as_they_are() -> None:
    binance, okx = a_source("binance", "deaf", "HTTP 451"), a_source("okx")
    text = not_hearing([binance], NOW, 3)
    assert text == "⚠️ Not hearing Binance since 02:04 UTC (HTTP 451). Totals miss it."
    assert lines(notice_message(Notice(text, NOW))) == [text]
    assert hearing_again([okx], minutes_ago(12), NOW) == (
        "OKX is back after 12 min. It has no history, so 01:52–02:04 UTC stays unknown."
    )


COINS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=20)
NAMES = st.sampled_from(["binance", "bybit", "okx", "hyperliquid"])
SUMS = st.integers(1, 10**12 * USD)


@given(
    metric=st.sampled_from(list(METRICS)),
    coin=st.none() | COINS,
    exchange=st.none() | NAMES,
    window=st.sampled_from(list(WINDOWS)),
    long=SUMS,
    short=SUMS,
    threshold=st.integers(1000, 50 * 10**11),
    orders=st.integers(1, 10**6),
    level=st.sampled_from([1, 2, 5, 10]),
    parts=st.lists(COINS, max_size=30, unique=True),
)
def test_every_alert_fits_a_caption_and_every_headline_a_lock_screen(
    metric: str,
    coin: str | None,
    exchange: str | None,
    window: str,
    long: int,
    short: int,
    threshold: int,
    orders: int,
    level: int,
    parts: list[str],
) -> None:
    unit = METRICS[metric].unit
    if unit is Unit.SHARE:
        threshold = threshold % (SHARE // 2 - 1) + SHARE // 2 + 1
    elif unit is Unit.USD:
        threshold = threshold * USD // 100
    gaps = tuple(Deaf(n, minutes_ago(9), None, "closed") for n in ("okx", "hyperliquid"))
    of = rule(metric, threshold, coin=coin, exchange=exchange)
    reading = flush(span_ms=WINDOWS[window], coin=coin, exchange=exchange)
    changed = type(reading)(
        coin=coin,
        exchange=exchange,
        span_ms=WINDOWS[window],
        at_ms=NOW,
        long=long,
        short=short,
        count=10**6,
        largest=Order(max(long, short), coin or "BTC", exchange or "okx", Side.LONG, NOW),
        coins=tuple(Split(name, long, short) for name in parts),
        exchanges=tuple(Split(name, long, short) for name in ("binance", "hyperliquid")),
        hearing=hearing(deaf=gaps, since_ms=minutes_ago(4), unpriced=3),
        complete=False,
    )
    message = alert_message(alert(of, changed, level=level, orders=orders), NOW + 10**8, "L999999")
    told = lines(message)
    common = len(coin or "") <= 8 and level == 1
    assert len(told[0]) <= (60 if common else 90)
    assert sum(map(len, told)) + len(told) <= CAPTION


def test_an_alert_says_why_it_matters_and_what_stands_out() -> None:
    told = Told(
        ("Largest hour in 92 days. BTC −4.9% to $87,020.",),
        (("Slowing: $16M in the last 5 min, $138M in the worst 5",),),
        (("Alts follow BTC by 4 min",),),
    )
    message = alert_message(replace(alert(), told=told, why="all.all.1h.x", flush=311), NOW)
    assert lines(message)[1:2] == ["Largest hour in 92 days. BTC −4.9% to $87,020."]
    facts = lines(message)[2:6]
    assert facts[-1] == "Slowing: $16M in the last 5 min, $138M in the worst 5"
    assert lines(message)[6] == "Alts follow BTC by 4 min", "before the coins' sides"
    assert lines(message)[-1].endswith("crossed TIME · in flush F311")
    assert actions(message) == ["why|all.all.1h.x", "hush|311", "rule|7", "delete|7"]
    assert message.loud


def test_what_has_rung_in_its_flush_before_comes_silently() -> None:
    assert not alert_message(replace(alert(), quiet=True, flush=311), NOW).loud
