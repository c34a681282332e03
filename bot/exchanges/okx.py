"""OKX: perpetual swaps and futures, in contracts whose size only the instrument table tells.

https://www.okx.com/docs-v5/en/#public-data-websocket-liquidation-orders-channel, read 2026-11-22.
A frame (``data`` and ``details`` may hold several):

    {"arg":{"channel":"liquidation-orders","instType":"SWAP"},"data":[{"details":[{"bkLoss":"0",
    "bkPx":"0.007831","ccy":"","posSide":"short","side":"buy","sz":"13","ts":"1692266434010"}],
    "instFamily":"IOST-USDT","instId":"IOST-USDT-SWAP","instType":"SWAP","uly":"IOST-USDT"}]}

``side`` is the closing order's: sell closes a long; ``posSide`` can be ``net``. "This data doesn't
represent the total number of liquidations on OKX", nor is it in order of time, and the first frame
after a subscription repeats recent orders.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

import msgspec

from bot.errors import ParseError
from bot.exchanges.checks import (
    MALFORMED,
    Milliseconds,
    contract_size,
    json_of,
    liquidation,
    listed_rows,
    number,
)
from bot.exchanges.coins import checked, coin
from bot.exchanges.dialect import (
    Ack,
    Closing,
    Events,
    Exchange,
    Heartbeat,
    Other,
    Parsed,
    Pong,
    Publication,
    Stream,
)
from bot.market import DOLLARS, EXACT, ONE, Instrument, Instruments, Side

_NAME = "okx"
_SIDES = {"sell": Side.LONG, "buy": Side.SHORT}
_OLD_TYPES = {"3": Side.LONG, "4": Side.SHORT}
_KINDS = ("SWAP", "FUTURES")
_OLD_CHANNELS = ("swap/liquidation", "futures/liquidation")


class _Detail(msgspec.Struct, gc=False):
    """In the frame's order; numbers as they are written."""

    bkPx: str  # noqa: N815 (the exchange's spelling)
    side: Literal["buy", "sell"]
    sz: str
    ts: Milliseconds


class _Row(msgspec.Struct, gc=False):
    details: list[_Detail]
    instId: str  # noqa: N815
    instType: str = ""  # noqa: N815


class _Arg(msgspec.Struct, gc=False):
    channel: str = ""


class _Frame(msgspec.Struct, gc=False):
    """Only what an event needs, for all of it takes time."""

    arg: _Arg | None = None
    data: list[_Row] | None = None
    event: str = ""


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
    data: list[_Detail]


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
_FLAT_DECODER = msgspec.json.Decoder(_FlatFrame, strict=False)
_ANSWER = msgspec.json.Decoder(_Answer)
_OLD_DECODER = msgspec.json.Decoder(_OldFrame)
_LISTING_DECODER = msgspec.json.Decoder(_Listing)


class Okx(Exchange):
    """The dialect; see ``dialect.Exchange``."""

    name = _NAME
    title = "OKX"
    urls: Mapping[str, str] = MappingProxyType(
        {"ws": "wss://ws.okx.com:8443", "rest": "https://www.okx.com"}
    )
    publication = Publication("sampled", how="a part of the orders, by its own account")
    heartbeat = Heartbeat(every_s=20.0, payload="ping")  # silence of 30 s ends the connection
    opens_with_old_news = True

    def streams(self, instruments: Instruments, urls: Mapping[str, str]) -> tuple[Stream, ...]:
        return (Stream("public", f"{urls['ws']}/ws/v5/public", _KINDS),)

    def subscribe(self, topics: tuple[str, ...], request: str) -> str:
        args = [{"channel": "liquidation-orders", "instType": topic} for topic in topics]
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
            return _events(message.data, received_ms, instruments)
        except msgspec.ValidationError as error:
            return _other_channel(frame, received_ms, instruments, error)
        except MALFORMED as error:
            if frame in (b"pong", "pong"):
                return Pong()
            raise ParseError(f"okx: {error}") from error

    def listings(self, urls: Mapping[str, str]) -> tuple[str, ...]:
        page = f"{urls['rest']}/api/v5/public/instruments?instType="
        return tuple(page + kind for kind in _KINDS)

    def instruments(self, body: bytes, url: str) -> tuple[list[Instrument], str | None]:
        """Every contract with a size, whatever its state; one without is not open yet."""
        try:
            answer = _LISTING_DECODER.decode(body)
            if answer.code != "0":
                raise ParseError(f"okx instruments: code {answer.code}")
            return listed_rows([row for row in answer.data if row.ctVal], _instrument), None
        except MALFORMED as error:
            raise ParseError(f"okx instruments: {error}") from error


def _events(rows: list[_Row], received_ms: int, instruments: Instruments) -> Parsed:
    events = []
    for row in rows:
        if row.instType and row.instType not in _KINDS:
            continue  # margin counts coins: left out
        listed = instruments.get(row.instId) or _unlisted(row.instId)
        for detail in row.details:
            side, price, contracts = _SIDES[detail.side], number(detail.bkPx), number(detail.sz)
            events.append(liquidation(listed, side, price, contracts, detail.ts, received_ms))
    return Events(events) if events else Other()


@lru_cache(maxsize=4096)
def _unlisted(symbol: str) -> Instrument:
    """A contract whose size nobody told us: without a quote it prices nothing."""
    return Instrument(_NAME, symbol, coin(checked(symbol).partition("-")[0]), "", ONE, linear=True)


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
    """Old liquidations, and channels whose ``data`` has other shapes."""
    value = json_of(frame)
    arg = value.get("arg") if isinstance(value, dict) else None
    channel = arg.get("channel") if isinstance(arg, dict) else None
    table = value.get("table") if isinstance(value, dict) else None
    try:
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
    row = _Row(message.data, message.arg.instId)
    return _events([row], received_ms, instruments)


def _old_events(message: _OldFrame, received_ms: int, instruments: Instruments) -> Parsed:
    return Events(
        [
            liquidation(
                instruments.get(row.instrument_id) or _unlisted(row.instrument_id),
                _OLD_TYPES[row.type], number(row.price), number(row.size),
                _milliseconds(row.created_at), received_ms,
            )
            for row in message.data
        ]
    )  # fmt: skip


def _milliseconds(time: datetime) -> int:
    return msgspec.convert(round(time.timestamp() * 1000), Milliseconds)


def _instrument(row: _Listed) -> Instrument:
    """Of the names only the underlying is split: ids such as BTC-USD_UM_XPERP-310404 end anyhow."""
    size = EXACT.multiply(contract_size(row.ctVal), contract_size(row.ctMult or "1"))
    base, _, quote = (row.uly or row.instFamily or row.instId).partition("-")
    symbol = checked(row.instId)
    # A linear contract can count dollars too: USDC-USDT-SWAP is one of 10 USDC.
    if row.ctType == "inverse" or (row.ctType != "linear" and row.ctValCcy in DOLLARS):
        return Instrument(_NAME, symbol, coin(base), "USD", size, linear=False)
    quote = quote.split("_")[0].split("-")[0] or row.settleCcy
    return Instrument(_NAME, symbol, coin(row.ctValCcy or base), quote, size, linear=True)
