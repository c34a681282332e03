"""What the demo's exchanges list: symbols, contract sizes and steps as the real ones have them."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Contract:
    """``size`` as in ``market.Instrument``; ``per`` coins are one unit of price and quantity
    (1000 of ``1000PEPEUSDT``); ``step`` is the smallest quantity, ``tick`` the smallest price."""

    exchange: str
    symbol: str
    coin: str
    size: Decimal
    linear: bool
    step: Decimal
    tick: Decimal
    per: int = 1

    @property
    def category(self) -> str:
        return "linear" if self.linear else "inverse"

    def usd(self, quantity: Decimal, price: Decimal) -> Decimal:
        """The tape's own arithmetic, independent of what the bot does with a frame."""
        return quantity * self.size * price if self.linear else quantity * self.size


_TICKS = {
    "BTC": "0.1",
    "ETH": "0.01",
    "SOL": "0.01",
    "XRP": "0.0001",
    "DOGE": "0.00001",
    "PEPE": "0.0000001",
    "LINK": "0.001",
    "AVAX": "0.001",
    "SUI": "0.0001",
}
_STEPS = {"BTC": "0.001", "ETH": "0.01", "SOL": "0.1"}
_OKX_SIZES = {"BTC": "0.01", "ETH": "0.1", "XRP": "100", "DOGE": "1000", "PEPE": "10000000"}
_BINANCE_COIN_SIZES = {"BTC": "100", "ETH": "10"}


def _linear(exchange: str, coin: str) -> Contract:
    per = 1000 if coin == "PEPE" else 1
    symbol = f"{per if per > 1 else ''}{coin}USDT"
    step = Decimal(_STEPS.get(coin, "1"))
    return Contract(exchange, symbol, coin, Decimal(1), True, step, Decimal(_TICKS[coin]), per)


def _okx(coin: str) -> Contract:
    tick = Decimal("0.000000001") if coin == "PEPE" else Decimal(_TICKS[coin])
    size = Decimal(_OKX_SIZES.get(coin, "1"))
    return Contract("okx", f"{coin}-USDT-SWAP", coin, size, True, Decimal("0.01"), tick)


def _inverse(exchange: str, symbol: str, coin: str, size: str) -> Contract:
    tick = Decimal(_TICKS[coin])
    return Contract(exchange, symbol, coin, Decimal(size), False, Decimal(1), tick)


CONTRACTS: tuple[Contract, ...] = (
    *(_linear(exchange, coin) for exchange in ("binance", "bybit") for coin in _TICKS),
    *(_okx(coin) for coin in _TICKS),
    *(_inverse("binance", f"{c}USD_PERP", c, s) for c, s in _BINANCE_COIN_SIZES.items()),
    *(_inverse("bybit", f"{coin}USD", coin, "1") for coin in ("BTC", "ETH")),
    *(_inverse("okx", f"{coin}-USD-SWAP", coin, _BINANCE_COIN_SIZES[coin]) for coin in ("BTC",)),
)
