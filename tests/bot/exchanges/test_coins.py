"""Multiples of a coin are that coin; coins that begin with digits stay themselves."""

import pytest

from bot.exchanges.coins import coin, split_quote


@pytest.mark.parametrize(
    ("asset", "name"),
    [
        ("BTC", "BTC"), ("1000PEPE", "PEPE"), ("kPEPE", "PEPE"), ("kSHIB", "SHIB"),
        ("1000000MOG", "MOG"), ("10000000AIDOGE", "AIDOGE"), ("1MBABYDOGE", "BABYDOGE"),
        ("SHIB1000", "SHIB"), ("1000X", "X"), ("1000SATS", "SATS"), ("10000LADYS", "LADYS"),
        ("1INCH", "1INCH"), ("0G", "0G"), ("4", "4"), ("42", "42"), ("2Z", "2Z"), ("1000", "1000"),
        ("KAS", "KAS"), ("KSM", "KSM"), ("1M", "1M"), ("100X", "100X"), ("BABY", "BABY"),
    ],
)  # fmt: skip
def test_the_coin_behind_an_asset(asset: str, name: str) -> None:
    assert coin(asset) == name


@pytest.mark.parametrize("asset", ["", " ", "A B", "A\n", "\u202eBTC", "B" * 41])
def test_what_cannot_be_a_name_is_none(asset: str) -> None:
    with pytest.raises(ValueError, match="cannot be one"):
        coin(asset)


@pytest.mark.parametrize(
    ("pair", "parts"),
    [
        ("BTCUSDT", ("BTC", "USDT")), ("BTCFDUSD", ("BTC", "FDUSD")), ("ETHBTC", ("ETH", "BTC")),
        ("USDCUSDT", ("USDC", "USDT")), ("BTCUSD", ("BTCUSD", "")), ("USDT", ("USDT", "")),
    ],
)  # fmt: skip
def test_the_longest_quote_is_split_off(pair: str, parts: tuple[str, str]) -> None:
    assert split_quote(pair) == parts
