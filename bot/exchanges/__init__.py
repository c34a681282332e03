"""The exchanges that can be watched: one file and one line each."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.exchanges.aster import Aster
from bot.exchanges.binance import Binance
from bot.exchanges.bitfinex import Bitfinex
from bot.exchanges.bitget import Bitget
from bot.exchanges.bitmex import Bitmex
from bot.exchanges.bybit import Bybit
from bot.exchanges.deribit import Deribit
from bot.exchanges.dialect import Exchange
from bot.exchanges.dydx import Dydx
from bot.exchanges.gate import Gate
from bot.exchanges.htx import Htx
from bot.exchanges.kraken import Kraken
from bot.exchanges.lighter import Lighter
from bot.exchanges.okx import Okx

EXCHANGES: Mapping[str, Exchange] = MappingProxyType(
    {
        "binance": Binance(),
        "bybit": Bybit(),
        "okx": Okx(),
        "gate": Gate(),
        "bitget": Bitget(),
        "htx": Htx(),
        "deribit": Deribit(),
        "aster": Aster(),
        "bitmex": Bitmex(),
        "dydx": Dydx(),
        "kraken": Kraken(),
        "lighter": Lighter(),
        "bitfinex": Bitfinex(),
    }
)
