"""The libraries that decoding is measured against, driven in process as their own clients do.

Each takes a message where its WebSocket client hands it over, knows only the contracts that are
needed, and is asked for exact numbers. What a library leaves to its caller, the
caller here does in the cheapest way: whose position it was, how large a contract is, and what the
order was worth.
"""

import asyncio
from collections.abc import Callable, Coroutine
from decimal import Decimal
from typing import Any

import ccxt.pro
import orjson
from aiohttp import WSMessage, WSMsgType
from ccxt.async_support.base.ws.client import Client
from cryptofeed.defines import LIQUIDATIONS, SELL
from cryptofeed.exchanges import BinanceFutures
from cryptofeed.symbols import Symbols

from tests.bench.wire import Tape

Told = tuple[bool, Decimal, Decimal, Decimal, int]
"""One order: was it a long, price, quantity, worth in US dollars, time in milliseconds."""

Decode = Callable[[], list[Told]]
"""All the liquidations of a tape that the library keeps."""


class _Caller:
    """Takes what ccxt's client resolves, which is each order twice."""

    def __init__(self, sizes: dict[str, tuple[Decimal, bool]], long: str) -> None:
        self.kept: list[Told] = []
        self._sizes = sizes
        self._long = long

    def resolve(self, result: list[dict[str, Any]], message_hash: str) -> None:
        if message_hash != "liquidations":
            return
        for order in result:
            size, linear = self._sizes[order["symbol"]]
            contracts, price = Decimal(order["contracts"]), Decimal(order["price"])
            usd = contracts * size
            if linear:
                usd *= price
            long = order["side"] == self._long
            self.kept.append((long, price, contracts, usd, order["timestamp"]))


def ccxt_decode(tape: Tape) -> Decode:
    """ccxt's client and handler of ``tape.exchange``, which know the tape's contracts.

    It passes Bybit's side on as it is: the position's, unlike the others'.
    """
    exchange: Any = getattr(ccxt.pro, tape.exchange)()
    exchange.number = str  # its way to be asked for exact numbers; Decimal it does not take
    asyncio.run(_list_markets(exchange, tape))
    sizes = {
        market["symbol"]: (Decimal(market["contractSize"]), market["linear"])
        for market in exchange.markets.values()
    }
    long = "buy" if tape.exchange == "bybit" else "sell"
    client = asyncio.run(_client(exchange))

    messages = [WSMessage(WSMsgType.TEXT, text, None) for text in tape.frames]

    def decode() -> list[Told]:
        caller = _Caller(sizes, long)
        client.resolve = caller.resolve
        for message in messages:
            client.handle_message(message)
        return caller.kept

    return decode


async def _client(exchange: Any) -> Any:
    return Client("", exchange.handle_message, None, None, None)


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
        kept.append((order.side == SELL, price, quantity, price * quantity, at_ms))

    feed: Any = BinanceFutures(
        symbols=list(symbols)[:1], channels=[LIQUIDATIONS], callbacks={LIQUIDATIONS: keep}
    )

    async def handle() -> None:
        for frame in tape.frames:
            await feed.message_handler(frame, None, 0.0)

    def decode() -> list[Told]:
        kept.clear()
        _run_through(handle())
        return list(kept)

    return decode


def _run_through(task: Coroutine[Any, Any, None]) -> None:
    """Run what never waits, without an event loop's share of the time."""
    try:
        task.send(None)
    except StopIteration:
        return
    raise RuntimeError("a handler waited")
