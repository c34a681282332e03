"""Gate: perpetual contracts settled in USDT, BTC and USD1, on a path each.

https://www.gate.com/docs/developers/futures/ws/en/#public-liquidate-order-notification, read
2026-11-22 and 2026-11-25. A frame (``result`` was one object until 2026-08-20):

    {"channel":"futures.public_liquidates","event":"update","time":1541505434,
    "time_ms":1541505434123,"result":[{"price":"215.1","size":-124,"time":1541486601123,
    "contract":"BTC_USDT"},{"price":"215.2","size":-10,"time":1541486601456,"contract":"BTC_USDT"}]}

``size`` counts contracts, whose size the tables tell. Its sign is documented nowhere: observers
found it to be the order's (six of six frames against the public record, 2026-08-11), so that a
negative one closes a long. ``price`` is the order's, some tenths of a per cent off its fills.
Prices of one contract come beside it every second or two. Quiet contracts have none for longer, so
on the other two paths an order book shows that data flows.
"""

from collections.abc import Mapping
from copy import copy
from decimal import Decimal
from types import MappingProxyType
from typing import Self

import msgspec

from bot.errors import ParseError
from bot.exchanges.checks import (
    MALFORMED,
    ZERO,
    contract_size,
    liquidation,
    listed_rows,
    marks,
    number,
)
from bot.exchanges.coins import checked, coin
from bot.exchanges.dialect import (
    Ack,
    Closing,
    Events,
    Exchange,
    Heartbeat,
    History,
    Marks,
    Other,
    OwnSums,
    Parsed,
    Pong,
    Publication,
    Stream,
    Topics,
)
from bot.exchanges.gate_history import NAME, GateHistory, GateSums, milliseconds, unlisted
from bot.market import ONE, Instrument, Instruments, Liquidation, Side

_LIQUIDATIONS = "futures.public_liquidates"
_TICKERS = "futures.tickers"
_BOOKS = "futures.obu"
_EVERYTHING = "!all"
_BOOK = "ob."
_CANARIES: Mapping[str, Topics] = MappingProxyType(
    {
        "usdt": ("BTC_USDT",),
        "btc": (f"{_BOOK}BTC_USD.50",),
        "usd1": (f"{_BOOK}BTC_USD1.50", f"{_BOOK}ETH_USD1.50"),
    }
)
"""By the currency of settlement, the last part of a path. Busy contracts: others are quiet."""

_SIGN_IN_DOUBT = (
    "Gate does not say what the sign of a size means: a negative one is taken for a closed long."
)


class _Error(msgspec.Struct):
    code: int = 0
    message: str = ""


class _Frame(msgspec.Struct):
    channel: str = ""
    event: str = ""
    id: int | None = None
    error: _Error | None = None
    result: msgspec.Raw = msgspec.Raw()


class _Order(msgspec.Struct):
    contract: str
    price: Decimal
    size: Decimal
    time: int = 0
    time_ms: int | None = None


class _Quote(msgspec.Struct):
    contract: str
    mark_price: str | float = ""


class _Notice(msgspec.Struct):
    type: str = ""


class _Listed(msgspec.Struct):
    name: str
    type: str
    quanto_multiplier: Decimal


_FRAME = msgspec.json.Decoder(_Frame)
_ORDERS = msgspec.json.Decoder(list[_Order] | _Order)
_QUOTES = msgspec.json.Decoder(list[_Quote] | _Quote)
_NOTICE = msgspec.json.Decoder(_Notice)
_LISTING = msgspec.json.Decoder(list[_Listed])


class Gate(Exchange):
    """The dialect; see ``dialect.Exchange``."""

    name = NAME
    title = "Gate"
    urls: Mapping[str, str] = MappingProxyType(
        {"ws": "wss://fx-ws.gateio.ws", "rest": "https://api.gateio.ws"}
    )
    publication = Publication("complete")
    # A client that says nothing is cut off after 30 s.
    heartbeat = Heartbeat(every_s=15.0, payload='{"channel":"futures.ping"}')
    data_s = 60.0
    silence_s = 1800.0
    doubts: tuple[str, ...] = (
        _SIGN_IN_DOUBT,
        "Gate tells the size of an order, not what was filled of it: its sums may be too high.",
        "That Gate tells every order is what it announced on 2026-08-20; nobody has measured it.",
    )
    # Without it sizes are whole contracts, rounded down, though some trade in parts.
    headers: Mapping[str, str] = MappingProxyType({"X-Gate-Size-Decimal": "1"})
    choices: Mapping[str, Topics] = MappingProxyType({"negative_size": ("long", "short")})
    history: History | None = GateHistory()
    own_sums: OwnSums | None = GateSums()
    _negative, _positive = Side.LONG, Side.SHORT

    def choose(self, chosen: Mapping[str, str]) -> Self:
        made = copy(self)
        if "negative_size" in chosen:
            short = chosen["negative_size"] == "short"
            made._negative = Side.SHORT if short else Side.LONG
            made._positive = Side.LONG if short else Side.SHORT
            made.doubts = tuple(doubt for doubt in self.doubts if doubt != _SIGN_IN_DOUBT)
        return made

    def streams(self, instruments: Instruments, urls: Mapping[str, str]) -> tuple[Stream, ...]:
        return tuple(
            Stream(currency, f"{urls['ws']}/v4/ws/{currency}", (_EVERYTHING,), canaries)
            for currency, canaries in _CANARIES.items()
        )

    def subscribe(self, topics: Topics, request: str) -> str:
        """One topic a request, as they are cut."""
        wish = {
            "id": int(request),
            "channel": _channel(topics[0]),
            "event": "subscribe",
            "payload": topics,
        }
        return msgspec.json.encode(wish).decode()

    def parse(self, frame: bytes | str, received_ms: int, instruments: Instruments) -> Parsed:
        try:
            message = _FRAME.decode(frame)
            if message.event == "subscribe" or message.error is not None:
                return _answer(message)
            match message.channel, message.event:
                case "futures.pong", _:
                    return Pong()
                case "futures.public_liquidates", "update":
                    return self._events(message.result, received_ms, instruments)
                case "futures.public_liquidates", event:
                    raise ParseError(f"an unknown event {event[:20]!r}")
                case "futures.tickers", "update":
                    return _marks(message.result)
                case "futures.obu", "update":
                    return Marks()
                case "futures.system", "update":
                    return _notice(message.result)
                case "", _:
                    raise ParseError("none of the documented shapes")
                case _:
                    return Other()
        except (ParseError, *MALFORMED) as error:
            raise ParseError(f"gate: {error}") from error

    def _events(self, result: msgspec.Raw, received_ms: int, instruments: Instruments) -> Parsed:
        told = _ORDERS.decode(result)
        orders = told if isinstance(told, list) else [told]
        # Less than a whole contract is told as none.
        events = [self._event(each, received_ms, instruments) for each in orders if each.size]
        return Events(events) if events else Other()

    def _event(self, order: _Order, received_ms: int, instruments: Instruments) -> Liquidation:
        listed = instruments.get(order.contract) or unlisted(order.contract)
        price, size = number(order.price), number(order.size)
        side = self._negative if size < ZERO else self._positive
        time_ms = milliseconds(order.time if order.time_ms is None else order.time_ms)
        return liquidation(listed, side, price, size.copy_abs(), time_ms, received_ms)

    def listings(self, urls: Mapping[str, str]) -> tuple[str, ...]:
        """Without a ``limit``, for whoever gives one gets no more than a page."""
        return tuple(f"{urls['rest']}/api/v4/futures/{each}/contracts" for each in _CANARIES)

    def instruments(self, body: bytes, url: str) -> tuple[list[Instrument], str | None]:
        """Every contract, whatever its status: one that is delisted can still be liquidated."""
        try:
            return listed_rows(_LISTING.decode(body), _instrument), None
        except MALFORMED as error:
            raise ParseError(f"gate contracts: {error}") from error


def _channel(topic: str) -> str:
    if topic == _EVERYTHING:
        return _LIQUIDATIONS
    return _BOOKS if topic.startswith(_BOOK) else _TICKERS


def _answer(message: _Frame) -> Ack:
    request, error = "" if message.id is None else str(message.id), message.error
    if error is None:
        return Ack(request, accepted=True)
    return Ack(request, accepted=False, reason=f"{error.code} {error.message}".strip())


def _marks(result: msgspec.Raw) -> Marks:
    told = _QUOTES.decode(result)
    quotes = told if isinstance(told, list) else [told]
    return marks((quote.contract, quote.mark_price) for quote in quotes)


def _notice(result: msgspec.Raw) -> Parsed:
    """``upgrade``: the server shuts down soon."""
    if _NOTICE.decode(result).type == "upgrade":
        return Closing("Gate upgrades the server")
    return Other()


def _instrument(row: _Listed) -> Instrument:
    """An inverse contract is one US dollar, and its multiplier is told as none."""
    symbol = checked(row.name)
    base, _, quote = symbol.rpartition("_")
    if row.type == "inverse" and not row.quanto_multiplier:
        return Instrument(NAME, symbol, coin(base), quote, ONE, linear=False)
    if row.type != "direct" or quote == "USD":
        return unlisted(symbol)  # a price in dollars, settled in bitcoin: worth neither
    size = contract_size(str(row.quanto_multiplier))
    return Instrument(NAME, symbol, coin(base), quote, size, linear=True)
