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
from types import MappingProxyType
from typing import Literal

import msgspec

from bot.errors import ParseError
from bot.exchanges.checks import MALFORMED, check_text, contract_size, json_of, liquidation, listed
from bot.exchanges.coins import checked, coin, split_quote
from bot.exchanges.dialect import Ack, Events, Heartbeat, Other, Parsed, Publication, Stream
from bot.market import DOLLARS, EXACT, Instrument, Instruments, Liquidation, Side

_NAME = "binance"
_URLS = MappingProxyType(
    {
        "ws": "wss://fstream.binance.com",
        "rest": "https://fapi.binance.com",
        "coin_rest": "https://dapi.binance.com",
    }
)
_COIN_M = 2
_COIN_M_SYMBOL = re.compile(r"USD_(PERP|\d{6})$")
_DELIVERY = re.compile(r"_\d{6}$")
_SIDES = {"SELL": Side.LONG, "BUY": Side.SHORT}


class _Order(msgspec.Struct, gc=False):
    """``o``: symbol, order side, trade time, filled and asked quantity, average and limit price.

    ``q`` and ``p`` are seldom needed and therefore seldom turned into numbers.
    """

    s: str
    S: Literal["BUY", "SELL"]
    T: int
    z: Decimal | None = None
    ap: Decimal | None = None
    q: str = ""
    p: str = ""
    st: int = 0


class _Frame(msgspec.Struct):
    """Every documented shape at once: an event, a combined stream's wrapper, an answer."""

    e: str = ""
    o: _Order | None = None
    st: int = 0
    data: "_Frame | list[_Frame] | None" = None
    id: int | str | None = None
    result: object = msgspec.UNSET
    code: int | None = None
    msg: str = ""
    error: "_Frame | None" = None


class _Symbol(msgspec.Struct):
    symbol: str
    baseAsset: str  # noqa: N815 (the exchange's spelling)
    quoteAsset: str  # noqa: N815
    contractSize: Decimal | None = None  # noqa: N815


class _ExchangeInfo(msgspec.Struct):
    symbols: list[_Symbol]


_DECODER: msgspec.json.Decoder[_Frame | list[_Frame]] = msgspec.json.Decoder(_Frame | list[_Frame])
_EXCHANGE_INFO = msgspec.json.Decoder(_ExchangeInfo)


class Binance:
    """The dialect; see ``dialect.Exchange``."""

    name = _NAME
    urls: Mapping[str, str] = _URLS
    # Since 2026-04-14 the largest, before that the latest; the connector's docstrings still say so.
    publication = Publication(complete=False, how="the largest order per symbol and second")
    heartbeat = Heartbeat(every_s=20.0)
    opens_with_old_news = False

    def streams(self, instruments: Instruments, urls: Mapping[str, str]) -> tuple[Stream, ...]:
        return (Stream("market", f"{urls['ws']}/market/ws", ("!forceOrder@arr",)),)

    def batches(self, topics: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
        return (topics,) if topics else ()

    def subscribe(self, topics: tuple[str, ...], request: str) -> str:
        wish = {"method": "SUBSCRIBE", "params": topics, "id": int(request)}
        return msgspec.json.encode(wish).decode()

    def parse(self, frame: bytes | str, received_ms: int, instruments: Instruments) -> Parsed:
        try:
            check_text(frame)
            message = _DECODER.decode(frame)
            if type(message) is _Frame and message.o is None and message.data is None:
                return _answer(message)
            return _events(message, received_ms, instruments)
        except msgspec.ValidationError as error:
            return _unrelated(json_of(frame), error)
        except MALFORMED as error:
            raise ParseError(f"binance: {error}") from error

    def listings(self, urls: Mapping[str, str]) -> tuple[str, ...]:
        rest, coin_rest = urls["rest"], urls.get("coin_rest", urls["rest"])
        if rest != _URLS["rest"] and coin_rest == _URLS["coin_rest"]:
            coin_rest = rest  # who redirects REST did not mean half of it
        return (f"{rest}/fapi/v1/exchangeInfo", f"{coin_rest}/dapi/v1/exchangeInfo")

    def instruments(self, body: bytes, url: str) -> tuple[list[Instrument], str | None]:
        """Every contract, whatever its status: one in settlement can still be liquidated."""
        try:
            return listed(_EXCHANGE_INFO.decode(body).symbols, _instrument), None
        except MALFORMED as error:
            raise ParseError(f"binance exchangeInfo: {error}") from error


def _events(message: _Frame | list[_Frame], received_ms: int, instruments: Instruments) -> Parsed:
    events: list[Liquidation] = []
    inner = message.data if type(message) is _Frame and message.data is not None else message
    for frame in inner if isinstance(inner, list) else (inner,):
        if frame.e != "forceOrder":
            continue
        if frame.o is None:
            raise ParseError("forceOrder without an order")
        event = _event(frame.o, frame.st or frame.o.st, received_ms, instruments)
        if event is not None:
            events.append(event)
    return Events(events) if events else Other()


def _event(
    order: _Order, market: int, received_ms: int, instruments: Instruments
) -> Liquidation | None:
    filled = order.z
    if filled is not None and not filled:
        return None  # an order that expired unfilled closed nobody's position
    quantity = Decimal(order.q) if filled is None else filled
    price = order.ap or Decimal(order.p)  # ap 0: no average yet
    symbol = order.s
    known = instruments.get(symbol)
    if known is not None and (not market or known.linear is not (market == _COIN_M)):
        name, notional = known.coin, known.notional(quantity, price)
    else:
        name, notional = _unlisted(symbol, market, quantity, price)
    side = _SIDES[order.S]
    return liquidation(_NAME, symbol, name, side, price, quantity, notional, order.T, received_ms)


def _unlisted(
    symbol: str, market: int, quantity: Decimal, price: Decimal
) -> tuple[str, Decimal | None]:
    """The coin, and the notional where no table is needed: USD-M counts coins.

    ``st`` was documented at the top level and captured inside ``o``, reconstructed rather than
    seen [M]; where it is absent the symbol tells.
    """
    if market == _COIN_M or _COIN_M_SYMBOL.search(symbol):
        return coin(symbol.partition("_")[0].removesuffix("USD")), None
    base, quote = split_quote(_DELIVERY.sub("", symbol))
    return coin(base), EXACT.multiply(quantity, price) if quote in DOLLARS else None


def _answer(message: _Frame) -> Parsed:
    request = "" if message.id is None else str(message.id)
    fault = message.error or message
    if fault.code is not None:
        return Ack(request, accepted=False, reason=f"{fault.code} {fault.msg}".strip())
    if message.result is None and request:
        return Ack(request, accepted=True)
    if message.result is not msgspec.UNSET or message.e not in ("", "forceOrder"):
        return Other()
    raise ParseError("none of the documented shapes")


def _unrelated(value: object, error: Exception) -> Other:
    """Other streams use the same letters for other types; only a forceOrder must fit."""
    inner = value.get("data", value) if isinstance(value, dict) else value
    events = inner if isinstance(inner, list) else [inner]
    if not events:
        return Other()
    for event in events:
        name = event.get("e") if isinstance(event, dict) else None
        if not isinstance(name, str) or name == "forceOrder":
            raise ParseError(f"binance: {error}") from error
    return Other()


def _instrument(row: _Symbol) -> Instrument:
    linear = row.contractSize is None
    size = Decimal(1) if linear else contract_size(str(row.contractSize))
    name = coin(row.baseAsset)
    return Instrument(_NAME, checked(row.symbol), name, row.quoteAsset, size, linear)
