"""Lighter: perpetuals of a rollup's order book, one subscription for each numbered market.

https://apidocs.lighter.xyz/docs/websocket-reference, read 2026-11-22 and 2026-11-25 (limits from
.../docs/rate-limits). A frame, abridged; ``trades`` beside it repeats none of these:

    {"type":"update/trade","channel":"trade:1","nonce":10380968790,"trades":[],
    "liquidation_trades":[{"trade_id":18237797923,"type":"liquidation","market_id":1,
    "size":"0.01664","price":"75602.8","usd_amount":"1258.030592","is_maker_ask":true,
    "timestamp":1776687656653,"taker_position_size_before":"-0.01664"}]}

``is_maker_ask``: the taker bought, and a short was closed. ``size`` counts coins, ``usd_amount``
dollars. Markets have numbers there and names only in the table, so a number is the symbol. The
answer to a subscription holds old trades. ``deleverage`` is not counted.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import msgspec

from bot.errors import ParseError
from bot.exchanges.checks import (
    MALFORMED,
    Milliseconds,
    liquidation,
    listed_rows,
    marks,
    number,
    unpriced,
    worth,
)
from bot.exchanges.coins import checked, coin
from bot.exchanges.dialect import (
    Ack,
    Answer,
    Budget,
    Events,
    Exchange,
    Heartbeat,
    Marks,
    Other,
    Parsed,
    Pong,
    Publication,
    Stream,
    Topics,
)
from bot.exchanges.spreading import trade_streams
from bot.market import ONE, Instrument, Instruments, Liquidation, Side

_NAME = "lighter"
_QUOTE = "USDC"
_ALL = "market_stats/all"
_MOST = 450
"""Markets planned for a connection: 500 subscriptions are allowed."""

_ALREADY_SUBSCRIBED = 30_003


class _Trade(msgspec.Struct, gc=False):
    """Numbers as they are written."""

    trade_id: int
    type: str
    market_id: int
    size: str
    price: str
    is_maker_ask: bool
    timestamp: Milliseconds
    usd_amount: str = ""


class _Stats(msgspec.Struct, gc=False):
    market_id: int
    mark_price: str = ""


class _Fault(msgspec.Struct):
    code: int = 0
    message: str = ""


class _Frame(msgspec.Struct, gc=False):
    type: str = ""
    channel: str = ""
    liquidation_trades: msgspec.Raw = msgspec.Raw(b"null")
    market_stats: msgspec.Raw = msgspec.Raw()
    error: _Fault | None = None
    code: int = 0
    message: str = ""


class _Market(msgspec.Struct):
    symbol: str
    market_id: int
    status: str = ""
    market_type: str = "perp"


class _Listing(msgspec.Struct):
    order_books: list[_Market]
    code: int = 200


_FRAME = msgspec.json.Decoder(_Frame)
_TRADES = msgspec.json.Decoder(list[_Trade] | None)
_STATS = msgspec.json.Decoder(_Stats)
_ALL_STATS = msgspec.json.Decoder(dict[str, _Stats])
_LISTING = msgspec.json.Decoder(_Listing)


class Lighter(Exchange):
    """The dialect; see ``dialect.Exchange``. Topics are channels, such as ``trade/1``."""

    name = _NAME
    title = "Lighter"
    urls: Mapping[str, str] = MappingProxyType(
        {
            "ws": "wss://mainnet.zklighter.elliot.ai",
            "rest": "https://mainnet.zklighter.elliot.ai",
        }
    )
    publication = Publication("complete")
    doubts = (
        "Lighter does not say whose position a forced trade closed: the side that took is taken "
        "for it, as in the one recorded.",
    )
    heartbeat = Heartbeat(every_s=30.0, payload='{"type":"ping"}')  # cut after two mute minutes
    budget = Budget(request_gap_s=0.35)  # an address may send 200 messages a minute
    data_s = 30.0

    def streams(self, instruments: Instruments, urls: Mapping[str, str]) -> tuple[Stream, ...]:
        return trade_streams(f"{urls['ws']}/stream", instruments, _MOST, _ALL, "trade/")

    def subscribe(self, topics: Topics, request: str) -> str:
        (channel,) = topics
        return msgspec.json.encode({"type": "subscribe", "channel": channel}).decode()

    def parse(self, frame: bytes | str, received_ms: int, instruments: Instruments) -> Parsed:
        try:
            message = _FRAME.decode(frame)
            match message.type:
                case "update/trade":
                    forced = _TRADES.decode(message.liquidation_trades) or []
                    return _events(forced, received_ms, instruments)
                case "update/market_stats":
                    return _marks(message)
                case "ping":
                    return Answer('{"type":"pong"}')
                case "pong":
                    return Pong()
                case "error":
                    return _refusal(_Fault(message.code, message.message))
                case "" if message.error is not None:
                    return _refusal(message.error)
                case "":
                    raise ParseError("lighter: none of the documented shapes")
                case kind:
                    return Ack("", accepted=True) if kind.startswith("subscribed/") else Other()
        except MALFORMED as error:
            raise ParseError(f"lighter: {error}") from error

    def listings(self, urls: Mapping[str, str]) -> tuple[str, ...]:
        return (f"{urls['rest']}/api/v1/orderBooks",)

    def instruments(self, body: bytes, url: str) -> tuple[list[Instrument], str | None]:
        """Perpetuals that trade now; spot markets are listed among them."""
        try:
            answer = _LISTING.decode(body)
            if answer.code != 200:
                raise ParseError(f"lighter orderBooks: code {answer.code}")
            active = [row for row in answer.order_books if row.status == "active"]
            perpetuals = [row for row in active if row.market_type == "perp"]
            return listed_rows(perpetuals, _instrument), None
        except MALFORMED as error:
            raise ParseError(f"lighter orderBooks: {error}") from error


def _events(trades: list[_Trade], received_ms: int, instruments: Instruments) -> Events | Marks:
    events = [_event(t, received_ms, instruments) for t in trades if t.type == "liquidation"]
    return Events(events) if events else Marks()


def _event(trade: _Trade, received_ms: int, instruments: Instruments) -> Liquidation:
    """At the exchange's own dollars, where the market is known."""
    symbol = str(trade.market_id)
    event = liquidation(
        instruments.get(symbol) or _unlisted(symbol),
        Side.SHORT if trade.is_maker_ask else Side.LONG,
        number(trade.price), number(trade.size), trade.timestamp, received_ms, str(trade.trade_id),
    )  # fmt: skip
    if event.notional is None or not trade.usd_amount:
        return event
    return worth(event, number(trade.usd_amount))


def _marks(message: _Frame) -> Marks:
    if message.channel == "market_stats:all":
        stats = _ALL_STATS.decode(message.market_stats).values()
        return marks((str(each.market_id), each.mark_price) for each in stats)
    one = _STATS.decode(message.market_stats)
    return marks(((str(one.market_id), one.mark_price),))


def _refusal(fault: _Fault) -> Ack:
    """It belongs to the request that waits: ids are not given back."""
    if fault.code == _ALREADY_SUBSCRIBED:
        return Ack("", accepted=True)
    return Ack("", accepted=False, reason=f"{fault.code} {fault.message}".strip())


@lru_cache(maxsize=4096)
def _unlisted(symbol: str) -> Instrument:
    """A market whose name nobody told us."""
    return unpriced(_NAME, symbol, checked(symbol))


def _instrument(row: _Market) -> Instrument:
    return Instrument(_NAME, str(row.market_id), coin(row.symbol), _QUOTE, ONE, linear=True)
