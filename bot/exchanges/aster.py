"""Aster: perpetuals of a fork of Binance's exchange, in the same words without its later changes.

https://github.com/asterdex/api-docs (V3, futures, "All Market Liquidation Order Streams"), read
2026-11-25. A frame:

    {"e":"forceOrder","E":1568014460893,"o":{"s":"BTCUSDT","S":"SELL","o":"LIMIT","f":"IOC",
    "q":"0.014","p":"9910","ap":"9910","X":"FILLED","l":"0.014","z":"0.014","T":1568014460893}}

``S`` is the side of the closing order: SELL closes a long. ``z`` counts coins. There is one kind of
contract, so no ``st``, and one path for all streams.
"""

from collections.abc import Mapping
from types import MappingProxyType

from bot.exchanges.binance import Binance
from bot.exchanges.dialect import Budget, Publication, Stream, Topics
from bot.market import Instruments


class Aster(Binance):
    """The dialect; see ``dialect.Exchange``. What is not here is as on Binance."""

    name = "aster"
    title = "Aster"
    urls: Mapping[str, str] = MappingProxyType(
        {"ws": "wss://fstream.asterdex.com", "rest": "https://fapi.asterdex.com"}
    )
    publication = Publication("sampled", how="the latest order per symbol and second")
    doubts = ()
    choices: Mapping[str, Topics] = MappingProxyType({})
    # As on Binance, ten messages a second; how many connections is not documented.
    budget = Budget(request_gap_s=0.2)
    silence_s = 12 * 3600.0

    def streams(self, instruments: Instruments, urls: Mapping[str, str]) -> tuple[Stream, ...]:
        url = f"{urls['ws']}/ws"
        return (Stream("market", url, ("!forceOrder@arr",), ("!markPrice@arr",)),)

    def listings(self, urls: Mapping[str, str]) -> tuple[str, ...]:
        return (f"{urls['rest']}/fapi/v1/exchangeInfo",)
