"""The libraries that decoding is measured against, driven in process as their own clients do.

Each gets the text where its own message handling begins, knows only the contracts that are needed,
and is asked for exact numbers. What it leaves to its caller, the caller here does in the cheapest
way, so that the same ``Liquidation`` comes out: whose position it was, how large a contract is and
of which coin, and what the order was worth.
"""

import asyncio
from collections.abc import Callable, Coroutine
from decimal import Decimal
from typing import Any

import ccxt.pro
import orjson
from ccxt.async_support.base.ws.client import Client
from cryptofeed.defines import LIQUIDATIONS, SELL
from cryptofeed.exchanges import BinanceFutures
from cryptofeed.symbols import Symbols

from bot.exchanges.coins import coin
from bot.market import EXACT, Liquidation, Side
from tests.bench.wire import Tape

RECEIVED_MS = 1_770_000_000_000

Decode = Callable[[], list[Liquidation]]
"""All the liquidations of a tape that the library keeps."""

_times = EXACT.multiply


class _Caller:
    """Takes what ccxt's client resolves, which is each order twice."""

    def __init__(self, exchange: Any, long: str) -> None:
        self.kept: list[Liquidation] = []
        self._name = exchange.id
        self._long = long
        self._contracts = {
            market["symbol"]: _contract(market) for market in exchange.markets.values()
        }

    def resolve(self, result: list[dict[str, Any]], message_hash: str) -> None:
        if message_hash != "liquidations":
            return
        for order in result:
            symbol, name, size, linear = self._contracts[order["symbol"]]
            price, contracts = Decimal(order["price"]), Decimal(order["contracts"])
            usd = _times(contracts, size)
            if linear:
                usd = _times(usd, price)
            side = Side.LONG if order["side"] == self._long else Side.SHORT
            self.kept.append(
                Liquidation(
                    self._name, symbol, name, side, price, contracts, usd, order["timestamp"],
                    RECEIVED_MS,
                )
            )  # fmt: skip


def _contract(market: dict[str, Any]) -> tuple[str, str, Decimal, bool]:
    size = Decimal(market["contractSize"])
    return market["id"], coin(market["base"]), size, market["linear"]


def ccxt_decode(tape: Tape) -> Decode:
    """ccxt's client and handler of ``tape.exchange``, which know the tape's contracts.

    It passes Bybit's side on as it is: the position's, unlike the others'.
    """
    exchange: Any = getattr(ccxt.pro, tape.exchange)()
    exchange.number = str  # its way to be asked for exact numbers; Decimal it does not take
    asyncio.run(_list_markets(exchange, tape))
    caller = _Caller(exchange, "buy" if tape.exchange == "bybit" else "sell")
    client = asyncio.run(_client(exchange))
    client.resolve = caller.resolve

    def decode() -> list[Liquidation]:
        caller.kept = []
        handle = client.handle_text_or_binary_message
        for frame in tape.frames:
            handle(frame)
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
    contracts = {name: (symbol, coin(name.split("-")[0])) for name, symbol in symbols.items()}
    kept: list[Liquidation] = []

    async def keep(order: Any, _received: float) -> None:
        symbol, name = contracts[order.symbol]
        side = Side.LONG if order.side == SELL else Side.SHORT
        price, quantity = order.price, order.quantity
        usd, at_ms = _times(quantity, price), round(order.timestamp * 1000)
        kept.append(
            Liquidation(tape.exchange, symbol, name, side, price, quantity, usd, at_ms, RECEIVED_MS)
        )

    feed: Any = BinanceFutures(
        symbols=list(symbols)[:1], channels=[LIQUIDATIONS], callbacks={LIQUIDATIONS: keep}
    )

    async def handle() -> None:
        for frame in tape.frames:
            await feed.message_handler(frame, None, 0.0)

    def decode() -> list[Liquidation]:
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
