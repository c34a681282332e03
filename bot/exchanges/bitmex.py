"""BitMEX: the orders of its liquidation engine, as they are placed, in contracts of many kinds.

https://www.bitmex.com/app/wsAPI, read 2026-11-22. A frame (``data`` may hold several):

    {"table":"liquidation","action":"insert","data":[{"orderID":"dd9cea25-207c-0dab-15b5-b88da776f500",
    "symbol":"XBTUSD","side":"Buy","price":10106,"leavesQty":9214}]}

``side`` is the order's: Sell closes a long. ``price`` is its limit, the price of bankruptcy, and
``leavesQty`` counts contracts. An ``update`` tells what is left of it and a ``delete`` that nothing
is, be it filled or cancelled; ``partial`` repeats what was open before. There are no times.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

import msgspec

from bot.errors import ParseError
from bot.exchanges.checks import (
    MALFORMED,
    contract_size,
    liquidation,
    listed_rows,
    marks,
    number,
    unpriced,
)
from bot.exchanges.coins import checked, iso_coin
from bot.exchanges.dialect import (
    Ack,
    Budget,
    Events,
    Exchange,
    Heartbeat,
    Other,
    Parsed,
    Pong,
    Publication,
    Stream,
    Topics,
)
from bot.market import EXACT, ONE, Instrument, Instruments, Side

_NAME = "bitmex"
_SIDES = {"Sell": Side.LONG, "Buy": Side.SHORT}
_LIQUIDATIONS = "liquidation"
_CANARIES = ("XBTUSD", "XBTUSDT")
"""The first was reported as settled in September 2026 [L]: whichever is listed is asked for."""

_UNLISTED = re.compile(r"(.+?)(?:USDT|USDC|USD)?(?:[FGHJKMNQUVXZ]\d\d)?")


class _Frame(msgspec.Struct):
    table: str = ""
    action: str = ""
    data: msgspec.Raw = msgspec.Raw()


class _Order(msgspec.Struct):
    orderID: str  # noqa: N815 (the exchange's spelling)
    symbol: str
    side: Literal["Buy", "Sell"]
    price: Decimal
    leavesQty: Decimal  # noqa: N815


class _Quote(msgspec.Struct):
    """What changed of a contract: most changes leave the mark price out."""

    symbol: str
    markPrice: float | None = None  # noqa: N815


class _Answer(msgspec.Struct):
    success: bool | None = None
    subscribe: str = ""
    info: str = ""
    status: int | None = None
    error: str = ""


class _Listed(msgspec.Struct):
    symbol: str
    state: str = ""
    typ: str = ""
    underlying: str | None = None
    quoteCurrency: str | None = None  # noqa: N815
    multiplier: Decimal | None = None
    underlyingToPositionMultiplier: Decimal | None = None  # noqa: N815
    underlyingToSettleMultiplier: Decimal | None = None  # noqa: N815
    isQuanto: bool = False  # noqa: N815
    isInverse: bool = False  # noqa: N815


_FRAME = msgspec.json.Decoder(_Frame)
_ORDERS = msgspec.json.Decoder(list[_Order])
_QUOTES = msgspec.json.Decoder(list[_Quote])
_ANSWER = msgspec.json.Decoder(_Answer)
_LISTING = msgspec.json.Decoder(list[_Listed])


class Bitmex(Exchange):
    """The dialect; see ``dialect.Exchange``."""

    name = _NAME
    title = "BitMEX"
    urls: Mapping[str, str] = MappingProxyType(
        {"ws": "wss://ws.bitmex.com", "rest": "https://www.bitmex.com"}
    )
    publication = Publication("derived", how="orders as placed, not what was filled of them")
    doubts = (
        "BitMEX gives no times: an order counts at the moment it is heard.",
        "Its quanto contracts (quoted in dollars, settled in bitcoin) are counted without a value.",
    )
    heartbeat = Heartbeat(every_s=15.0, payload="ping")
    # As announced in blog.bitmex.com/api_announcement/updates-to-rate-limits.
    budget = Budget(connects=60, per_s=3600.0)
    data_s = 60.0

    def streams(self, instruments: Instruments, urls: Mapping[str, str]) -> tuple[Stream, ...]:
        listed = next((symbol for symbol in _CANARIES if symbol in instruments), _CANARIES[-1])
        canaries = (f"instrument:{listed}",)
        return (Stream("realtime", f"{urls['ws']}/realtime", (_LIQUIDATIONS,), canaries),)

    def subscribe(self, topics: Topics, request: str) -> str:
        return msgspec.json.encode({"op": "subscribe", "args": topics}).decode()

    def parse(self, frame: bytes | str, received_ms: int, instruments: Instruments) -> Parsed:
        try:
            message = _FRAME.decode(frame)
            match message.table, message.action:
                case "", _:
                    return _answer(_ANSWER.decode(frame))
                case "liquidation", "insert":
                    return _events(_ORDERS.decode(message.data), received_ms, instruments)
                case "liquidation", "partial" | "update" | "delete":
                    return Other()
                case "instrument", _:
                    quotes = _QUOTES.decode(message.data)
                    return marks((q.symbol, q.markPrice) for q in quotes if q.markPrice)
                case "liquidation", action:
                    raise ParseError(f"bitmex: an unknown action {action[:20]!r}")
                case _:
                    return Other()
        except MALFORMED as error:
            if frame in (b"pong", "pong"):
                return Pong()
            raise ParseError(f"bitmex: {error}") from error

    def listings(self, urls: Mapping[str, str]) -> tuple[str, ...]:
        return (f"{urls['rest']}/api/v1/instrument/active",)

    def instruments(self, body: bytes, url: str) -> tuple[list[Instrument], str | None]:
        """Perpetuals and futures that trade now; the answer holds spot pairs and indices too."""
        try:
            rows = _LISTING.decode(body)
            derivatives = [row for row in rows if row.typ.startswith("FF") and row.state == "Open"]
            return listed_rows(derivatives, _instrument), None
        except MALFORMED as error:
            raise ParseError(f"bitmex instruments: {error}") from error


def _events(orders: list[_Order], received_ms: int, instruments: Instruments) -> Parsed:
    events = [
        liquidation(
            instruments.get(order.symbol) or _unlisted(order.symbol),
            _SIDES[order.side], number(order.price), number(order.leavesQty),
            received_ms, received_ms, checked(order.orderID),
        )
        for order in orders
    ]  # fmt: skip
    return Events(events) if events else Other()


def _answer(message: _Answer) -> Parsed:
    """An error belongs to the request that waits: nothing else is ever asked."""
    if message.error:
        return Ack("", accepted=False, reason=f"{message.status or ''} {message.error}".strip())
    if message.success is not None and message.subscribe:
        return Ack("", message.success)
    if message.success is not None or message.info:
        return Other()
    raise ParseError("bitmex: none of the documented shapes")


@lru_cache(maxsize=4096)
def _unlisted(symbol: str) -> Instrument:
    name = _UNLISTED.fullmatch(checked(symbol).partition("_")[0])
    return unpriced(_NAME, symbol, iso_coin(name[1] if name else symbol))


def _instrument(row: _Listed) -> Instrument:
    """A quanto's dollars hang on bitcoin's price at that moment, which no frame tells.

    Inverse contracts in other money than dollars are unpriced too.
    """
    symbol, name = checked(row.symbol), iso_coin(row.underlying or "")
    quote = row.quoteCurrency or ""
    if row.isInverse and quote == "USD" and row.multiplier and row.underlyingToSettleMultiplier:
        size = EXACT.divide(row.multiplier, row.underlyingToSettleMultiplier)
        return Instrument(_NAME, symbol, name, quote, contract_size(str(size)), linear=False)
    if row.isInverse or row.isQuanto or not row.underlyingToPositionMultiplier:
        return unpriced(_NAME, symbol, name)
    size = EXACT.divide(ONE, row.underlyingToPositionMultiplier)
    return Instrument(_NAME, symbol, name, quote, contract_size(str(size)), linear=True)
