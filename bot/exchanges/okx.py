"""OKX: perpetual swaps and futures, in contracts whose size only the instrument table tells.

https://www.okx.com/docs-v5/en/#public-data-websocket-liquidation-orders-channel, read 2026-11-22.
A frame (``data`` and ``details`` may hold several):

    {"arg":{"channel":"liquidation-orders","instType":"SWAP"},"data":[{"details":[{"bkLoss":"0",
    "bkPx":"0.007831","ccy":"","posSide":"short","side":"buy","sz":"13","ts":"1692266434010"}],
    "instFamily":"IOST-USDT","instId":"IOST-USDT-SWAP","instType":"SWAP","uly":"IOST-USDT"}]}

``side`` is the closing order's: sell closes a long; ``posSide`` can be ``net``. "This data doesn't
represent the total number of liquidations on OKX", nor is it in order of time, and the first frame
after a subscription repeats recent orders. Mark prices of one swap come beside it five times a
second, or every ten seconds while they stay (channel ``mark-price``, read 2026-11-25).
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

import msgspec

from bot.errors import ParseError
from bot.exchanges.checks import (
    MALFORMED,
    contract_size,
    json_of,
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
    Closing,
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
from bot.exchanges.okx_history import OkxHistory
from bot.exchanges.okx_orders import KINDS, NAME, Detail, Row, liquidations, unlisted
from bot.market import DOLLARS, EXACT, Instrument, Instruments, Side

_MARKED = "BTC-USDT-SWAP"
_OLD_TYPES = {"3": Side.LONG, "4": Side.SHORT}
_OLD_CHANNELS = ("swap/liquidation", "futures/liquidation")


class _Arg(msgspec.Struct, gc=False):
    channel: str = ""


class _Frame(msgspec.Struct, gc=False):
    """Only what an event needs, for all of it takes time."""

    arg: _Arg | None = None
    data: list[Row] | None = None
    event: str = ""


class _Mark(msgspec.Struct):
    instId: str  # noqa: N815 (the exchange's spelling)
    markPx: str  # noqa: N815


class _Marks(msgspec.Struct):
    data: list[_Mark]


class _Answer(msgspec.Struct):
    event: str = ""
    id: str = ""
    code: str = ""
    msg: str = ""


class _Contract(msgspec.Struct):
    instId: str  # noqa: N815


class _FlatFrame(msgspec.Struct):
    """Channel ``liquidations`` of 2021, one contract each: kept because recordings hold it."""

    arg: _Contract
    data: list[Detail]


class _OldRow(msgspec.Struct):
    instrument_id: str
    type: Literal["3", "4"]
    price: Decimal
    size: Decimal
    created_at: datetime


class _OldFrame(msgspec.Struct):
    """API v3 of 2020. Its ``type``: 3 a long, 4 a short was liquidated."""

    table: str
    data: list[_OldRow]


class _Listed(msgspec.Struct):
    instId: str  # noqa: N815
    ctVal: str = ""  # noqa: N815
    ctMult: str = ""  # noqa: N815
    ctValCcy: str = ""  # noqa: N815
    ctType: str = ""  # noqa: N815
    settleCcy: str = ""  # noqa: N815
    uly: str = ""
    instFamily: str = ""  # noqa: N815


class _Listing(msgspec.Struct):
    data: list[_Listed]
    code: str = "0"


# Lax: times are numbers in quotes, and once were plain ones.
_DECODER = msgspec.json.Decoder(_Frame, strict=False)
_MARKS = msgspec.json.Decoder(_Marks)
_FLAT_DECODER = msgspec.json.Decoder(_FlatFrame, strict=False)
_ANSWER = msgspec.json.Decoder(_Answer)
_OLD_DECODER = msgspec.json.Decoder(_OldFrame)
_LISTING_DECODER = msgspec.json.Decoder(_Listing)


class Okx(Exchange):
    """The dialect; see ``dialect.Exchange``."""

    name = NAME
    title = "OKX"
    urls: Mapping[str, str] = MappingProxyType(
        {"ws": "wss://ws.okx.com:8443", "rest": "https://www.okx.com"}
    )
    publication = Publication("sampled", how="a part of the orders, by its own account")
    heartbeat = Heartbeat(every_s=20.0, payload="ping")  # silence of 30 s ends the connection
    opens_with_old_news = True
    # 480 requests an hour are allowed on a connection, which needs three.
    budget = Budget(connects=3, per_s=1.0)
    data_s = 30.0
    silence_s = 1200.0
    history = OkxHistory()

    def streams(self, instruments: Instruments, urls: Mapping[str, str]) -> tuple[Stream, ...]:
        return (Stream("public", f"{urls['ws']}/ws/v5/public", KINDS, (_MARKED,)),)

    def subscribe(self, topics: Topics, request: str) -> str:
        args = [
            {"channel": "liquidation-orders", "instType": topic}
            if topic in KINDS
            else {"channel": "mark-price", "instId": topic}
            for topic in topics
        ]
        return msgspec.json.encode({"id": request, "op": "subscribe", "args": args}).decode()

    def parse(self, frame: bytes | str, received_ms: int, instruments: Instruments) -> Parsed:
        try:
            message = _DECODER.decode(frame)
            arg = message.arg
            if message.event or arg is None:
                return _answer(_ANSWER.decode(frame))
            if arg.channel != "liquidation-orders":
                return _other_channel(frame, received_ms, instruments)
            if message.data is None:
                raise ParseError("okx: liquidations without data")
            events = liquidations(message.data, received_ms, instruments)
            return Events(events) if events else Other()
        except msgspec.ValidationError as error:
            return _other_channel(frame, received_ms, instruments, error)
        except MALFORMED as error:
            if frame in (b"pong", "pong"):
                return Pong()
            raise ParseError(f"okx: {error}") from error

    def listings(self, urls: Mapping[str, str]) -> tuple[str, ...]:
        page = f"{urls['rest']}/api/v5/public/instruments?instType="
        return tuple(page + kind for kind in KINDS)

    def instruments(self, body: bytes, url: str) -> tuple[list[Instrument], str | None]:
        """Every contract with a size, whatever its state; one without is not open yet."""
        try:
            answer = _LISTING_DECODER.decode(body)
            if answer.code != "0":
                raise ParseError(f"okx instruments: code {answer.code}")
            return listed_rows([row for row in answer.data if row.ctVal], _instrument), None
        except MALFORMED as error:
            raise ParseError(f"okx instruments: {error}") from error


def _answer(message: _Answer) -> Parsed:
    if message.event == "subscribe":
        return Ack(message.id, accepted=True)
    if message.event == "error":
        return Ack(message.id, accepted=False, reason=f"{message.code} {message.msg}".strip())
    if message.event == "notice":
        return Closing(f"{message.code} {message.msg}".strip())
    if message.event:
        return Other()
    raise ParseError("none of the documented shapes")


def _other_channel(
    frame: bytes | str,
    received_ms: int,
    instruments: Instruments,
    error: Exception | None = None,
) -> Parsed:
    """Mark prices, old liquidations, and channels whose ``data`` has other shapes."""
    value = json_of(frame)
    arg = value.get("arg") if isinstance(value, dict) else None
    channel = arg.get("channel") if isinstance(arg, dict) else None
    table = value.get("table") if isinstance(value, dict) else None
    try:
        if channel == "mark-price":
            return marks((row.instId, row.markPx) for row in _MARKS.decode(frame).data)
        if channel == "liquidations":
            return _flat_events(_FLAT_DECODER.decode(frame), received_ms, instruments)
        if table in _OLD_CHANNELS:
            return _old_events(_OLD_DECODER.decode(frame), received_ms, instruments)
    except MALFORMED as old_error:
        raise ParseError(f"okx: {old_error}") from old_error
    if channel == "liquidation-orders" or not (channel or table):
        raise ParseError(f"okx: {error}") from error
    return Other()


def _flat_events(message: _FlatFrame, received_ms: int, instruments: Instruments) -> Parsed:
    row = Row(message.data, message.arg.instId)
    events = liquidations([row], received_ms, instruments)
    return Events(events) if events else Other()


def _old_events(message: _OldFrame, received_ms: int, instruments: Instruments) -> Parsed:
    return Events(
        [
            liquidation(
                instruments.get(row.instrument_id) or unlisted(row.instrument_id),
                _OLD_TYPES[row.type], number(row.price), number(row.size),
                milliseconds(row.created_at), received_ms,
            )
            for row in message.data
        ]
    )  # fmt: skip


def _instrument(row: _Listed) -> Instrument:
    """Of the names only the underlying is split: ids such as BTC-USD_UM_XPERP-310404 end anyhow."""
    size = EXACT.multiply(contract_size(row.ctVal), contract_size(row.ctMult or "1"))
    base, _, quote = (row.uly or row.instFamily or row.instId).partition("-")
    symbol = checked(row.instId)
    # A linear contract can count dollars too: USDC-USDT-SWAP is one of 10 USDC.
    if row.ctType == "inverse" or (row.ctType != "linear" and row.ctValCcy in DOLLARS):
        return Instrument(NAME, symbol, coin(base), "USD", size, linear=False)
    quote = quote.split("_")[0].split("-")[0] or row.settleCcy
    return Instrument(NAME, symbol, coin(row.ctValCcy or base), quote, size, linear=True)
