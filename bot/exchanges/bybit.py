"""Bybit v5: linear (USDT and USDC) and inverse contracts, one topic for every symbol.

https://bybit-exchange.github.io/docs/v5/websocket/public/all-liquidation, read 2026-11-22.
A frame (``data`` may hold several):

    {"topic":"allLiquidation.ROSEUSDT","type":"snapshot","ts":1739502303204,
    "data":[{"T":1739502302929,"s":"ROSEUSDT","S":"Sell","v":"20000","p":"0.04499"}]}

``S`` is the position: Buy means that a long was liquidated. ``p`` is the bankruptcy price, 0.3 to
5 % off the market. ``v`` counts coins (linear) or US dollars (inverse). Quotes of one symbol come
beside it ten times a second, later ones without what stayed (.../public/ticker, read 2026-11-25).
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Literal
from zlib import crc32

import msgspec

from bot.errors import ParseError
from bot.exchanges.addresses import with_query
from bot.exchanges.checks import (
    MALFORMED,
    Milliseconds,
    json_of,
    liquidation,
    listed_rows,
    marks,
    number,
)
from bot.exchanges.coins import checked, coin, split_quote
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
from bot.market import ONE, Instrument, Instruments, Liquidation, Side

_NAME = "bybit"
_TOPIC = "allLiquidation."
_OLD_TOPIC = "liquidation."
_QUOTES = "tickers."
_CANARIES = {"linear": (f"{_QUOTES}BTCUSDT",), "inverse": (f"{_QUOTES}BTCUSD",)}
_SIDES = {"Buy": Side.LONG, "Sell": Side.SHORT}
_INVERSE = re.compile(r"(.+)USD(?:[FGHJKMNQUVXZ]\d\d)?$")
_EXPIRY = re.compile(r"-\d{1,2}[A-Z]{3}\d{2}$")
_TOPICS_LENGTH = 16_000
"""Characters of topics planned for a connection: 21,000 are allowed, newcomers need the rest."""
_BATCH = 200


class _Entry(msgspec.Struct, gc=False):
    """In the frame's order; numbers as they are written."""

    T: Milliseconds
    s: str
    S: Literal["Buy", "Sell"]
    v: str
    p: str


class _Frame(msgspec.Struct, gc=False):
    """Only what an event needs, for all of it takes time."""

    topic: str = ""
    data: list[_Entry] | None = None


class _Quote(msgspec.Struct):
    symbol: str = ""
    markPrice: str = ""  # noqa: N815 (the exchange's spelling)


class _Quotes(msgspec.Struct):
    data: _Quote


class _Answer(msgspec.Struct):
    topic: str = ""
    op: str = ""
    success: bool | None = None
    ret_msg: str = ""
    req_id: str = ""


class _OldEntry(msgspec.Struct):
    """``liquidation.SYMBOL``, sent until 2025: kept because recordings hold it."""

    symbol: str
    side: Literal["Buy", "Sell"]
    price: Decimal
    size: Decimal | None = None
    qty: Decimal | None = None
    updatedTime: Milliseconds | None = None  # noqa: N815
    time: Milliseconds | None = None
    id: int | None = None


class _OldFrame(msgspec.Struct):
    data: _OldEntry | list[_OldEntry]


class _Symbol(msgspec.Struct):
    symbol: str
    contractType: str  # noqa: N815
    status: str
    baseCoin: str  # noqa: N815
    quoteCoin: str  # noqa: N815


class _Page(msgspec.Struct):
    list: list[_Symbol]
    nextPageCursor: str = ""  # noqa: N815


class _InstrumentsInfo(msgspec.Struct):
    result: _Page
    retCode: int = 0  # noqa: N815


_DECODER = msgspec.json.Decoder(_Frame)
_ANSWER = msgspec.json.Decoder(_Answer)
_QUOTES_DECODER = msgspec.json.Decoder(_Quotes)
_OLD_DECODER = msgspec.json.Decoder(_OldFrame)
_INFO_DECODER = msgspec.json.Decoder(_InstrumentsInfo)


class Bybit(Exchange):
    """The dialect; see ``dialect.Exchange``."""

    name = _NAME
    title = "Bybit"
    urls: Mapping[str, str] = MappingProxyType(
        {"ws": "wss://stream.bybit.com", "rest": "https://api.bybit.com"}
    )
    publication = Publication("complete")
    heartbeat = Heartbeat(every_s=20.0, payload='{"req_id":"ping","op":"ping"}')
    budget = Budget(connects=500, per_s=300.0)
    data_s = 30.0
    silence_s = 1200.0

    def streams(self, instruments: Instruments, urls: Mapping[str, str]) -> tuple[Stream, ...]:
        """As many connections per category as its topics need; none where nothing is listed."""
        return tuple(
            Stream(f"{category}-{number}", f"{urls['ws']}/v5/public/{category}", topics, canaries)
            for category, canaries in _CANARIES.items()
            for number, topics in enumerate(_connections(instruments, category == "linear"), 1)
        )

    def batches(self, topics: Topics) -> tuple[Topics, ...]:
        return tuple(topics[i : i + _BATCH] for i in range(0, len(topics), _BATCH))

    def subscribe(self, topics: Topics, request: str) -> str:
        wish = {"req_id": request, "op": "subscribe", "args": topics}
        return msgspec.json.encode(wish).decode()

    def parse(self, frame: bytes | str, received_ms: int, instruments: Instruments) -> Parsed:
        try:
            message = _DECODER.decode(frame)
            if not message.topic.startswith(_TOPIC):
                return _answer(_ANSWER.decode(frame))
            if message.data is None:
                raise ParseError("bybit: liquidations without data")
            return _events(message.data, received_ms, instruments)
        except msgspec.ValidationError as error:
            return _other_topic(frame, error, received_ms, instruments)
        except MALFORMED as error:
            raise ParseError(f"bybit: {error}") from error

    def listings(self, urls: Mapping[str, str]) -> tuple[str, ...]:
        page = f"{urls['rest']}/v5/market/instruments-info?limit=1000&category="
        return (f"{page}linear", f"{page}inverse")

    def instruments(self, body: bytes, url: str) -> tuple[list[Instrument], str | None]:
        """What trades now; a topic that cannot be subscribed may refuse its whole batch."""
        try:
            answer = _INFO_DECODER.decode(body)
            if answer.retCode:
                raise ParseError(f"bybit instruments-info: code {answer.retCode}")
            open_now = [row for row in answer.result.list if row.status == "Trading"]
            trading = listed_rows(open_now, _instrument)
        except MALFORMED as error:
            raise ParseError(f"bybit instruments-info: {error}") from error
        cursor = answer.result.nextPageCursor
        return trading, with_query(url, {"cursor": cursor}) if cursor and url else None


def _connections(instruments: Instruments, linear: bool) -> list[Topics]:
    """Topics by connection. A topic keeps its connection while their number stays the same."""
    symbols = sorted(s for s, listed in instruments.items() if listed.linear is linear)
    parts: list[list[str]] = [[]]
    while True:
        for symbol in symbols:
            parts[crc32(symbol.encode()) % len(parts)].append(_TOPIC + symbol)
        if max(map(_length, parts)) <= _TOPICS_LENGTH:
            return [tuple(part) for part in parts if part]
        parts = [[] for _ in range(len(parts) + 1)]


def _length(topics: list[str]) -> int:
    return len(msgspec.json.encode(topics))


def _events(entries: list[_Entry], received_ms: int, instruments: Instruments) -> Parsed:
    events = [
        liquidation(
            instruments.get(entry.s) or _unlisted(entry.s),
            _SIDES[entry.S], number(entry.p), number(entry.v), entry.T, received_ms,
        )
        for entry in entries
    ]  # fmt: skip
    return Events(events) if events else Other()


@lru_cache(maxsize=4096)
def _unlisted(symbol: str) -> Instrument:
    """What the name of a contract tells: Bybit needs no contract sizes."""
    inverse = _INVERSE.match(symbol)
    if inverse:
        return Instrument(_NAME, symbol, coin(inverse[1]), "USD", ONE, linear=False)
    pair = _EXPIRY.sub("", symbol)
    base, quote = split_quote(pair)
    if symbol.endswith("PERP"):
        base, quote = symbol.removesuffix("PERP"), "USDC"
    elif not quote and pair != symbol:
        quote = "USDC"  # BTC-26DEC25: futures that name no quote are settled in USDC
    return Instrument(_NAME, symbol, coin(base.rstrip("-")), quote, ONE, linear=True)


def _answer(message: _Answer) -> Parsed:
    if message.ret_msg == "pong" or message.op == "pong":
        return Pong()
    if message.topic and not message.topic.startswith(_OLD_TOPIC):
        return Other()
    if message.success is None or message.topic:
        raise ParseError("none of the documented shapes")
    if message.op not in ("", "subscribe"):
        return Other()
    return Ack(message.req_id, message.success, "" if message.success else message.ret_msg)


def _other_topic(
    frame: bytes | str, error: Exception, received_ms: int, instruments: Instruments
) -> Parsed:
    """Quotes, old liquidations, and topics whose ``data`` has other shapes."""
    value = json_of(frame)
    topic = value.get("topic") if isinstance(value, dict) else None
    if not isinstance(topic, str) or topic.startswith(_TOPIC):
        raise ParseError(f"bybit: {error}") from error
    if not topic.startswith((_OLD_TOPIC, _QUOTES)):
        return Other()
    try:
        if topic.startswith(_QUOTES):
            quote = _QUOTES_DECODER.decode(frame).data
            return marks([(quote.symbol, quote.markPrice)])
        data = _OLD_DECODER.decode(frame).data
        entries = data if isinstance(data, list) else [data]
        return Events([_old_event(entry, received_ms, instruments) for entry in entries])
    except MALFORMED as old_error:
        raise ParseError(f"bybit: {old_error}") from old_error


def _old_event(entry: _OldEntry, received_ms: int, instruments: Instruments) -> Liquidation:
    quantity = entry.qty if entry.size is None else entry.size
    time_ms = entry.time if entry.updatedTime is None else entry.updatedTime
    if quantity is None or time_ms is None:
        raise ParseError(f"{entry.symbol}: no quantity or no time")
    listed = instruments.get(entry.symbol) or _unlisted(entry.symbol)
    own_id = "" if entry.id is None else str(entry.id)
    side, price = _SIDES[entry.side], number(entry.price)
    return liquidation(listed, side, price, number(quantity), time_ms, received_ms, own_id)


def _instrument(row: _Symbol) -> Instrument:
    linear = row.contractType.startswith("Linear")
    return Instrument(_NAME, checked(row.symbol), coin(row.baseCoin), row.quoteCoin, ONE, linear)
