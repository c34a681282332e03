"""From what exchanges call an asset to the coin that people mean."""

import re

from bot.market import DOLLARS

_MULTIPLE = re.compile(r"1(?:0{3,}|M(?=[^\W\d]{3}))(?=[^\W\d])|k(?=[A-Z])")
_TRAILING = re.compile(r"(?<=[A-Z])10{3,}$")
_QUOTES = sorted({*DOLLARS - {"USD"}, "BTC", "ETH", "BNB", "EUR", "TRY"}, key=len, reverse=True)
_LONGEST_NAME = 40


def coin(asset: str) -> str:
    """``1000PEPE``, ``kPEPE``, ``1MBABYDOGE``, ``SHIB1000`` -> the coin itself.

    Names that only begin with digits (``1INCH``, ``0G``, ``42``, ``2Z``) are coins as they are:
    a multiple is a one with at least three zeros, or ``1M``, and has a name behind it. Quantities
    stay untouched: they count the same multiple that the price is for. Raises ``ValueError`` for
    what cannot be a name.
    """
    multiple = _MULTIPLE.match(checked(asset))
    return _TRAILING.sub("", asset[multiple.end() :] if multiple else asset).upper()


def iso_coin(asset: str) -> str:
    """``coin``, on exchanges that give bitcoin its ISO code, ``XBT``."""
    return "BTC" if asset == "XBT" else coin(asset)


def checked(name: str) -> str:
    """The name of an asset or a contract; ``ValueError`` for what cannot be shown as one."""
    if not (name.isprintable() and 0 < len(name) <= _LONGEST_NAME) or " " in name:
        raise ValueError("a name that cannot be one")
    return name


def split_quote(pair: str) -> tuple[str, str]:
    """``BTCUSDT`` -> ``("BTC", "USDT")``; the quote is empty where none is recognised.

    For contracts missing in the table only. A plain ``USD`` is not taken for a quote here: such
    names belong to inverse contracts, whose dialects know them.
    """
    for quote in _QUOTES:
        if pair.endswith(quote) and len(pair) > len(quote):
            return pair[: -len(quote)], quote
    return pair, ""
