"""Stand-ins for the exchanges on loopback, written after their documentation.

``async with Exchanges() as exchanges`` runs all, ``Exchanges("okx", "gate")`` those named.
"""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from decimal import Decimal
from types import TracebackType
from typing import Self

from tests.doubles.exchanges.aster import Aster
from tests.doubles.exchanges.binance import Binance
from tests.doubles.exchanges.bitfinex import Bitfinex
from tests.doubles.exchanges.bitget import Bitget
from tests.doubles.exchanges.bitmex import Bitmex
from tests.doubles.exchanges.bybit import Bybit
from tests.doubles.exchanges.deribit import Deribit
from tests.doubles.exchanges.double import ExchangeDouble
from tests.doubles.exchanges.dydx import Dydx
from tests.doubles.exchanges.faults import (
    ACKS_ONLY,
    EVERYTHING,
    MUTE,
    NO_LIQUIDATIONS,
    PONGS_ONLY,
    Faults,
    Kind,
    garbage,
    truncated,
)
from tests.doubles.exchanges.gate import Gate
from tests.doubles.exchanges.htx import Htx
from tests.doubles.exchanges.kraken import Kraken
from tests.doubles.exchanges.lighter import Lighter
from tests.doubles.exchanges.okx import Okx
from tests.doubles.exchanges.order import Contract, Fill, Order, Side, Taken

__all__ = [
    "ACKS_ONLY",
    "DOUBLES",
    "EVERYTHING",
    "MUTE",
    "NO_LIQUIDATIONS",
    "PONGS_ONLY",
    "Contract",
    "ExchangeDouble",
    "Exchanges",
    "Faults",
    "Fill",
    "Kind",
    "Order",
    "Side",
    "Taken",
    "garbage",
    "truncated",
]

DOUBLES: dict[str, type[ExchangeDouble]] = {
    double.name: double
    for double in (
        Binance,
        Bybit,
        Okx,
        Gate,
        Bitget,
        Htx,
        Deribit,
        Aster,
        Bitmex,
        Dydx,
        Kraken,
        Lighter,
        Bitfinex,
    )
}


class Exchanges:
    """Each on a port of its own; ``exchanges["okx"]`` is one of them."""

    def __init__(self, *names: str, canary_s: float = 0.2) -> None:
        self.doubles = {name: DOUBLES[name](canary_s) for name in names or DOUBLES}
        self._running = AsyncExitStack()

    def __getitem__(self, name: str) -> ExchangeDouble:
        return self.doubles[name]

    def __iter__(self) -> Iterator[ExchangeDouble]:
        return iter(self.doubles.values())

    def urls(self) -> dict[str, str]:
        """The settings' names and base URLs of all that run."""
        return {name: url for double in self for name, url in double.urls.items()}

    def set_price(self, coin: str, price: Decimal) -> None:
        """What all canaries say of this coin from now on."""
        for double in self:
            double.prices[coin] = price

    async def __aenter__(self) -> Self:
        for double in self:
            await self._running.enter_async_context(double)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._running.aclose()
