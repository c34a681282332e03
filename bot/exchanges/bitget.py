"""Bitget: USDT-, USDC- and coin-margined futures, from the socket of its unified account (v3).

https://www.bitget.com/api-doc/uta/websocket/public/Liquidation-Channel, read 2026-11-22 and
2026-11-25. A frame (``data`` may hold several, of many contracts):

    {"data":[{"symbol":"BTCUSDT","side":"buy","price":"89000","amount":"37.722858",
    "ts":"1736371332162"}],"arg":{"instType":"usdt-futures","topic":"liquidation"},
    "action":"update","ts":1736371332162}

``side`` is the position's: buy means that a long was liquidated. ``price`` is that of bankruptcy.
``amount`` is the quote's money ("Unit: quote coin"), so a quantity here is one of US dollars and
needs no contract size. The socket of v2 acknowledges the same channel and stays silent, hence the
ticker beside it (.../public/Tickers-Channel, read 2026-11-25).
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

import msgspec

from bot.errors import ParseError
from bot.exchanges.checks import MALFORMED, Milliseconds, liquidation, listed_rows, marks, number
from bot.exchanges.coins import checked, coin
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
from bot.market import DOLLARS, ONE, Instrument, Instruments, Side

_NAME = "bitget"
_KINDS = ("usdt-futures", "usdc-futures", "coin-futures")
_MARKED = "BTCUSDT"
_SIDES = {"buy": Side.LONG, "sell": Side.SHORT}
_NAMES: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "usdt-futures": re.compile(r"(.+)(USDT)"),
        "usdc-futures": re.compile(r"(.+)(PERP)"),
        "coin-futures": re.compile(r"(.+?)(USD|CM)(?:_CM|[FGHJKMNQUVXZ]\d\d)?"),
    }
)
"""BTCUSDT, BTCPERP, BTCUSD_CM and BTCCMZ26; BTCUSD and BTCUSDZ26 of the older accounts."""

_QUOTES = MappingProxyType({"USDT": "USDT", "PERP": "USDC", "USD": "USD", "CM": "USD"})


class _Arg(msgspec.Struct):
    instType: str = ""  # noqa: N815 (the exchange's spelling)
    topic: str = ""
    symbol: str = ""


class _Frame(msgspec.Struct):
    arg: _Arg | None = None
    event: str = ""
    action: str = ""
    code: int | str = ""
    msg: str = ""
    data: msgspec.Raw = msgspec.Raw()


class _Order(msgspec.Struct):
    symbol: str
    side: Literal["buy", "sell"]
    price: Decimal
    amount: Decimal
    ts: Milliseconds


class _Quote(msgspec.Struct):
    markPrice: str | float = ""  # noqa: N815


class _Listed(msgspec.Struct):
    symbol: str
    baseCoin: str  # noqa: N815
    quoteCoin: str  # noqa: N815


class _Listing(msgspec.Struct):
    code: str
    data: list[_Listed] | None = None


_FRAME = msgspec.json.Decoder(_Frame)
_ORDERS = msgspec.json.Decoder(list[_Order], strict=False)  # lax: times are in quotes
_TICKER = msgspec.json.Decoder(list[_Quote])
_LISTING = msgspec.json.Decoder(_Listing)


class Bitget(Exchange):
    """The dialect; see ``dialect.Exchange``."""

    name = _NAME
    title = "Bitget"
    urls: Mapping[str, str] = MappingProxyType(
        {"ws": "wss://ws.bitget.com", "rest": "https://api.bitget.com"}
    )
    publication = Publication(
        "sampled", how="the largest long and the largest short per contract and second"
    )
    doubts = (
        "Bitget's coin-margined amounts are taken for US dollars, as it documents them; nobody has "
        "measured that.",
    )
    # Wanted every 30 s; two minutes without one end the connection.
    heartbeat = Heartbeat(every_s=25.0, payload="ping")
    # Ten messages a second are allowed on a connection, and pings count.
    budget = Budget(connects=300, per_s=300.0, request_gap_s=0.2)
    lifetime_s = 23.8 * 3600  # documented of the older socket: all are cut every 24 hours
    data_s = 30.0
    # How often it tells something was never measured; its open interest is like Gate's.
    silence_s = 3600.0

    def streams(self, instruments: Instruments, urls: Mapping[str, str]) -> tuple[Stream, ...]:
        return (Stream("public", f"{urls['ws']}/v3/ws/public", _KINDS, (_MARKED,)),)

    def subscribe(self, topics: Topics, request: str) -> str:
        args = [
            {"instType": topic, "topic": "liquidation"}
            if topic in _KINDS
            else {"instType": "usdt-futures", "topic": "ticker", "symbol": topic}
            for topic in topics
        ]
        return msgspec.json.encode({"op": "subscribe", "args": args}).decode()

    def parse(self, frame: bytes | str, received_ms: int, instruments: Instruments) -> Parsed:
        try:
            message = _FRAME.decode(frame)
            if message.event:
                return _answer(message)
            arg = message.arg
            if arg is None or not arg.topic:
                raise ParseError("bitget: none of the documented shapes")
            if arg.topic == "ticker":
                quotes = _TICKER.decode(message.data)
                return marks((arg.symbol, quote.markPrice) for quote in quotes)
            if arg.topic != "liquidation" or message.action == "snapshot":
                return Other()
            if message.action != "update":
                raise ParseError(f"bitget: an unknown action {message.action[:20]!r}")
            return _events(message, arg.instType, received_ms, instruments)
        except MALFORMED as error:
            if frame in (b"pong", "pong"):
                return Pong()
            raise ParseError(f"bitget: {error}") from error

    def listings(self, urls: Mapping[str, str]) -> tuple[str, ...]:
        page = f"{urls['rest']}/api/v3/market/instruments?category="
        return tuple(page + kind.upper() for kind in _KINDS)

    def instruments(self, body: bytes, url: str) -> tuple[list[Instrument], str | None]:
        """Every contract, whatever its status: one that is closing can still be liquidated."""
        try:
            answer = _LISTING.decode(body)
            if answer.code != "00000" or answer.data is None:
                raise ParseError(f"bitget instruments: code {answer.code[:20]}")
            return listed_rows(answer.data, _instrument), None
        except MALFORMED as error:
            raise ParseError(f"bitget instruments: {error}") from error


def _answer(message: _Frame) -> Parsed:
    if message.event == "subscribe":
        return Ack("", accepted=True)
    if message.event == "error":
        return Ack("", accepted=False, reason=f"{message.code} {message.msg}".strip())
    return Other()


def _events(message: _Frame, kind: str, received_ms: int, instruments: Instruments) -> Parsed:
    events = [
        liquidation(
            instruments.get(order.symbol) or _unlisted(kind, order.symbol),
            _SIDES[order.side], number(order.price), number(order.amount), order.ts, received_ms,
        )
        for order in _ORDERS.decode(message.data)
    ]  # fmt: skip
    return Events(events) if events else Other()


def _instrument(row: _Listed) -> Instrument:
    return _in_money(checked(row.symbol), row.baseCoin, row.quoteCoin)


@lru_cache(maxsize=4096)
def _unlisted(kind: str, symbol: str) -> Instrument:
    """What the kind of contract and its name tell; of an unknown kind, no value."""
    pattern = _NAMES.get(kind)
    named = pattern.fullmatch(symbol) if pattern else None
    base, quote = (named[1], _QUOTES[named[2]]) if named else (symbol, "")
    return _in_money(checked(symbol), base, quote)


def _in_money(symbol: str, base: str, quote: str) -> Instrument:
    """A contract whose quantities are money of its quote, worth something if that is dollars."""
    return Instrument(_NAME, symbol, coin(base), quote, ONE, linear=quote not in DOLLARS)
