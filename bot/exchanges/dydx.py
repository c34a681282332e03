"""dYdX v4: perpetuals of an exchange on a chain of its own, as its indexer tells their trades.

https://docs.dydx.xyz/indexer-client/websockets, read 2026-11-22, and the indexer's own source
(dydxprotocol/v4-chain, indexer/services), read 2026-11-25. A frame:

    {"type":"channel_data","connection_id":"x","message_id":7,"id":"BTC-USD","channel":"v4_trades",
    "version":"2.4.0","contents":{"trades":[{"id":"064e8933","side":"SELL","size":"0.0004",
    "price":"75974","type":"LIQUIDATED","createdAt":"2026-09-17T13:39:47.542Z"}]}}

``side`` is the liquidated order's, which is the taker: SELL closes a long. ``size`` counts coins.
``id`` is the fill's event on the chain, the same over REST. ``DELEVERAGED`` closes positions
without an order and is not counted. The answer to a subscription holds old trades.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Literal
from urllib.parse import quote, unquote, urlsplit

import msgspec

from bot.errors import ParseError
from bot.exchanges.addresses import time_in, with_time
from bot.exchanges.backwards import told
from bot.exchanges.checks import (
    MALFORMED,
    Time,
    liquidation,
    listed_rows,
    marks,
    milliseconds,
    number,
)
from bot.exchanges.coins import checked, coin
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

_NAME = "dydx"
_SIDES = {"SELL": Side.LONG, "BUY": Side.SHORT}
_MARKETS = "v4_markets"
_MOST = 28
"""Markets planned for a connection: 32 are allowed, and one that ended keeps its place."""

_TICKER = re.compile(r"([^\s,]+)(?:,[\w,.:]{1,100})?-([A-Z]{3,5})")
"""``BTC-USD``; a coin known from another chain has its place there behind it, after commas."""

_LIMIT = 1000
_UNTIL = "createdBeforeOrAt"


class _Trade(msgspec.Struct, gc=False):
    """Numbers as they are written."""

    id: str
    side: Literal["BUY", "SELL"]
    size: str
    price: str
    type: str
    createdAt: Time  # noqa: N815 (the exchange's spelling)


class _Trades(msgspec.Struct, gc=False):
    trades: list[_Trade]


class _Oracle(msgspec.Struct, gc=False):
    oraclePrice: str  # noqa: N815


class _News(msgspec.Struct, gc=False):
    """Of markets: prices, or what else changed of them."""

    oraclePrices: dict[str, _Oracle] = {}  # noqa: N815


class _Frame(msgspec.Struct, gc=False):
    type: str
    channel: str = ""
    id: str = ""
    contents: msgspec.Raw = msgspec.Raw()
    message: str = ""


class _Market(msgspec.Struct):
    ticker: str
    status: str


class _Listing(msgspec.Struct):
    markets: dict[str, _Market]


_FRAME = msgspec.json.Decoder(_Frame)
_TRADES = msgspec.json.Decoder(_Trades)
_TRADE_BATCH = msgspec.json.Decoder(list[_Trades])
_NEWS = msgspec.json.Decoder(_News)
_NEWS_BATCH = msgspec.json.Decoder(list[_News])
_LISTING = msgspec.json.Decoder(_Listing)


class _Past:
    """All trades of one market, newest first; 100 requests are allowed in 10 seconds."""

    reach_s = 30 * 86_400.0
    gap_s = 0.2
    exact = True

    def pages(self, missed: Missed) -> Topics:
        market = f"{missed.urls['rest']}/v4/trades/perpetualMarket"
        names = (quote(topic, safe="") for topic in missed.stream.topics)
        addresses = (f"{market}/{name}?limit={_LIMIT}" for name in names)
        return tuple(with_time(address, _UNTIL, missed.until_ms + 1) for address in addresses)

    def read(self, body: bytes, url: str, missed: Missed, received_ms: int) -> Page:
        try:
            trades = _TRADES.decode(body).trades
            times = [milliseconds(trade.createdAt) for trade in trades]
            page = told(times, time_in(url, _UNTIL), missed.since_ms, _LIMIT)
            events = _events(_market_of(url), trades, received_ms, missed.instruments)
        except (ParseError, *MALFORMED) as error:
            raise ParseError(f"dydx trades: {error}") from error
        certain = [event for event in events if page.holds(event.time_ms)]
        following = page.following
        return certain, None if following is None else with_time(url, _UNTIL, following)


class Dydx(Exchange):
    """The dialect; see ``dialect.Exchange``. Topics are markets, and the canary's is a channel."""

    name = _NAME
    title = "dYdX"
    urls: Mapping[str, str] = MappingProxyType(
        {"ws": "wss://indexer.dydx.trade", "rest": "https://indexer.dydx.trade"}
    )
    publication = Publication("complete")
    heartbeat = Heartbeat(every_s=20.0)
    budget = Budget(request_gap_s=0.6)
    ack_s = 25.0  # the indexer gives itself 20 s for the first answer
    data_s = 60.0
    history: History = _Past()

    def streams(self, instruments: Instruments, urls: Mapping[str, str]) -> tuple[Stream, ...]:
        """As many connections as there are markets for; a small market's alone would be mute."""
        return trade_streams(f"{urls['ws']}/v4/ws", instruments, _MOST, _MARKETS)

    def subscribe(self, topics: Topics, request: str) -> str:
        (topic,) = topics
        wish: dict[str, object] = {"type": "subscribe", "channel": "v4_trades", "id": topic}
        if topic == _MARKETS:  # of hundreds of markets, hence four frames a second at most
            wish = {"type": "subscribe", "channel": _MARKETS, "batched": True}
        return msgspec.json.encode(wish).decode()

    def parse(self, frame: bytes | str, received_ms: int, instruments: Instruments) -> Parsed:
        try:
            message = _FRAME.decode(frame)
            match message.type:
                case "channel_data" | "channel_batch_data":
                    return _data(message, received_ms, instruments)
                case "subscribed":
                    return Ack("", accepted=True)
                case "error":
                    known = "already subscribed" in message.message
                    return Ack("", known, "" if known else message.message)
                case "connected" | "unsubscribed":
                    return Other()
        except MALFORMED as error:
            raise ParseError(f"dydx: {error}") from error
        raise ParseError("dydx: none of the documented shapes")

    def listings(self, urls: Mapping[str, str]) -> tuple[str, ...]:
        return (f"{urls['rest']}/v4/perpetualMarkets",)

    def instruments(self, body: bytes, url: str) -> tuple[list[Instrument], str | None]:
        """What trades now; markets come and go by vote."""
        try:
            rows = _LISTING.decode(body).markets.values()
            active = [row.ticker for row in rows if row.status == "ACTIVE"]
            return listed_rows(active, _instrument), None
        except MALFORMED as error:
            raise ParseError(f"dydx perpetualMarkets: {error}") from error


def _data(message: _Frame, received_ms: int, instruments: Instruments) -> Parsed:
    batched, contents = message.type == "channel_batch_data", message.contents
    if message.channel == _MARKETS:
        news = _NEWS_BATCH.decode(contents) if batched else [_NEWS.decode(contents)]
        oracles = (oracle for part in news for oracle in part.oraclePrices.items())
        return marks((market, oracle.oraclePrice) for market, oracle in oracles)
    if not message.channel:
        raise ParseError("dydx: data of no channel")
    if message.channel != "v4_trades":
        return Other()
    parts = _TRADE_BATCH.decode(contents) if batched else [_TRADES.decode(contents)]
    trades = [trade for part in parts for trade in part.trades]
    events = _events(message.id, trades, received_ms, instruments)
    return Events(events) if events else Marks()


def _events(
    ticker: str, trades: list[_Trade], received_ms: int, instruments: Instruments
) -> list[Liquidation]:
    return [
        liquidation(
            instruments.get(ticker) or _instrument(ticker),
            _SIDES[trade.side], number(trade.price), number(trade.size),
            milliseconds(trade.createdAt), received_ms, checked(trade.id),
        )
        for trade in trades
        if trade.type == "LIQUIDATED"
    ]  # fmt: skip


@lru_cache(maxsize=4096)
def _instrument(ticker: str) -> Instrument:
    """What a market's name tells, which is all: sizes count coins everywhere."""
    name = _TICKER.fullmatch(ticker)
    if name is None:
        raise ValueError(f"no market's name: {ticker[:40]!r}")
    return Instrument(_NAME, ticker, coin(name[1]), name[2], ONE, linear=True)


def _market_of(url: str) -> str:
    return unquote(urlsplit(url).path.rpartition("/")[2])
