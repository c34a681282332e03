"""OKX as it is documented: contracts made coins, funding between two settlements, full books."""

import json

import pytest

from bot.clock import HOUR_MS, MINUTE_MS
from bot.errors import ParseError
from bot.structure.facts import ALL, Measure
from bot.structure.source import RefusedError
from tests.bot.structure.asking import NOW, Asked, a_double, hours_of

M = Measure


def test_a_coin_is_told_by_its_usdt_swap_and_its_usdt_pair() -> None:
    told = Asked("okx").ask()
    values = {measure: told.now(measure) for measure in Measure if told.now(measure) is not None}
    assert values == pytest.approx(
        {
            M.OI: 1_000, M.OI_USD: 60_020_000, M.MARK: 60_020, M.FUNDING: 0.000_01,
            M.VOLUME: 14_400_000, M.SPOT_VOLUME: 1_440_000, M.LONG_ACCOUNTS: 0.6,
            M.BIDS_1: 100_000, M.ASKS_1: 200_000, M.BIDS_2: 200_000, M.ASKS_2: 400_000,
            M.SPOT_BIDS_1: 30_000, M.SPOT_ASKS_1: 40_000,
            M.SPOT_BIDS_2: 60_000, M.SPOT_ASKS_2: 80_000,
        }
    )  # fmt: skip


def test_all_coins_together_are_the_usdt_swaps_and_nothing_else() -> None:
    told = Asked("okx").ask("open interest")
    assert told.now(M.OI_USD, ALL) == pytest.approx(1_000 * (60_020 + 3_002))


def test_a_book_in_contracts_is_not_asked_for_before_their_size_is_known() -> None:
    double = a_double()
    double.faults = {"/okx/api/v5/public/instruments": "refused"}
    told = Asked("okx", double).ask()
    assert told.now(M.BIDS_1) is None
    assert told.now(M.SPOT_BIDS_1) is not None
    assert told.refused == [("order book depth", "refused with code 50011")]


def test_a_swap_that_is_announced_has_no_size_and_hides_no_other() -> None:
    asked = Asked("okx", coins=["BTC", "SOON"])
    sizes = [("BTC-USDT-SWAP", "0.01", "1"), ("SOON-USDT-SWAP", "", "")]
    rows = [{"instId": name, "ctVal": size, "ctMult": mult} for name, size, mult in sizes]
    asked.put_document(asked.source.questions(asked.coins, NOW)[0], _answer(rows))
    questions = asked.source.questions(asked.coins, NOW)
    assert not [one for one in questions if "SOON-USDT-SWAP" in one.path]
    asked.put(next(one for one in questions if one.kind == "book"))
    assert asked.now(M.BIDS_1) == pytest.approx(100_000)


@pytest.mark.parametrize("hours", [1, 4, 8])
def test_funding_is_told_per_hour_whatever_its_interval(hours: int) -> None:
    double = a_double()
    double.okx.coins["BTC"].hours = hours
    told = Asked("okx", double).ask("funding", "older funding")
    assert {round(one.value, 9) for one in told.of(M.FUNDING)} == {0.000_01}


def test_a_settlement_that_follows_at_once_is_refused() -> None:
    asked = Asked("okx")
    row = {"instId": "BTC-USDT-SWAP", "fundingRate": "0.0001", "fundingTime": str(NOW),
           "nextFundingTime": str(NOW)}  # fmt: skip
    with pytest.raises(ParseError, match="interval"):
        asked.put_document(asked.question("funding"), _answer([row]))


def test_settled_funding_is_what_was_paid_and_not_what_was_expected() -> None:
    asked = Asked("okx")
    rows = [
        {"instId": "BTC-USDT-SWAP", "fundingRate": "0.9", "realizedRate": "0.0008",
         "fundingTime": str(NOW - hours * HOUR_MS)} for hours in (0, 8)
    ]  # fmt: skip
    told = asked.put_document(asked.question("older funding"), _answer(rows))
    assert [one.value for one in told.facts] == pytest.approx([0.0001, 0.0001])


def test_the_ratio_of_accounts_is_the_newest_as_a_share() -> None:
    told = Asked("okx").ask("account ratio").of(M.LONG_ACCOUNTS)
    assert [round(one.value, 6) for one in told] == [0.6]
    assert told[0].at_ms == NOW - NOW % (5 * MINUTE_MS)


def test_history_is_as_long_as_it_is_kept_and_ends_are_not_ahead() -> None:
    double = a_double()
    double.okx.coins["BTC"].past = lambda at: (60_000.0, at / HOUR_MS, 0.000_02)
    told = Asked("okx", double).ask("older candles", "older open interest", "older funding")
    assert len(told.bars(HOUR_MS)) == 1_200
    assert len(told.bars(MINUTE_MS)) >= 1_440
    assert len(hours_of(told.of(M.OI))) >= 119
    assert all(one.value == pytest.approx(one.at_ms / HOUR_MS) for one in told.of(M.OI))
    assert max(one.at_ms for one in told.of(M.OI)) <= NOW
    assert min(one.at_ms for one in told.of(M.FUNDING)) <= NOW - 89 * 24 * HOUR_MS


def test_candles_tell_dollars_and_no_takers() -> None:
    bar = Asked("okx").ask("candles").bars(MINUTE_MS)[NOW - NOW % MINUTE_MS]
    assert bar.volume == pytest.approx(10_000)
    assert bar.taker_buys is None


def test_a_coin_that_is_not_listed_is_not_asked_for() -> None:
    told = Asked("okx", coins=["NOSUCH", "BTC"]).ask("order book depth", "spot volume")
    assert {one.coin for one in told.source.questions(told.coins, NOW)} == {"", "BTC"}


def test_an_error_in_an_answer_of_http_200_is_a_refusal() -> None:
    double = a_double()
    double.faults = {"/okx": "refused"}
    asked = Asked("okx", double)
    with pytest.raises(RefusedError, match="50011") as refusal:
        asked.put(asked.question("price"))
    assert refusal.value.wait_s > 0


def test_no_rows_at_all_are_a_refusal() -> None:
    asked = Asked("okx")
    for what in ("open interest", "price", "volume", "spot volume", "funding", "account ratio"):
        with pytest.raises(RefusedError):
            asked.put_document(asked.question(what), _answer([]))


def test_an_answer_about_another_contract_is_refused() -> None:
    asked = Asked("okx")
    row = {"instId": "ETH-USDT-SWAP", "fundingRate": "0.0001", "fundingTime": str(NOW),
           "nextFundingTime": str(NOW + 8 * HOUR_MS)}  # fmt: skip
    with pytest.raises(ParseError, match="ETH"):
        asked.put_document(asked.question("funding"), _answer([row]))


def _answer(data: object) -> bytes:
    return json.dumps({"code": "0", "msg": "", "data": data}).encode()
