"""Kraken Futures: linear and inverse contracts, whose liquidations come among their trades.

https://docs.kraken.com/exchange/api-reference/futures-websocket/trade, read 2026-11-22 and
2026-11-25. A frame (one trade a message; the recorded example is of 2020):

    {"feed":"trade","product_id":"PI_XRPUSD","uid":"3ee209b8-bc9f-4ed5-965b-8c6208b26411",
    "side":"sell","type":"liquidation","seq":41799,"time":1593561965283,"qty":12000,"price":0.1736}

``side`` is the taker's, the liquidation order's: sell closes a long. ``qty`` counts coins (PF, FF)
or US dollars (PI, FI). Positions handed to a market maker (``assignment``) or ended against others
(``termination``) are not counted. Every product is acknowledged by itself, and a second request of
several was seen to be answered "Already subscribed" and ignored: hence one product a request. A
JSON ping is refused; a ping frame keeps the connection.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Literal
from urllib.parse import urlencode

import msgspec

from bot.errors import ParseError
from bot.exchanges.addresses import query_of, time_in, with_time
from bot.exchanges.backwards import told
from bot.exchanges.checks import (
    MALFORMED,
    Milliseconds,
    Time,
    contract_size,
    liquidation,
    listed_rows,
    marks,
    milliseconds,
    number,
)
from bot.exchanges.coins import checked, iso_coin
from bot.exchanges.dialect import (
    Ack,
    Budget,
    Events,
    Exchange,
    Heartbeat,
    History,
    Marks,
    Missed,
    Other,
    Page,
    Parsed,
    Publication,
    Stream,
    Topics,
)
from bot.exchanges.spreading import trade_streams
from bot.market import ONE, Instrument, Instruments, Liquidation, Side

_NAME = "kraken"
_SIDES = {"sell": Side.LONG, "buy": Side.SHORT}
_FORCED = "liquidation"
_CANARY = "ticker:PF_XBTUSD"
_MOST = 100
_ALREADY = "Already subscribed"
_UNKNOWN = ""
"""A quote that prices nothing."""

_PRODUCT = re.compile(r"([A-Z]{2})_(.+?)(USD)?(?:_\d{6})?")
_LINEAR, _INVERSE = ("PF", "FF"), ("PI", "FI")

_LIMIT = 100
_UNTIL = "lastTime"


class _Frame(msgspec.Struct, gc=False):
    event: str = ""
    feed: str = ""
    product_id: str = ""
    type: str = ""
    markPrice: float | None = None  # noqa: N815 (the exchange's spelling)
    message: str = ""


class _Trade(msgspec.Struct):
    product_id: str
    side: Literal["buy", "sell"]
    qty: Decimal
    price: Decimal
    time: Milliseconds
    uid: str = ""


class _PastTrade(msgspec.Struct):
    """The same over REST, under other names."""

    time: Time
    price: Decimal
    size: Decimal
    side: Literal["buy", "sell"]
    type: str = ""
    uid: str = ""


class _PastTrades(msgspec.Struct):
    history: list[_PastTrade]


class _Product(msgspec.Struct):
    symbol: str
    type: str = ""
    tradeable: bool = False
    contractSize: Decimal | None = None  # noqa: N815
    base: str = ""
    quote: str = ""


class _Listing(msgspec.Struct):
    instruments: list[_Product]


_FRAME = msgspec.json.Decoder(_Frame)
_TRADE = msgspec.json.Decoder(_Trade)
_PAST_TRADES = msgspec.json.Decoder(_PastTrades)
_LISTING = msgspec.json.Decoder(_Listing)


class _Past:
    """The last hundred trades of one product before a time, newest first.

    Whether ``uid`` is the frames' own is written nowhere, hence not exact. Five requests a second
    are what other clients make.
    """

    reach_s = 7 * 86_400.0
    gap_s = 0.25
    exact = False

    def pages(self, missed: Missed) -> Topics:
        history = f"{missed.urls['rest']}/derivatives/api/v3/history"
        products = (topic.partition(":")[2] for topic in missed.stream.topics)
        addresses = (f"{history}?{urlencode({'symbol': product})}" for product in products)
        return tuple(with_time(address, _UNTIL, missed.until_ms + 1) for address in addresses)

    def read(self, body: bytes, url: str, missed: Missed, received_ms: int) -> Page:
        try:
            rows = _PAST_TRADES.decode(body).history
            symbol = query_of(url).get("symbol", "")
            times = [milliseconds(row.time) for row in rows]
            page = told(times, time_in(url, _UNTIL), missed.since_ms, _LIMIT)
            events = [
                _event(
                    _Trade(symbol, row.side, row.size, row.price, time_ms, row.uid),
                    received_ms, missed.instruments,
                )
                for row, time_ms in zip(rows, times, strict=True)
                if row.type == _FORCED and page.holds(time_ms)
            ]  # fmt: skip
        except (ParseError, *MALFORMED) as error:
            raise ParseError(f"kraken history: {error}") from error
        following = page.following
        return events, None if following is None else with_time(url, _UNTIL, following)


class Kraken(Exchange):
    """The dialect; see ``dialect.Exchange``. A topic is a feed and a product."""

    name = _NAME
    title = "Kraken"
    urls: Mapping[str, str] = MappingProxyType(
        {"ws": "wss://futures.kraken.com", "rest": "https://futures.kraken.com"}
    )
    publication = Publication("complete")
    doubts = (
        "Its history begins anew when Kraken restarts its trading engine: a gap filled from it "
        "may lack what came before.",
    )
    heartbeat = Heartbeat(every_s=20.0)
    budget = Budget(request_gap_s=0.25)
    data_s = 30.0
    history: History = _Past()

    def streams(self, instruments: Instruments, urls: Mapping[str, str]) -> tuple[Stream, ...]:
        return trade_streams(f"{urls['ws']}/ws/v1", instruments, _MOST, _CANARY, "trade:")

    def subscribe(self, topics: Topics, request: str) -> str:
        (topic,) = topics
        feed, _, product = topic.partition(":")
        wish = {"event": "subscribe", "feed": feed, "product_ids": [product]}
        return msgspec.json.encode(wish).decode()

    def parse(self, frame: bytes | str, received_ms: int, instruments: Instruments) -> Parsed:
        try:
            message = _FRAME.decode(frame)
            match message.feed:
                case _ if message.event:
                    return _answer(message)
                case "trade" if message.type == _FORCED:
                    return Events([_event(_TRADE.decode(frame), received_ms, instruments)])
                case "trade":
                    return Marks()
                case "ticker":
                    price = message.markPrice
                    return Marks() if price is None else marks(((message.product_id, price),))
                case "":
                    raise ParseError("kraken: none of the documented shapes")
                case _:
                    return Other()  # trade_snapshot holds old trades
        except MALFORMED as error:
            raise ParseError(f"kraken: {error}") from error

    def listings(self, urls: Mapping[str, str]) -> tuple[str, ...]:
        return (f"{urls['rest']}/derivatives/api/v3/instruments",)

    def instruments(self, body: bytes, url: str) -> tuple[list[Instrument], str | None]:
        """Futures that trade now; the answer holds indices too."""
        try:
            rows = _LISTING.decode(body).instruments
            futures = [row for row in rows if row.tradeable and "futures" in row.type]
            return listed_rows(futures, _instrument), None
        except MALFORMED as error:
            raise ParseError(f"kraken instruments: {error}") from error


def _event(trade: _Trade, received_ms: int, instruments: Instruments) -> Liquidation:
    return liquidation(
        instruments.get(trade.product_id) or _unlisted(trade.product_id),
        _SIDES[trade.side], number(trade.price), number(trade.qty), trade.time, received_ms,
        trade.uid and checked(trade.uid),
    )  # fmt: skip


def _answer(message: _Frame) -> Parsed:
    """An alert is how most refusals come, and it names no request."""
    match message.event:
        case "subscribed":
            return Ack("", accepted=True)
        case "alert" if message.message.startswith(_ALREADY):
            return Ack("", accepted=True)
        case "alert" | "error" | "subscribed_failed":
            return Ack("", accepted=False, reason=message.message or message.event)
        case _:
            return Other()


@lru_cache(maxsize=4096)
def _unlisted(symbol: str) -> Instrument:
    """What a product's name tells: of the documented kinds it is the size too."""
    name = _PRODUCT.fullmatch(checked(symbol))
    kind, base, quote = name.groups() if name else ("", symbol, None)
    if quote and kind in _INVERSE:
        return Instrument(_NAME, symbol, iso_coin(base), quote, ONE, linear=False)
    known = quote if quote and kind in _LINEAR else _UNKNOWN
    return Instrument(_NAME, symbol, iso_coin(base), known, ONE, linear=True)


def _instrument(row: _Product) -> Instrument:
    """What ``futures_vanilla`` counts is not written: unpriced, as is what is not in dollars."""
    symbol, size = checked(row.symbol), contract_size(str(row.contractSize))
    guess = _unlisted(symbol)
    name, quote = iso_coin(row.base) if row.base else guess.coin, row.quote or guess.quote
    if row.type == "futures_inverse" and quote == "USD":
        return Instrument(_NAME, symbol, name, quote, size, linear=False)
    known = quote if row.type == "flexible_futures" else _UNKNOWN
    return Instrument(_NAME, symbol, name, known, size, linear=True)
