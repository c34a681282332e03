"""Of what a source told, what is asked for remains, and what cannot be so is a mistake."""

import math

import pytest
from msgspec.structs import replace

from bot.clock import DAY_MS, MINUTE_MS
from bot.errors import ParseError
from bot.structure.facts import ALL, Candle, Fact, Measure
from bot.structure.sifting import sifted
from bot.structure.source import Told
from tests.bot.structure.keeping import NOW, a_fact, minutes

COINS = ("BTC", "ETH")


def test_what_is_followed_remains_and_all_coins_together() -> None:
    mine = (a_fact(Measure.OI, 0.0), a_fact(Measure.OI_USD, 5.0, coin=ALL))
    candle = minutes(3)[0]
    told = Told(
        (*mine, a_fact(Measure.OI, -1.0, coin="PEPE")), (candle, replace(candle, coin="PEPE"))
    )
    assert sifted(told, COINS, NOW) == Told(mine, (candle,))


@pytest.mark.parametrize(
    "fact",
    [
        a_fact(Measure.OI, -1.0),
        a_fact(Measure.MARK, math.nan),
        a_fact(Measure.VOLUME, math.inf),
        a_fact(Measure.FUNDING, -math.inf),
        a_fact(Measure.LONG_ACCOUNTS, 1.01),
        a_fact(Measure.OI, 1.0, ago_ms=-6 * MINUTE_MS),
        a_fact(Measure.OI, 1.0, ago_ms=NOW - NOW // 1_000),
        a_fact(Measure.OI_USD, math.nan, coin=ALL),
    ],
)
def test_a_value_or_a_time_that_cannot_be_is_a_mistake(fact: Fact) -> None:
    with pytest.raises(ParseError):
        sifted(Told((fact,)), COINS, NOW)


@pytest.mark.parametrize(
    "fact",
    [
        a_fact(Measure.FUNDING, -0.0001),
        a_fact(Measure.LONG_ACCOUNTS, 1.0),
        a_fact(Measure.OI, 1.0, ago_ms=-4 * MINUTE_MS),
        a_fact(Measure.FUNDING, 1.0, ago_ms=900 * DAY_MS),
    ],
)
def test_what_can_be_is_none(fact: Fact) -> None:
    assert sifted(Told((fact,)), COINS, NOW).facts == (fact,)


def test_a_candle_counts_when_it_has_ended() -> None:
    candles = tuple(minutes(3))
    end_ms = candles[-1].end_ms
    for received_ms, many in ((end_ms + 2_000, 3), (end_ms + 1_999, 2), (end_ms - 50_000, 2)):
        assert sifted(Told(candles=candles), COINS, received_ms).candles == candles[:many]


@pytest.mark.parametrize(
    "change",
    [
        {"low": 0.0},
        {"close": math.nan},
        {"high": math.inf},
        {"volume": -1.0},
        {"taker_buys": math.inf},
        {"start_ms": NOW + 6 * MINUTE_MS},
    ],
)
def test_a_candle_that_cannot_be_is_a_mistake(change: dict[str, float]) -> None:
    candle: Candle = replace(minutes(2)[0], **change)
    with pytest.raises(ParseError):
        sifted(Told(candles=(candle,)), COINS, NOW)
    unknown = replace(minutes(2)[0], volume=None, taker_buys=None)
    assert sifted(Told(candles=(unknown,)), COINS, NOW).candles == (unknown,)
