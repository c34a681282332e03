"""A flood of liquidations: made beforehand, and sent by the exchanges' stand-ins at its pace."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from bot.clock import SystemClock
from bot.market import Liquidation
from tests.bench.population import COINS, EXCHANGES, START_MS, frame, instrument, market
from tests.doubles.exchanges import Contract, ExchangeDouble, Exchanges, Kind
from tests.doubles.exchanges.connection import Connection

LISTED = COINS[:500]
"""The coins that are liquidated, at a dollar each; an exchange lists about as many."""

REAL = SystemClock()
_STAMP = str(START_MS)
_NAP_S = 0.005


class Sent(msgspec.Struct, gc=False):
    """One frame; ``text`` says ``_STAMP`` where the time of sending goes."""

    symbol: str
    text: str
    after_ms: int = 0


def stand_ins() -> Exchanges:
    """Binance, Bybit and OKX; Bybit's and OKX's inverse contracts are heard and silent."""
    made = Exchanges(*EXCHANGES, canary_s=1.0)
    for double in made:
        double.prices |= dict.fromkeys(LISTED, Decimal(1))
        double.contracts = (*_listed(double.name), *(c for c in double.listed if c.inverse))
    return made


class Flood:
    """``per_s`` events a second for ``seconds``, each in a frame of its own: the most work.

    ``events`` are all that is sent; their times say nothing.
    """

    def __init__(self, per_s: int, seconds: int) -> None:
        drawn = market(per_s * seconds, 0, coins=LISTED)
        self.events = [_unlike(event, number) for number, event in enumerate(drawn)]
        self._frames: dict[str, list[Sent]] = {name: [] for name in EXCHANGES}
        for number, event in enumerate(self.events):
            sent = Sent(instrument(event).symbol, frame(event).decode(), number * 1000 // per_s)
            self._frames[event.exchange].append(sent)

    async def send(self, exchanges: Exchanges) -> float:
        """Each event at its moment; the seconds that it took."""
        began = REAL.monotonic()
        async with asyncio.TaskGroup() as group:
            for double in exchanges:
                group.create_task(self._play(double, began))
        return REAL.monotonic() - began

    async def _play(self, double: ExchangeDouble, began: float) -> None:
        lines = _lines(double)
        for sent in self._frames[double.name]:
            ahead_s = began + sent.after_ms / 1000 - REAL.monotonic()
            if ahead_s > 0:
                await asyncio.sleep(max(ahead_s, _NAP_S))
            await _say(double, lines[sent.symbol], sent)


class Burst:
    """``size`` events of one coin on an exchange in one frame."""

    def __init__(self, exchange: str, size: int) -> None:
        self.exchange = exchange
        alike = market(size, 0, seed=7, coins=COINS[:1])
        self.events = [msgspec.structs.replace(event, exchange=exchange) for event in alike]
        frames = [msgspec.json.decode(frame(event)) for event in self.events]
        rows = [row for one in frames for row in one["data"]]
        text = msgspec.json.encode({**frames[0], "data": rows}).decode()
        self._sent = Sent(instrument(self.events[0]).symbol, text)

    async def send(self, exchanges: Exchanges) -> None:
        double = exchanges[self.exchange]
        await _say(double, _lines(double)[self._sent.symbol], self._sent)


def _unlike(event: Liquidation, number: int) -> Liquidation:
    """With a part of a cent more, so that no event is taken for another's repetition."""
    quantity = event.quantity + Decimal(number).scaleb(-8)
    return msgspec.structs.replace(event, quantity=quantity, notional=quantity)


def _listed(exchange: str) -> Iterator[Contract]:
    kind = {"bybit": "linear", "okx": "SWAP"}.get(exchange, "")
    for coin in LISTED:
        symbol = f"{coin}-USDT-SWAP" if exchange == "okx" else f"{coin}USDT"
        yield Contract(symbol, coin, step=Decimal("0.01"), kind=kind)


def _lines(double: ExchangeDouble) -> dict[str, Connection]:
    """By symbol, the connection on which its liquidations are waited for."""
    return {
        contract.symbol: connection
        for contract in double.contracts
        for connection in double.connections
        if not connection.topics.keys().isdisjoint(double.topics(contract))
    }


async def _say(double: ExchangeDouble, line: Connection, sent: Sent) -> None:
    now_ms = str(REAL.now_ms())
    await double.say(line, Kind.LIQUIDATION, sent.text.replace(_STAMP, now_ms))
