"""The answers to /liqs, /imbalance and /top."""

from bot.clock import HOUR_MS, MINUTE_MS
from bot.figures import Deaf, Reading
from bot.typed.rule_text import parse_question
from bot.wording.reading import imbalance_message, liqs_message, top_message
from tests.bot.wording.events import (
    NOW,
    actions,
    flush,
    hearing,
    labels,
    lines,
    minutes_ago,
)

OTHERS: tuple[Reading, ...] = (
    flush(span_ms=24 * HOUR_MS, long=624.5, short=146.5),
    flush(span_ms=5 * MINUTE_MS, long=10.6, short=5.4),
    flush(span_ms=15 * MINUTE_MS, long=67.6, short=21.4),
    flush(span_ms=4 * HOUR_MS, long=478.2, short=77.8),
)


def test_liqs_tells_total_coins_windows_largest_and_exchanges() -> None:
    told = liqs_message(flush(), OTHERS)
    assert lines(told) == [
        "Liquidations · all coins · 1 h",
        "$526M+ · 87% longs · 9,214 orders",
        "|total|longs",
        "BTC|$205M|91%",
        "ETH|$126M|88%",
        "SOL|$53M|86%",
        "XRP|$26M|84%",
        "rest|$116M|80%",
        "5m $16M · 15m $89M · 4h $556M · 24h $771M",
        "Largest order $11.8M: BTC long, Bybit, TIME",
        "Bybit 32% · Binance 27% · OKX 17% · 13 more 24%",
        "At least: Binance and OKX publish samples. All 3 exchanges heard.",
    ]
    assert not told.loud


def test_the_buttons_of_liqs_ask_again_in_other_words() -> None:
    told = liqs_message(flush(), OTHERS)
    assert labels(told) == [
        ["5m", "15m", "• 1h", "4h", "24h"],
        ["• All", "BTC", "ETH", "SOL"],
        ["↻ 02:04 UTC", "🔔 Alert me on this"],
    ]
    assert "liqs|all|5m" in actions(told)
    assert "liqs|BTC|1h" in actions(told)
    assert "alertme|all|1h" in actions(told)


def test_every_button_is_a_question_that_is_understood() -> None:
    reading = flush(coin="DOGE", exchange="binance")
    for message in (liqs_message(reading), imbalance_message(reading), top_message(reading)):
        for action in actions(message):
            _, *words = action.split("|")
            parse_question(" ".join(words), ["BTC", "ETH", "SOL", "DOGE"])


def test_a_coin_beside_the_main_ones_gets_its_button() -> None:
    told = liqs_message(flush(coin="DOGE"))
    assert labels(told)[1] == ["All", "BTC", "ETH", "SOL", "• DOGE"]


def test_one_coin_is_told_by_its_exchanges() -> None:
    told = lines(liqs_message(flush(coin="BTC")))
    assert told[0] == "Liquidations · BTC · 1 h"
    assert told[3:5] == ["Bybit|$168M|87%", "Binance|$142M|87%"]
    assert not any("32%" in line for line in told)


def test_windows_that_have_not_run_are_told_once_with_their_start() -> None:
    young = hearing(since_ms=minutes_ago(90))
    others = [
        flush(span_ms=5 * MINUTE_MS, long=10.6, short=5.4, ears=young),
        flush(span_ms=4 * HOUR_MS, long=500, short=30, ears=young),
        flush(span_ms=24 * HOUR_MS, long=500, short=30, ears=young),
    ]
    assert "5m $16M · since TIME $530M" in lines(liqs_message(flush(ears=young), others))


def test_an_unknown_is_not_shown_as_a_zero() -> None:
    off = tuple(Deaf(e, minutes_ago(3), None, "closed") for e in ("binance", "bybit", "okx"))
    deaf = flush(coin="SOL", long=0, short=0, count=0, ears=hearing(deaf=off))
    for message in (liqs_message(deaf), imbalance_message(deaf), top_message(deaf)):
        assert lines(message)[1] == "⚠️ I cannot tell: Binance, Bybit and OKX off since TIME."
        assert not any("$0" in line or "0%" in line for line in lines(message))


def test_imbalance_tells_the_windows_and_the_leading_coins() -> None:
    assert lines(imbalance_message(flush(), OTHERS)) == [
        "Imbalance · all coins · 1 h",
        "+0.74 over 1 h: 87% of $526M+ were longs",
        "|longs|imb.|total",
        "5m|66%|+0.33|$16M",
        "15m|76%|+0.52|$89M",
        "1h|87%|+0.74|$526M",
        "4h|86%|+0.72|$556M",
        "24h|81%|+0.62|$771M",
        "BTC +0.82 · ETH +0.76 · SOL +0.72 · XRP +0.68",
        "+1 only longs, 0 even, −1 only shorts. "
        "At least: Binance and OKX publish samples. All 3 exchanges heard.",
    ]


def test_too_little_is_no_imbalance() -> None:
    told = lines(imbalance_message(flush(coin="SOL", long=0.1, short=0, count=3)))
    assert told[1] == "Too little to tell: $100k in 3 orders. I need $1M."
    assert told[3] == "1h|–|–|$100k"


def test_top_tells_coins_and_exchanges() -> None:
    told = top_message(flush())
    said = lines(told)
    assert said[0] == "Top coins · 1 h"
    assert said[3] == "BTC|$205M|91%"
    assert said[7] == "DOGE|$18M|83%"
    assert said[13] == "rest|$49M|79%"
    assert "Bybit|$168M|87%" in said
    assert "top|all|4h" in actions(told)


def test_top_of_one_coin_tells_its_exchanges_under_its_name() -> None:
    told = lines(top_message(flush(coin="BTC")))
    assert told[0] == "Top exchanges · BTC · 1 h"
    assert told[3] == "Bybit|$168M|87%"
    assert "BTC|$205M|91%" not in told
    alone = lines(top_message(flush(coin="BTC", exchange="okx")))
    assert alone[0] == "Top exchanges · BTC on OKX · 1 h"
    assert lines(top_message(flush(exchange="okx")))[0] == "Top coins on OKX · 1 h"


def test_a_window_that_has_hardly_begun_has_no_imbalance_beside_the_one_asked_for() -> None:
    young = hearing(since_ms=minutes_ago(90))
    day = flush(span_ms=24 * HOUR_MS, long=500, short=30, ears=young)
    told = lines(imbalance_message(flush(ears=young), [day]))
    assert told[3:5] == ["1h|87%|+0.74|$526M", "24h|–|–|–"]
    asked = lines(imbalance_message(day, [flush(ears=young)]))
    assert asked[4] == "24h|94%|+0.89|$530M"


def test_messages_say_the_time_they_were_asked() -> None:
    assert labels(top_message(flush()))[-1] == ["↻ 02:04 UTC"]
    assert flush().at_ms == NOW
