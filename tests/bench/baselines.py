"""The libraries that decoding is measured against, driven in process as their own clients do.

Each gets its fastest legitimate way: only the contracts that are needed, its own JSON parser
called without its client's checks and clocks, and a caller that does nothing but to bring what it
is told to the same facts, in the cheapest way, where the library leaves that to its caller: whose
side it was, how large a contract is, and what the order was worth.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NamedTuple

import ccxt.pro
import orjson
from ccxt.async_support.base.ws.client import json_parser
from cryptofeed.defines import LIQUIDATIONS, SELL
from cryptofeed.exchanges import BinanceFutures
from cryptofeed.symbols import Symbols

from tests.bench.wire import Tape


class Told(NamedTuple):
    """One order: floats as ccxt tells them, decimals from cryptofeed; ``usd`` is its worth."""

    long: bool
    price: Any
    quantity: Any
    usd: Any
    at_ms: int


Decode = Callable[[Sequence[str]], list[Told]]
"""All the liquidations of these frames that the library keeps."""


class _Client:
    """As much of ccxt's WebSocket client as its handlers touch; each order comes here twice."""

    def __init__(self, markets: dict[str, Any], long: str) -> None:
        self.subscriptions: dict[str, Any] = {}
        self.kept: list[Told] = []
        self._markets = markets
        self._long = long

    def resolve(self, result: list[dict[str, Any]], message_hash: str) -> None:
        if message_hash != "liquidations":
            return
        for order in result:
            market = self._markets[order["symbol"]]
            contracts, price = order["contracts"], order["price"]
            usd = contracts * market["contractSize"]
            if market["linear"]:
                usd *= price
            told = Told(order["side"] == self._long, price, contracts, usd, order["timestamp"])
            self.kept.append(told)


def ccxt_decode(tape: Tape) -> Decode:
    """ccxt's handler of ``tape.exchange``, which knows the tape's contracts.

    It passes Bybit's side on as it is: the position's, unlike the others'.
    """
    exchange: Any = getattr(ccxt.pro, tape.exchange)()
    asyncio.run(_list_markets(exchange, tape))
    long = "buy" if tape.exchange == "bybit" else "sell"

    def decode(frames: Sequence[str]) -> list[Told]:
        client = _Client(exchange.markets, long)
        loads, handle = json_parser.loads, exchange.handle_message
        for frame in frames:
            handle(client, loads(frame))
        return client.kept

    return decode


async def _list_markets(exchange: Any, tape: Tape) -> None:
    """Market tables as ccxt itself makes them, from the tape's listings instead of the network."""
    bodies = {name: orjson.loads(body) for name, body in tape.listings.items()}

    async def of(name: str) -> Any:
        return bodies.get(name, {"result": {"list": []}})

    match tape.exchange:
        case "binance":
            exchange.options["fetchMarkets"] = {"types": ["linear", "inverse"]}
            exchange.fapiPublicGetExchangeInfo = lambda _: of("fapi")
            exchange.dapiPublicGetExchangeInfo = lambda _: of("dapi")
            markets = await exchange.fetch_markets()
        case "bybit":
            exchange.publicGetV5MarketInstrumentsInfo = lambda wish: of(
                wish.get("status", wish["category"])
            )
            markets = await exchange.fetch_future_markets({"category": "linear"})
            markets += await exchange.fetch_future_markets({"category": "inverse"})
        case _:
            exchange.publicGetPublicInstruments = lambda wish: of(wish["instType"])
            markets = await exchange.fetch_markets_by_type("swap")
    exchange.set_markets(markets)
    await exchange.close()


def cryptofeed_decode(tape: Tape) -> Decode:
    """cryptofeed's Binance handler; knows USD-M only, in the frames of a combined stream."""
    symbols, info = BinanceFutures._parse_symbol_data(orjson.loads(tape.listings["fapi"]))
    Symbols.set(BinanceFutures.id, symbols, info)
    kept: list[Told] = []

    async def keep(order: Any, _received: float) -> None:
        price, quantity = order.price, order.quantity
        at_ms = round(order.timestamp * 1000)
        kept.append(Told(order.side == SELL, price, quantity, price * quantity, at_ms))

    feed: Any = BinanceFutures(
        symbols=list(symbols)[:1], channels=[LIQUIDATIONS], callbacks={LIQUIDATIONS: keep}
    )

    async def handle(frames: Sequence[str]) -> None:
        for frame in frames:
            await feed.message_handler(frame, None, 0.0)

    def decode(frames: Sequence[str]) -> list[Told]:
        kept.clear()
        _run_through(handle(frames))
        return list(kept)

    return decode


def _run_through(task: Coroutine[Any, Any, None]) -> None:
    """Run what never waits, without an event loop's share of the time."""
    try:
        task.send(None)
    except StopIteration:
        return
    raise RuntimeError("a handler waited")
