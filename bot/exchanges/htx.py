"""HTX: USDT-M contracts, coin-M swaps and coin-M futures, on a path each, in gzipped frames.

https://www.htx.com/en-us/opend/newApiPages/?id=8cb7e25d-77b5-11ed-9966-0242ac110003 (USDT-M, and
its two sisters), read 2026-11-22 and 2026-11-25. A frame (``data`` may hold several):

    {"op":"notify","topic":"public.O3-USDT.liquidation_orders","ts":1639122193214,"data":[{"symbol":
    "O3","contract_code":"O3-USDT","direction":"sell","offset":"close","volume":432,"price":0.7858,
    "created_at":1639122193172,"amount":432,"trade_turnover":339.4656,"contract_type":"swap"}]}

``direction`` is the closing order's: sell closes a long. ``price`` is that of bankruptcy.
``volume`` counts contracts, whose size the tables tell; ``trade_turnover`` counts dollars, and
coin-M gives none.
"""

import zlib
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

import msgspec

from bot.errors import ParseError
from bot.exchanges.checks import MALFORMED, contract_size, listed_rows
from bot.exchanges.coins import checked, coin
from bot.exchanges.dialect import (
    Ack,
    Answer,
    Closing,
    Events,
    Exchange,
    Heartbeat,
    History,
    Marks,
    Other,
    Parsed,
    Publication,
    Stream,
    Topics,
)
from bot.exchanges.htx_history import (
    COIN_M_FUTURES,
    COIN_M_SWAPS,
    NAME,
    USDT_M,
    HtxHistory,
    Order,
    event,
    market,
    pair,
)
from bot.market import Instrument, Instruments

_EVERYTHING = "public.*.liquidation_orders"
_DATED_TOO = f"{_EVERYTHING} all"
"""Of USDT-M the wildcard holds swaps only, until it is asked again for ``business_type`` all."""

_CONTRACT_INFO = ".contract_info"
"""Told every 60 seconds, whatever the market does."""

_REPEATED = 2014
"""An earlier subscription covers this one."""

_GZIP = b"\x1f\x8b"
_LARGEST_FRAME = 32 * 1024 * 1024
"""Unpacked; 25,000 liquidations are 7 MB."""


class _Market(msgspec.Struct, frozen=True):
    path: str
    topics: Topics
    canary: str
    listing: str


_MARKETS: Mapping[str, _Market] = MappingProxyType(
    {
        USDT_M: _Market(
            "/linear-swap-notification",
            (_EVERYTHING, _DATED_TOO),
            f"public.BTC-USDT{_CONTRACT_INFO}",
            "/linear-swap-api/v1/swap_contract_info?business_type=all",
        ),
        COIN_M_SWAPS: _Market(
            "/swap-notification",
            (_EVERYTHING,),
            f"public.BTC-USD{_CONTRACT_INFO}",
            "/swap-api/v1/swap_contract_info",
        ),
        COIN_M_FUTURES: _Market(
            "/notification",
            (_EVERYTHING,),
            f"public.BTC{_CONTRACT_INFO}",
            "/api/v1/contract_contract_info",
        ),
    }
)


class _Frame(msgspec.Struct, rename={"err_code": "err-code", "err_msg": "err-msg"}):
    op: str = ""
    topic: str = ""
    cid: str = ""
    ts: msgspec.Raw = msgspec.Raw()
    data: msgspec.Raw = msgspec.Raw()
    err_code: int | None = None
    err_msg: str = ""


class _Contract(msgspec.Struct):
    contract_code: str
    contract_size: Decimal


class _Contracts(msgspec.Struct):
    status: str
    data: list[_Contract] = []


# Lax: some numbers come in quotes, and which of them has changed.
_FRAME = msgspec.json.Decoder(_Frame, strict=False)
_ORDERS = msgspec.json.Decoder(list[Order], strict=False)
_STAMP = msgspec.json.Decoder(int | str)
_CONTRACTS = msgspec.json.Decoder(_Contracts)


class Htx(Exchange):
    """The dialect; see ``dialect.Exchange``."""

    name = NAME
    title = "HTX"
    urls: Mapping[str, str] = MappingProxyType(
        {"ws": "wss://api.hbdm.com", "rest": "https://api.hbdm.com"}
    )
    publication = Publication("complete")
    doubts = ("HTX does not say whether it tells every liquidation; it is counted as complete.",)
    heartbeat = Heartbeat(every_s=20.0)
    data_s = 180.0
    silence_s = 4 * 3600.0
    history: History | None = HtxHistory()

    def streams(self, instruments: Instruments, urls: Mapping[str, str]) -> tuple[Stream, ...]:
        return tuple(
            Stream(name, urls["ws"] + kept.path, kept.topics, (kept.canary,))
            for name, kept in _MARKETS.items()
        )

    def subscribe(self, topics: Topics, request: str) -> str:
        """One topic a request, as they are cut; a ``business_type`` follows it after a space."""
        topic, _, business = topics[0].partition(" ")
        wish = {"op": "sub", "cid": request, "topic": topic}
        if business:
            wish["business_type"] = business
        return msgspec.json.encode(wish).decode()

    def parse(self, frame: bytes | str, received_ms: int, instruments: Instruments) -> Parsed:
        try:
            message = _FRAME.decode(_unpacked(frame))
            match message.op:
                case "notify":
                    return _told(message, received_ms, instruments)
                case "ping":
                    return _pong(message.ts)
                case "sub" | "error":
                    return _answer(message)
                case "close":
                    return Closing("HTX closes the connection")
                case "":
                    raise ParseError("htx: none of the documented shapes")
                case _:
                    return Other()
        except (zlib.error, *MALFORMED) as error:
            raise ParseError(f"htx: {error}") from error

    def listings(self, urls: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(urls["rest"] + kept.listing for kept in _MARKETS.values())

    def instruments(self, body: bytes, url: str) -> tuple[list[Instrument], str | None]:
        """Every contract, whatever its status: one in settlement can still be liquidated."""
        try:
            answer = _CONTRACTS.decode(body)
            if answer.status != "ok":
                raise ParseError(f"htx contract_info: status {answer.status[:20]!r}")
            return listed_rows(answer.data, _instrument), None
        except MALFORMED as error:
            raise ParseError(f"htx contract_info: {error}") from error


def _unpacked(frame: bytes | str) -> bytes | str:
    """What a gzipped frame holds; anything else as it is."""
    if isinstance(frame, str) or not frame.startswith(_GZIP):
        return frame
    gzip = zlib.decompressobj(wbits=31)
    text = gzip.decompress(frame, _LARGEST_FRAME)
    if not gzip.eof:
        raise ParseError("htx: a frame that is cut, or too large")
    return text


def _told(message: _Frame, received_ms: int, instruments: Instruments) -> Parsed:
    """A topic may name the contract where the wildcard was asked for: its end tells."""
    if message.topic.endswith(".liquidation_orders"):
        orders = _ORDERS.decode(message.data)
        events = [event(order, received_ms, instruments) for order in orders]
        return Events(events) if events else Other()
    return Marks() if message.topic.endswith(_CONTRACT_INFO) else Other()


def _pong(stamp: msgspec.Raw) -> Answer:
    """The value of the ping as it was written: HTX sends it as a number or in quotes."""
    text = bytes(stamp)
    if len(text) > 40:
        raise ParseError("htx: a ping that is none")
    _STAMP.decode(text)
    return Answer(f'{{"op":"pong","ts":{text.decode()}}}')


def _answer(message: _Frame) -> Ack:
    """``error`` names no request: it is about the one that waits."""
    code = message.err_code
    if message.op == "sub" and code is None:
        raise ParseError("htx: an answer without a code")
    if message.op == "sub" and code in (0, _REPEATED):
        return Ack(message.cid, accepted=True)
    reason = f"{code or ''} {message.err_msg}".strip()
    return Ack(message.cid, accepted=False, reason=reason)


def _instrument(row: _Contract) -> Instrument:
    code, size = checked(row.contract_code), contract_size(str(row.contract_size))
    base, quote = pair(code)
    return Instrument(NAME, code, coin(base), quote, size, linear=market(code) == USDT_M)
