"""Real frames of these exchanges, kept beside the repository, mean what others found in them."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.exchanges.dialect import Events
from bot.market import Side
from tests.bot.exchanges.frames import events, read

CASES = Path(__file__).parents[4] / "shared" / "data" / "cases"
OURS = {
    "binance-futures": "binance",
    "binance-delivery": "binance",
    "bybit": "bybit",
    "okex-futures": "okx",
    "okex-swap": "okx",
    "aster-futures": "aster",
    "bitmex": "bitmex",
    "bitfinex-derivatives": "bitfinex",
    "cryptofacilities": "kraken",
    "huobi-dm": "htx",
    "huobi-dm-swap": "htx",
    "huobi-dm-linear-swap": "htx",
}
SIZED_BY_THE_TABLE = {"bitmex"}
"""Without the instrument table, which is not among the examples, these are unpriced."""


def cases(name: str) -> list[dict[str, Any]]:
    path = CASES / name
    return json.loads(path.read_bytes()) if path.exists() else []


NORMALISED = [case for case in cases("normalised.json") if case["exchange"] in OURS]
TELLING = [case for case in NORMALISED if case["kind"] == "liquidation"]
SILENT = [case for case in NORMALISED if case["kind"] == "liquidation-channel-no-output"]
NOT_NAMED_YET = {"huobi-dm-377"}
"""A liquidation like any other: they leave it out until a contract's alias (BTC_CW) was told."""

needs_cases = pytest.mark.skipif(not NORMALISED, reason="the recorded cases are not here")


def name_of(case: dict[str, Any]) -> str:
    return f"{case['exchange']}-{case['seq']}"


@needs_cases
def test_every_recorded_case_is_of_a_kind_that_we_know() -> None:
    assert len(TELLING) + len(SILENT) == len(NORMALISED)


@needs_cases
@pytest.mark.parametrize("case", SILENT, ids=name_of)
def test_what_is_no_liquidation_yields_none(case: dict[str, Any]) -> None:
    told = isinstance(read(OURS[case["exchange"]], case["raw"]), Events)
    assert told is (name_of(case) in NOT_NAMED_YET)


@needs_cases
@pytest.mark.parametrize("case", TELLING, ids=name_of)
def test_side_instrument_and_size_are_as_others_found_them(case: dict[str, Any]) -> None:
    """Their ``side`` is the order's: ``sell`` closed a long."""
    found = events(OURS[case["exchange"]], case["raw"])
    assert [event.symbol for event in found] == our_symbols(case)
    for event, expected in zip(found, case["expected"], strict=True):
        assert event.side is (Side.LONG if expected["side"] == "sell" else Side.SHORT)
        assert event.quantity == Decimal(str(expected["amount"]))
        assert event.price == Decimal(our_price(case, expected))
        assert event.id.partition(":")[0] == expected.get("id", "")


def our_symbols(case: dict[str, Any]) -> list[str]:
    """They call a coin-M future of HTX by an alias such as BTC_CQ, we by its contract's code."""
    if case["exchange"] == "huobi-dm":
        return [row["contract_code"] for row in case["raw"]["data"]]
    return [each["symbol"] for each in case["expected"]]


def our_price(case: dict[str, Any], expected: dict[str, Any]) -> str:
    """Binance gives two prices: they take ``p``, the limit; we take ``ap``, the average fill.

    Bitfinex too: they take the position's entry, we take the liquidation's where there is one.
    """
    if case["exchange"].startswith(("binance", "aster")):
        return str(case["raw"]["data"]["o"]["ap"])
    if case["exchange"].startswith("bitfinex"):
        ((*_, entry, _, _, _, _, price),) = case["raw"][1]
        return str(price or entry)
    return str(expected["price"])


def framed(dialect: str, message: Any) -> Any:
    """The documentation shows one of BitMEX's rows, without its frame."""
    whole = {"table": "liquidation", "action": "insert", "data": [message]}
    return whole if dialect == "bitmex" else message


def dialect_of(message: Any) -> str | None:
    if not isinstance(message, dict):
        return None
    if str(message.get("topic", "")).startswith("allLiquidation."):
        return "bybit"
    if str(message.get("topic", "")).endswith(".liquidation_orders"):
        return "htx"
    if "orderID" in message:
        return "bitmex"
    event = message.get("data", message)
    return "binance" if isinstance(event, dict) and event.get("e") == "forceOrder" else None


DOCUMENTED = [case for case in cases("documentation.json") if dialect_of(case["raw"])]


@pytest.mark.skipif(not DOCUMENTED, reason="the documentation's examples are not here")
@pytest.mark.parametrize("case", DOCUMENTED, ids=lambda case: case["path"].rsplit("/", 1)[-1])
def test_the_documentations_examples_are_understood(case: dict[str, Any]) -> None:
    dialect = str(dialect_of(case["raw"]))
    (event,) = events(dialect, framed(dialect, case["raw"]))
    assert (event.notional is None) is (dialect in SIZED_BY_THE_TABLE)
