"""CoinGlass as it is documented: what it says of exchanges that are not heard, under its name."""

import json

import pytest

from bot.clock import HOUR_MS
from bot.errors import ParseError
from bot.structure.facts import ALL, Measure
from bot.structure.source import RefusedError
from tests.bot.structure.asking import NOW, Asked, a_double
from tests.doubles.structure import KEY

M = Measure


def test_open_interest_and_funding_are_of_all_exchanges() -> None:
    told = Asked("coinglass").ask()
    assert told.now(M.OI) == 1_000
    assert told.now(M.OI_USD) == 60_000_000
    assert told.now(M.FUNDING) == pytest.approx(0.000_01)
    assert {one.source for one in told.facts} == {"coinglass"}


def test_liquidations_are_those_of_exchanges_that_cannot_be_heard() -> None:
    """Not of Binance, Bybit and Bitmex, and not the sum of all."""
    told = Asked("coinglass").ask("liquidations")
    assert told.now(M.LIQUIDATED) == 3_500_000
    assert told.now(M.LIQUIDATED, ALL) == 3_500_000


def test_the_key_is_sent_in_its_header() -> None:
    source = Asked("coinglass").source
    assert source.keyed
    assert source.headers(KEY) == {"CG-API-KEY": KEY}


def test_a_funding_candle_that_has_ended_is_told_at_its_end() -> None:
    asked = Asked("coinglass")
    start = NOW - 9 * HOUR_MS
    row = {"time": start, "open": "0.008", "high": "0.01", "low": "0.008", "close": "0.008"}
    told = asked.put_document(asked.question("funding"), _answer([row]))
    assert [one.at_ms for one in told.facts] == [start + 4 * HOUR_MS]
    assert told.facts[0].value == pytest.approx(0.00001)


@pytest.mark.parametrize(
    ("code", "message", "reason", "waits"),
    [
        ("400", "Invalid API key provided", "wrong key", True),
        ("401", "Upgrade plan", "not in the plan", False),
        ("403", "The requested interval is not available.", "not in the plan", False),
        ("429", "Too Many Requests", "requests used up", True),
        (400, "The requested coin is not supported", "refused with code 400", False),
    ],
)
def test_a_refusal_says_why(code: str | int, message: str, reason: str, waits: bool) -> None:
    asked = Asked("coinglass")
    body = json.dumps({"code": code, "msg": message}).encode()
    with pytest.raises(RefusedError) as refusal:
        asked.put_document(asked.question("open interest"), body)
    assert refusal.value.reason == reason
    assert (refusal.value.wait_s > 0) is waits


def test_an_answer_without_the_sum_of_all_exchanges_is_refused() -> None:
    asked = Asked("coinglass")
    row = {"exchange": "CME", "symbol": "BTC", "open_interest_usd": 1, "open_interest_quantity": 1}
    for rows in ([row], [{**row, "exchange": "All", "symbol": "ETH"}]):
        with pytest.raises(ParseError, match="BTC"):
            asked.put_document(asked.question("open interest"), _answer(rows))


def test_a_coin_that_it_does_not_know_costs_the_others_nothing() -> None:
    told = Asked("coinglass", a_double(), ["NOSUCH", "BTC"]).ask("open interest")
    assert told.now(M.OI) == 1_000
    assert told.refused == [("open interest", "refused with code 400")]


def _answer(data: object) -> bytes:
    return json.dumps({"code": "0", "msg": "success", "data": data}).encode()
