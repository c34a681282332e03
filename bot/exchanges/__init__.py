"""The exchanges that can be watched: one file and one line each."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.exchanges.binance import Binance
from bot.exchanges.bybit import Bybit
from bot.exchanges.dialect import Exchange
from bot.exchanges.okx import Okx

EXCHANGES: Mapping[str, Exchange] = MappingProxyType(
    {
        "binance": Binance(),
        "bybit": Bybit(),
        "okx": Okx(),
    }
)
