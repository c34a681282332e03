"""Binance: USD-M and COIN-M futures, from the one stream that carries both since 2026-06-30.

https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams/All-Market-Liquidation-Order-Streams
read 2026-11-22. A frame (one object a message, in spite of the ``@arr``):

    {"e":"forceOrder","E":1568014460893,"o":{"s":"BTCUSDT","S":"SELL","o":"LIMIT","f":"IOC",
    "q":"0.014","p":"9910","ap":"9910","X":"FILLED","l":"0.014","z":"0.014","T":1568014460893},
    "ps":"BTCUSDT","st":1}

``S`` is the side of the closing order: SELL closes a long. The old address without ``/market``
still acknowledges and then stays silent.
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
    LARGEST_USD,
    MALFORMED,
    ZERO,
    Milliseconds,
    contract_size,
    json_of,
    liquidation,
    listed_rows,
    number,
    times,
)
from bot.exchanges.coins import checked, coin, split_quote
from bot.exchanges.dialect import (
    Ack,
    Events,
    Exchange,
    Heartbeat,
    Other,
    Parsed,
    Publication,
    Stream,
)
from bot.market import ONE, Instrument, Instruments, Liquidation, Side

_NAME = "binance"
_URLS = MappingProxyType(
    {
        "ws": "wss://fstream.binance.com",
        "rest": "https://fapi.binance.com",
        "coin_rest": "https://dapi.binance.com",
    }
)
_COIN_M = 2
_UNKNOWN = ""
"""A quote that prices nothing."""

_COIN_M_SYMBOL = re.compile(r"USD_(PERP|\d{6})$")
_DELIVERY = re.compile(r"_\d{6}$")
_SIDES = {"SELL": Side.LONG, "BUY": Side.SHORT}


class _Order(msgspec.Struct, gc=False, kw_only=True):
    """``o``: symbol, order side, average price, quantity filled, time.

    In the frame's order; numbers as they are written.
    """

    s: str
    S: Literal["BUY", "SELL"]
    ap: str = ""
    z: str = ""
    T: Milliseconds


class _AskedOrder(_Order):
    """With quantity and limit price asked for, which count where the others are not told."""

    q: str = ""
    p: str = ""
    st: int = 0


class _Frame(msgspec.Struct, gc=False):
    """An event, or a combined stream's wrapper; only what is needed, for all of it takes time."""

    e: Literal["forceOrder"] | None = None
    o: _Order | None = None
    data: "_Frame | None" = None


class _AskedFrame(msgspec.Struct):
    o: _AskedOrder
    st: int = 0


class _Answer(msgspec.Struct):
    id: int | str | None = None
    result: object = msgspec.UNSET
    code: int | None = None
    msg: str = ""
    error: "_Answer | None" = None


class _Symbol(msgspec.Struct):
    symbol: str
    baseAsset: str  # noqa: N815 (the exchange's spelling)
    quoteAsset: str  # noqa: N815
    contractSize: Decimal | None = None  # noqa: N815


class _ExchangeInfo(msgspec.Struct):
    symbols: list[_Symbol]


_decoded = msgspec.json.Decoder(_Frame).decode
_ANSWER = msgspec.json.Decoder(_Answer)
_EXCHANGE_INFO = msgspec.json.Decoder(_ExchangeInfo)


class Binance(Exchange):
    """The dialect; see ``dialect.Exchange``."""

    name = _NAME
    title = "Binance"
    urls: Mapping[str, str] = _URLS
    # Since 2026-04-14 the largest, before that the latest; the connector's docstrings still say so.
    publication = Publication("sampled", how="the largest order per symbol and second")
    heartbeat = Heartbeat(every_s=20.0)

    def streams(self, instruments: Instruments, urls: Mapping[str, str]) -> tuple[Stream, ...]:
        return (Stream("market", f"{urls['ws']}/market/ws", ("!forceOrder@arr",)),)

    def subscribe(self, topics: tuple[str, ...], request: str) -> str:
        wish = {"method": "SUBSCRIBE", "params": topics, "id": int(request)}
        return msgspec.json.encode(wish).decode()

    def parse(self, frame: bytes | str, received_ms: int, instruments: Instruments) -> Parsed:
        try:
            message = _decoded(frame)
            inner = message.data or message
            order = inner.o
            if order is None or inner.e is None:
                return _answer(frame)
            listed, side, at_ms = instruments[order.s], _SIDES[order.S], order.T
            price, quantity = number(order.ap), number(order.z)
            usd = times(quantity, price)
            plain = listed.in_dollars and listed.size is ONE
            if not (plain and price > ZERO and ZERO < usd < LARGEST_USD):
                return Events([liquidation(listed, side, price, quantity, at_ms, received_ms)])
            # As ``liquidation`` makes it, without the call: nearly every order comes through here.
            return Events(
                [
                    Liquidation(
                        _NAME, order.s, listed.coin, side, price, quantity, usd, at_ms, received_ms
                    )
                ]
            )
        except KeyError as unlisted:
            return _other_shape(json_of(frame), unlisted, received_ms, instruments)
        except (ParseError, *MALFORMED) as error:
            return _other_shape(json_of(frame), error, received_ms, instruments)

    def listings(self, urls: Mapping[str, str]) -> tuple[str, ...]:
        rest, coin_rest = urls["rest"], urls.get("coin_rest", urls["rest"])
        if rest != _URLS["rest"] and coin_rest == _URLS["coin_rest"]:
            coin_rest = rest  # who redirects REST did not mean half of it
        return (f"{rest}/fapi/v1/exchangeInfo", f"{coin_rest}/dapi/v1/exchangeInfo")

    def instruments(self, body: bytes, url: str) -> tuple[list[Instrument], str | None]:
        """Every contract, whatever its status: one in settlement can still be liquidated."""
        try:
            return listed_rows(_EXCHANGE_INFO.decode(body).symbols, _instrument), None
        except MALFORMED as error:
            raise ParseError(f"binance exchangeInfo: {error}") from error


def _asked_event(value: object, received_ms: int, instruments: Instruments) -> Liquidation | None:
    """An event that may be unlisted, or lack what was paid or filled."""
    frame = msgspec.convert(value, _AskedFrame)
    order = frame.o
    if order.z and not number(order.z):
        return None  # an order that expired unfilled closed nobody's position
    order.z = order.z or order.q
    if not (order.ap and number(order.ap)):  # an average of 0 is none yet
        order.ap = order.p
    listed = instruments.get(order.s) or _unlisted(order.s, frame.st or order.st)
    price, quantity, side = number(order.ap), number(order.z), _SIDES[order.S]
    return liquidation(listed, side, price, quantity, order.T, received_ms)


@lru_cache(maxsize=4096)
def _unlisted(symbol: str, market: int) -> Instrument:
    """What a symbol alone tells. USD-M counts coins; of COIN-M the contract's size is unknown.

    ``st`` was documented at the top level and captured inside ``o``, reconstructed rather than
    seen [M]; where it is absent the symbol tells.
    """
    if market == _COIN_M or _COIN_M_SYMBOL.search(symbol):
        base, quote = symbol.partition("_")[0].removesuffix("USD"), _UNKNOWN
    else:
        base, quote = split_quote(_DELIVERY.sub("", symbol))
    return Instrument(_NAME, symbol, coin(base), quote, ONE, linear=True)


def _answer(frame: bytes | str) -> Ack | Other:
    answer = _ANSWER.decode(frame)
    request = "" if answer.id is None else str(answer.id)
    fault = answer.error or answer
    if fault.code is not None:
        return Ack(request, accepted=False, reason=f"{fault.code} {fault.msg}".strip())
    if answer.result is None and request:
        return Ack(request, accepted=True)
    if answer.result is msgspec.UNSET:
        raise ParseError("none of the documented shapes")
    return Other()


def _other_shape(
    value: object, error: Exception, received_ms: int, instruments: Instruments
) -> Events | Other:
    """Incomplete orders, arrays, and other streams, which use the same letters for other types.

    An array was never seen, in spite of the stream's name; it would be understood.
    """
    inner = value.get("data", value) if isinstance(value, dict) else value
    frames = inner if isinstance(inner, list) else [inner]
    names = [frame.get("e") if isinstance(frame, dict) else None for frame in frames]
    if "forceOrder" not in names and all(isinstance(name, str) for name in names):
        return Other()
    if "forceOrder" not in names or None in names:
        raise ParseError(f"binance: {error}") from error
    try:
        orders = [
            _asked_event(frame, received_ms, instruments)
            for frame, name in zip(frames, names, strict=True)
            if name == "forceOrder"
        ]
    except MALFORMED as mistake:
        raise ParseError(f"binance: {mistake}") from mistake
    events = [event for event in orders if event is not None]
    return Events(events) if events else Other()


def _instrument(row: _Symbol) -> Instrument:
    linear = row.contractSize is None
    size = ONE if linear else contract_size(str(row.contractSize))
    name = coin(row.baseAsset)
    return Instrument(_NAME, checked(row.symbol), name, row.quoteAsset, size, linear)
