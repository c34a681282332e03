"""Structure: open interest, funding, volumes, depth and candles, one source a file."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.structure.binance import Binance
from bot.structure.bybit import Bybit
from bot.structure.coinglass import CoinGlass
from bot.structure.hyperliquid import Hyperliquid
from bot.structure.okx import Okx
from bot.structure.source import Source

STRUCTURE: Mapping[str, type[Source]] = MappingProxyType(
    {
        "binance": Binance,
        "bybit": Bybit,
        "okx": Okx,
        "hyperliquid": Hyperliquid,
        "coinglass": CoinGlass,
    }
)
"""The sources that can be asked: one file and one line each. What only one source can tell, such as
a price, is told by the first that knows it. A run makes its own of each class."""
