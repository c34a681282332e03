"""Deribit: perpetuals, futures and options; a trade says whether it was a liquidation.

https://docs.deribit.com/subscriptions/trades/tradeskindcurrencyinterval, read 2026-11-22 and
2026-11-25. A frame (``data`` holds ordinary trades too, without ``liquidation``):

    {"jsonrpc":"2.0","method":"subscription","params":{"channel":"trades.future.any.100ms","data":
    [{"trade_seq":40781986,"trade_id":"66460463","timestamp":1584058044032,"tick_direction":3,
    "price":4469.5,"liquidation":"T","instrument_name":"BTC-PERPETUAL","index_price":4805.41,
    "direction":"sell","amount":1120}]}}

``direction`` is the taker's. ``liquidation`` tells whose position was closed: T the taker's, M the
maker's, MT both, which are two liquidations. ``amount`` counts US dollars (inverse futures) or
coins (linear futures, options). An option counts with its underlying, amount times index, not with
its premium. Kind ``future`` holds perpetuals; a combo's legs come as trades of their own.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

from bot.errors import ParseError
from bot.exchanges.checks import MALFORMED, listed_rows, marks
from bot.exchanges.coins import checked, coin
from bot.exchanges.deribit_history import KINDS, NAME, DeribitHistory, Trade, liquidations
from bot.exchanges.dialect import (
    Ack,
    Answer,
    Events,
    Exchange,
    Heartbeat,
    History,
    Marks,
    Other,
    Parsed,
    Pong,
    Publication,
    Stream,
    Topics,
)
from bot.market import ONE, Instrument, Instruments

_TEST = '{"jsonrpc":"2.0","id":0,"method":"public/test","params":{}}'
"""Our ping, and the answer to the exchange's. Requests count from 1."""


class _Params(msgspec.Struct):
    channel: str = ""
    data: msgspec.Raw = msgspec.Raw()
    type: str = ""


class _Fault(msgspec.Struct):
    code: int = 0
    message: str = ""


class _Message(msgspec.Struct):
    method: str = ""
    params: _Params | None = None
    id: int | str | None = None
    result: object = None
    error: _Fault | None = None


class _Ticker(msgspec.Struct):
    instrument_name: str
    mark_price: float


class _Listed(msgspec.Struct):
    instrument_name: str
    base_currency: str
    quote_currency: str
    instrument_type: Literal["linear", "reversed"]
    is_active: bool = True


class _Listing(msgspec.Struct):
    """An error has no ``result``."""

    result: list[_Listed]


_MESSAGE = msgspec.json.Decoder(_Message)
_TRADES = msgspec.json.Decoder(list[Trade])
_TICKER = msgspec.json.Decoder(_Ticker)
_LISTING = msgspec.json.Decoder(_Listing)


class Deribit(Exchange):
    """The dialect; see ``dialect.Exchange``."""

    name = NAME
    title = "Deribit"
    urls: Mapping[str, str] = MappingProxyType(
        {"ws": "wss://www.deribit.com", "rest": "https://www.deribit.com"}
    )
    publication = Publication("complete")
    doubts = (
        "An option counts with the value of what it is on, and as a long if it was held, "
        "be it a call or a put.",
    )
    heartbeat = Heartbeat(every_s=20.0, payload=_TEST)
    data_s = 30.0
    history: History | None = DeribitHistory()

    def streams(self, instruments: Instruments, urls: Mapping[str, str]) -> tuple[Stream, ...]:
        topics = tuple(f"trades.{kind}.any.100ms" for kind in KINDS)
        canaries = ("ticker.BTC-PERPETUAL.agg2",)
        return (Stream("trades", f"{urls['ws']}/ws/api/v2", topics, canaries),)

    def subscribe(self, topics: Topics, request: str) -> str:
        wish = {
            "jsonrpc": "2.0", "id": int(request), "method": "public/subscribe",
            "params": {"channels": topics},
        }  # fmt: skip
        return msgspec.json.encode(wish).decode()

    def parse(self, frame: bytes | str, received_ms: int, instruments: Instruments) -> Parsed:
        try:
            message = _MESSAGE.decode(frame)
            params = message.params or _Params()
            match message.method:
                case "subscription":
                    return _told(params, received_ms, instruments)
                case "heartbeat":
                    return Answer(_TEST) if params.type == "test_request" else Other()
                case "":
                    return _answer(message)
                case _:
                    return Other()
        except MALFORMED as error:
            raise ParseError(f"deribit: {error}") from error

    def listings(self, urls: Mapping[str, str]) -> tuple[str, ...]:
        """Futures alone: options come and go by the thousand, and their names tell everything."""
        return (f"{urls['rest']}/api/v2/public/get_instruments?currency=any&kind=future",)

    def instruments(self, body: bytes, url: str) -> tuple[list[Instrument], str | None]:
        """What trades now."""
        try:
            rows = [row for row in _LISTING.decode(body).result if row.is_active]
            return listed_rows(rows, _instrument), None
        except MALFORMED as error:
            raise ParseError(f"deribit get_instruments: {error}") from error


def _told(params: _Params, received_ms: int, instruments: Instruments) -> Parsed:
    match params.channel.partition(".")[0]:
        case "trades":
            events = liquidations(_TRADES.decode(params.data), received_ms, instruments)
            return Events(events) if events else Marks()
        case "ticker":
            ticker = _TICKER.decode(params.data)
            return marks([(ticker.instrument_name, ticker.mark_price)])
        case "":
            raise ParseError("deribit: a notification without a channel")
        case _:
            return Other()


def _answer(message: _Message) -> Parsed:
    """A channel that was refused is missing from the list, or an error answers the request."""
    request = "" if message.id is None else str(message.id)
    if message.error:
        reason = f"{message.error.code} {message.error.message}".strip()
        return Ack(request, accepted=False, reason=reason)
    match message.result:
        case list() as channels:
            only = tuple(channel for channel in channels if isinstance(channel, str))
            return Ack(request, accepted=True, reason="not accepted", only=only)
        case {"version": _}:
            return Pong()
        case "ok":
            return Other()
        case _:
            raise ParseError("deribit: none of the documented shapes")


def _instrument(row: _Listed) -> Instrument:
    """``amount`` counts dollars or coins whatever the contract's size is."""
    symbol, linear = checked(row.instrument_name), row.instrument_type == "linear"
    return Instrument(NAME, symbol, coin(row.base_currency), row.quote_currency, ONE, linear)
