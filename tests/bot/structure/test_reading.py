"""Numbers, candles, names and settlements of any source."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import HOUR_MS, MINUTE_MS
from bot.errors import ParseError
from bot.structure import reading
from bot.structure.contracts import Contract, Contracts, named
from bot.structure.settled import per_hour
from bot.structure.source import RefusedError


@pytest.mark.parametrize("told", ["1.5", 1.5, "1e2", "0", "-3"])
def test_a_number_may_stand_in_quotes(told: reading.Number) -> None:
    assert reading.number(told) == float(told)


@pytest.mark.parametrize(
    "told", ["", "nan", "inf", "-Infinity", "1_0", " 1", "0x1", "1e19", "9" * 400]
)
def test_what_is_no_number_or_cannot_be_is_refused(told: str) -> None:
    with pytest.raises(ParseError):
        reading.number(told)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (reading.amount, "-0.1"),
        (reading.price, "0"),
        (reading.price, "1e9"),
        (reading.rate, "1.5"),
        (reading.rate, "-1.5"),
        (reading.share, "1.01"),
        (reading.share, "-0.01"),
    ],
)
def test_a_number_outside_of_its_kind_is_refused(
    kind: Callable[[reading.Number], float], told: str
) -> None:
    with pytest.raises(ParseError):
        kind(told)


def test_a_candle_of_a_thousand_coins_is_told_for_one() -> None:
    told = reading.candle(
        "binance", "PEPE", False, MINUTE_MS, 0, ("1", "4", "1", "2"), "50", "20", multiple=1000
    )
    assert (told.open, told.high, told.low, told.close) == (0.001, 0.004, 0.001, 0.002)
    assert (told.volume, told.taker_buys, told.taker_sells) == (50, 20, 30)


@pytest.mark.parametrize(
    ("start", "prices", "volume", "buys"),
    [
        (0, ("1", "2", "1.5", "1.2"), "1", "1"),
        (0, ("3", "2", "1", "1.2"), "1", "1"),
        (0, ("0", "2", "0", "1"), "1", "1"),
        (1, ("1", "2", "1", "2"), "1", "1"),
        (0, ("1", "2", "1", "2"), "-1", None),
        (0, ("1", "2", "1", "2"), "1", "1.1"),
    ],
)
def test_a_candle_that_cannot_be_is_refused(
    start: int, prices: tuple[str, ...], volume: str, buys: str | None
) -> None:
    with pytest.raises(ParseError):
        reading.candle("okx", "BTC", False, MINUTE_MS, start, prices, volume, buys)


@pytest.mark.parametrize(
    ("asset", "name", "multiple"),
    [
        ("BTC", "BTC", 1),
        ("1000PEPE", "PEPE", 1_000),
        ("kPEPE", "PEPE", 1_000),
        ("1MBABYDOGE", "BABYDOGE", 1_000_000),
        ("SHIB1000", "SHIB", 1_000),
        ("1INCH", "1INCH", 1),
        ("10000SATS", "SATS", 10_000),
    ],
)
def test_a_contract_of_many_coins_is_known_by_its_name(
    asset: str, name: str, multiple: int
) -> None:
    assert named(asset) == (name, multiple)


def test_coins_have_their_usual_contract_until_the_list_is_told() -> None:
    contracts = Contracts("{}USDT")
    assert contracts.of("PEPE") == Contract("PEPEUSDT")
    contracts.learn([("1000PEPE", "1000PEPEUSDT"), ("BTC", "BTCUSDT"), ("", "USDT")])
    assert contracts.of("PEPE") == Contract("1000PEPEUSDT", 1_000)
    assert contracts.of("BTC") == Contract("BTCUSDT")
    assert contracts.of("ETH") is None


def test_of_two_contracts_of_a_coin_one_is_taken() -> None:
    contracts = Contracts("{}")
    contracts.learn([("1000SHIB", "first"), ("SHIB", "second"), ("SHIB", "third")])
    assert contracts.of("SHIB") == Contract("second")


def test_a_list_of_nothing_is_refused() -> None:
    with pytest.raises(RefusedError):
        Contracts("{}").learn([("", "USDT")])


@settings(max_examples=100)
@given(st.text(max_size=30))
def test_any_name_is_named_or_refused(asset: str) -> None:
    try:
        name, multiple = named(asset)
    except ValueError:
        return
    assert name
    assert multiple >= 1


def test_funding_is_for_the_hours_since_the_settlement_before() -> None:
    told = [(0, 0.08), (8, 0.08), (12, 0.04), (13, 0.01), (14, 0.02)]
    hourly = per_hour((hour * HOUR_MS + 3, rate) for hour, rate in reversed(told))
    assert [(at // HOUR_MS, round(rate, 6)) for at, rate in hourly] == [
        (0, 0.01), (8, 0.01), (12, 0.01), (13, 0.01), (14, 0.02),
    ]  # fmt: skip


def test_a_missing_settlement_does_not_thin_the_rate() -> None:
    assert list(per_hour([(0, 0.08), (24 * HOUR_MS, 0.08)]))[1][1] == pytest.approx(0.01)


def test_one_settlement_alone_tells_nothing() -> None:
    assert list(per_hour([(0, 0.08)])) == []
