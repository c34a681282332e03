"""Binance's frames beside the plain order: arrays, incomplete orders, mark prices, answers.

Its forks send the same; ``exchange`` is the name of whose they are.
"""

import re
from functools import lru_cache
from typing import Literal

import msgspec

from bot.errors import ParseError
from bot.exchanges.checks import MALFORMED, Milliseconds, liquidation, marks, number
from bot.exchanges.coins import coin, split_quote
from bot.exchanges.dialect import Ack, Events, Marks, Other
from bot.market import ONE, Instrument, Instruments, Liquidation, Side

SIDES = {"SELL": Side.LONG, "BUY": Side.SHORT}

_COIN_M = 2
_UNKNOWN = ""
"""A quote that prices nothing."""

_COIN_M_SYMBOL = re.compile(r"USD_(PERP|\d{6})$")
_DELIVERY = re.compile(r"_\d{6}$")


class Order(msgspec.Struct, gc=False, kw_only=True):
    """``o``: symbol, order side, average price, quantity filled, time.

    In the frame's order; numbers as they are written.
    """

    s: str
    S: Literal["BUY", "SELL"]
    ap: str = ""
    z: str = ""
    T: Milliseconds


class _AskedOrder(Order):
    """With quantity and limit price asked for, which count where the others are not told."""

    q: str = ""
    p: str = ""
    st: int = 0


class _AskedFrame(msgspec.Struct):
    o: _AskedOrder
    st: int = 0


class _Mark(msgspec.Struct, gc=False):
    """One of 700 in a frame, every three seconds: symbol and mark price."""

    e: Literal["markPriceUpdate"]
    s: str
    p: str


class _CombinedMarks(msgspec.Struct):
    """The same in a combined stream's wrapper; a stream of one contract tells no array."""

    data: list[_Mark] | _Mark


class _Combined(msgspec.Struct):
    stream: str = ""


class _Answer(msgspec.Struct):
    id: int | str | None = None
    result: object = msgspec.UNSET
    code: int | None = None
    msg: str = ""
    error: "_Answer | None" = None


_MARKS = msgspec.json.Decoder(list[_Mark] | _CombinedMarks)
_COMBINED = msgspec.json.Decoder(_Combined)
_ANSWER = msgspec.json.Decoder(_Answer)


def is_coin_m(symbol: str) -> bool:
    return _COIN_M_SYMBOL.search(symbol) is not None


def of_one_contract(frame: bytes | str) -> bool:
    """Whether a wrapper names another stream than one of all contracts (``!forceOrder@arr``)."""
    try:
        stream = _COMBINED.decode(frame).stream
    except MALFORMED:
        return False
    return stream != "" and not stream.startswith("!")


def marks_of(frame: bytes | str) -> Marks | None:
    """None for other frames; without a detour over plain values, for these are large."""
    try:
        told = _MARKS.decode(frame)
    except MALFORMED:
        return None
    rows = told if isinstance(told, list) else told.data
    if isinstance(rows, _Mark):
        rows = [rows]
    return marks((row.s, row.p) for row in rows) if rows else None


def answer(frame: bytes | str) -> Ack | Other:
    """What a request is answered with. Raises ``ParseError`` or one of ``MALFORMED``."""
    told = _ANSWER.decode(frame)
    request = "" if told.id is None else str(told.id)
    fault = told.error or told
    if fault.code is not None:
        return Ack(request, accepted=False, reason=f"{fault.code} {fault.msg}".strip())
    if told.result is None and request:
        return Ack(request, accepted=True)
    if told.result is msgspec.UNSET:
        raise ParseError("none of the documented shapes")
    return Other()


def other_shape(
    exchange: str, value: object, error: Exception, received_ms: int, instruments: Instruments
) -> Events | Other:
    """Incomplete orders, arrays, and other streams, which use the same letters for other types.

    An array was never seen, in spite of the stream's name; it would be understood. Raises
    ``ParseError``, with ``error`` where nothing better is known.
    """
    inner = value.get("data", value) if isinstance(value, dict) else value
    frames = inner if isinstance(inner, list) else [inner]
    names = [frame.get("e") if isinstance(frame, dict) else None for frame in frames]
    if "forceOrder" not in names and all(isinstance(name, str) for name in names):
        return Other()
    if "forceOrder" not in names or None in names:
        raise ParseError(f"{exchange}: {error}") from error
    try:
        orders = [
            _asked_event(exchange, frame, received_ms, instruments)
            for frame, name in zip(frames, names, strict=True)
            if name == "forceOrder"
        ]
    except MALFORMED as mistake:
        raise ParseError(f"{exchange}: {mistake}") from mistake
    events = [event for event in orders if event is not None]
    return Events(events) if events else Other()


def _asked_event(
    exchange: str, value: object, received_ms: int, instruments: Instruments
) -> Liquidation | None:
    """An event that may be unlisted, or lack what was paid or filled."""
    frame = msgspec.convert(value, _AskedFrame)
    order = frame.o
    if order.z and not number(order.z):
        return None  # an order that expired unfilled closed nobody's position
    order.z = order.z or order.q
    if not (order.ap and number(order.ap)):  # an average of 0 is none yet
        order.ap = order.p
    listed = instruments.get(order.s) or _unlisted(exchange, order.s, frame.st or order.st)
    price, quantity, side = number(order.ap), number(order.z), SIDES[order.S]
    return liquidation(listed, side, price, quantity, order.T, received_ms)


@lru_cache(maxsize=4096)
def _unlisted(exchange: str, symbol: str, market: int) -> Instrument:
    """What a symbol alone tells. USD-M counts coins; of COIN-M the contract's size is unknown.

    ``st`` was documented at the top level and captured inside ``o``, reconstructed rather than
    seen [M]; where it is absent the symbol tells.
    """
    if market == _COIN_M or is_coin_m(symbol):
        base, quote = symbol.partition("_")[0].removesuffix("USD"), _UNKNOWN
    else:
        base, quote = split_quote(_DELIVERY.sub("", symbol))
    return Instrument(exchange, symbol, coin(base), quote, ONE, linear=True)
