"""Real frames of these exchanges, kept beside the repository, mean what others found in them."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.market import Side
from tests.bot.exchanges.frames import events

CASES = Path(__file__).parents[4] / "shared" / "data" / "cases"
OURS = {
    "binance-futures": "binance",
    "binance-delivery": "binance",
    "bybit": "bybit",
    "okex-futures": "okx",
    "okex-swap": "okx",
}


def cases(name: str) -> list[dict[str, Any]]:
    path = CASES / name
    return json.loads(path.read_bytes()) if path.exists() else []


NORMALISED = [case for case in cases("normalised.json") if case["exchange"] in OURS]
needs_cases = pytest.mark.skipif(not NORMALISED, reason="the recorded cases are not here")


@needs_cases
@pytest.mark.parametrize("case", NORMALISED, ids=lambda case: f"{case['exchange']}-{case['seq']}")
def test_side_instrument_and_size_are_as_others_found_them(case: dict[str, Any]) -> None:
    """Their ``side`` is the order's: ``sell`` closed a long."""
    found = events(OURS[case["exchange"]], case["raw"])
    assert case["kind"] == "liquidation"
    assert [event.symbol for event in found] == [each["symbol"] for each in case["expected"]]
    for event, expected in zip(found, case["expected"], strict=True):
        assert event.side is (Side.LONG if expected["side"] == "sell" else Side.SHORT)
        assert event.quantity == Decimal(str(expected["amount"]))
        assert event.price == Decimal(our_price(case, expected))
        assert event.id == expected.get("id", "")


def our_price(case: dict[str, Any], expected: dict[str, Any]) -> str:
    """Binance gives two prices: they take ``p``, the limit; we take ``ap``, the average fill."""
    if case["exchange"].startswith("binance"):
        return str(case["raw"]["data"]["o"]["ap"])
    return str(expected["price"])


def dialect_of(message: Any) -> str | None:
    if not isinstance(message, dict):
        return None
    if str(message.get("topic", "")).startswith("allLiquidation."):
        return "bybit"
    event = message.get("data", message)
    return "binance" if isinstance(event, dict) and event.get("e") == "forceOrder" else None


DOCUMENTED = [case for case in cases("documentation.json") if dialect_of(case["raw"])]


@pytest.mark.skipif(not DOCUMENTED, reason="the documentation's examples are not here")
@pytest.mark.parametrize("case", DOCUMENTED, ids=lambda case: case["path"].rsplit("/", 1)[-1])
def test_the_documentations_examples_are_understood(case: dict[str, Any]) -> None:
    (event,) = events(str(dialect_of(case["raw"])), case["raw"])
    assert event.notional is not None
