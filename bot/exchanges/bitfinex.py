"""Bitfinex: perpetuals, from the feed that tells liquidations of margin positions too.

https://docs.bitfinex.com/reference/ws-public-status and .../rest-public-liquidations, read
2026-11-22. A frame (channel, then one entry or several; later fields may be appended):

    [91684,[["pos",142397657,1574697680828.2002,null,"tBTCF0:USTF0",-2.62932,91.583875238719,null,
    0,1,null,112.27]]]

The entry: position, milliseconds, symbol, amount in coins (positive: a long), *entry* price, 0 for
the trigger and 1 for each of its executions, a flag, and the liquidation's price, which can be
null. Triggers are counted. Quotes (``deriv:...``) come as one array of numbers.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

import msgspec

from bot.errors import ParseError
from bot.exchanges.addresses import query_of, with_query
from bot.exchanges.checks import (
    MALFORMED,
    Milliseconds,
    json_of,
    liquidation,
    listed_rows,
    marks,
    number,
    unpriced,
)
from bot.exchanges.coins import checked, coin
from bot.exchanges.dialect import (
    Ack,
    Budget,
    Closing,
    Events,
    Exchange,
    Heartbeat,
    History,
    Marks,
    Missed,
    Other,
    Page,
    Parsed,
    Pong,
    Publication,
    Stream,
    Topics,
)
from bot.market import EXACT, ONE, Instrument, Instruments, Liquidation, Side

_NAME = "bitfinex"
_QUOTED = "BTCF0:USTF0"
_MARK = 14
"""Where an array of quotes holds the mark price."""

_PERPETUAL = re.compile(r"t((?!TEST)[^:]+F0:[^:]+)")
_RESTARTS = (20051, 20061)
"""The server restarts; its maintenance is over, and subscriptions should be made again."""

_CONF = "pub:list:pair:futures,pub:map:currency:undl,pub:map:currency:sym"
_QUOTES = {"UST": "USDT"}
_PAGE = 500


class _Position(msgspec.Struct, array_like=True):
    kind: Literal["pos"]
    id: int
    at_ms: float
    _3: object
    symbol: str
    amount: Decimal
    entry_price: Decimal | None
    _7: object
    executed: int
    _9: object = None
    _10: object = None
    price: Decimal | None = None


class _Notice(msgspec.Struct):
    event: str
    code: int | None = None
    msg: str = ""


_MESSAGE = msgspec.json.Decoder(list[msgspec.Raw] | _Notice)
_POSITIONS = msgspec.json.Decoder(list[_Position])
_PAST = msgspec.json.Decoder(list[list[_Position]])
_TABLE = msgspec.json.Decoder(tuple[list[str], list[tuple[str, str]], list[tuple[str, str]]])


class _Past:
    """Liquidations over REST, newest first, in the same words as on the WebSocket.

    Three requests a minute are allowed.
    """

    reach_s = 30 * 86_400.0
    gap_s = 21.0
    exact = True

    def pages(self, missed: Missed) -> Topics:
        span = f"start={missed.since_ms}&end={missed.until_ms}"
        return (f"{missed.urls['rest']}/v2/liquidations/hist?{span}&limit={_PAGE}&sort=-1",)

    def read(self, body: bytes, url: str, missed: Missed, received_ms: int) -> Page:
        """The next page begins at this one's oldest row, which it repeats: rows share times."""
        try:
            positions = [position for row in _PAST.decode(body) for position in row]
            events = _events(positions, received_ms, missed.instruments)
            oldest = min((int(position.at_ms) for position in positions), default=missed.since_ms)
            until_ms = int(query_of(url)["end"])
        except (KeyError, *MALFORMED) as error:
            raise ParseError(f"bitfinex liquidations: {error}") from error
        if not missed.since_ms < oldest < until_ms:
            return events, None
        return events, with_query(url, {"end": str(oldest)})


class Bitfinex(Exchange):
    """The dialect; see ``dialect.Exchange``. Symbols are pairs, without the frames' ``t``."""

    name = _NAME
    title = "Bitfinex"
    urls: Mapping[str, str] = MappingProxyType(
        {"ws": "wss://api-pub.bitfinex.com", "rest": "https://api-pub.bitfinex.com"}
    )
    publication = Publication("complete")
    doubts = ("Liquidations for which Bitfinex tells no price are counted without a value.",)
    heartbeat = Heartbeat(every_s=20.0, payload='{"event":"ping","cid":1}')
    budget = Budget(connects=20, per_s=60.0)
    opens_with_old_news = True
    data_s = 60.0
    history: History = _Past()

    def streams(self, instruments: Instruments, urls: Mapping[str, str]) -> tuple[Stream, ...]:
        canaries = (f"deriv:t{_QUOTED}",)
        return (Stream("status", f"{urls['ws']}/ws/2", ("liq:global",), canaries),)

    def subscribe(self, topics: Topics, request: str) -> str:
        (key,) = topics
        wish = {"event": "subscribe", "channel": "status", "key": key}
        return msgspec.json.encode(wish).decode()

    def parse(self, frame: bytes | str, received_ms: int, instruments: Instruments) -> Parsed:
        try:
            message = _MESSAGE.decode(frame)
            if isinstance(message, _Notice):
                return _notice(message)
            _channel, body = map(bytes, message[:2])
            if body.startswith(b'"'):
                return Other()  # "hb", a heartbeat of the channel
            try:
                positions = _POSITIONS.decode(body)
            except msgspec.ValidationError as error:
                return _quotes(body, error)
            events = _events(positions, received_ms, instruments)
            return Events(events) if events else Other()
        except MALFORMED as error:
            raise ParseError(f"bitfinex: {error}") from error

    def listings(self, urls: Mapping[str, str]) -> tuple[str, ...]:
        return (f"{urls['rest']}/v2/conf/{_CONF}",)

    def instruments(self, body: bytes, url: str) -> tuple[list[Instrument], str | None]:
        """Pairs, what is under each asset (``ALGF0``: ``ALG``), and how others spell that."""
        try:
            pairs, underlying, spelling = _TABLE.decode(body)
            under, spelt = dict(underlying), _QUOTES | dict(spelling)

            def instrument(pair: str) -> Instrument:
                assets = (under.get(asset, _plain(asset)) for asset in pair.split(":"))
                base, quote = (spelt.get(asset, asset).upper() for asset in assets)
                return Instrument(_NAME, checked(pair), coin(base), quote, ONE, linear=True)

            real = [pair for pair in pairs if _PERPETUAL.fullmatch(f"t{pair}")]
            return listed_rows(real, instrument), None
        except MALFORMED as error:
            raise ParseError(f"bitfinex conf: {error}") from error


def _events(
    positions: list[_Position], received_ms: int, instruments: Instruments
) -> list[Liquidation]:
    """Of triggers on perpetuals: executions repeat them, and positions on margin are not ours."""
    triggers = ((p, _PERPETUAL.fullmatch(p.symbol)) for p in positions if p.executed == 0)
    return [_event(p, pair[1], received_ms, instruments) for p, pair in triggers if pair]


def _event(
    position: _Position, symbol: str, received_ms: int, instruments: Instruments
) -> Liquidation:
    """Without a price of its own it is worth nothing that we know, and shows its entry price.

    One position can be liquidated in steps, each of what is left: the amount tells them apart.
    """
    listed = instruments.get(symbol) or _unlisted(symbol)
    price = position.price
    if not price:
        listed, price = _unpriced(listed), position.entry_price or Decimal(0)
    side = Side.LONG if position.amount > 0 else Side.SHORT
    amount = number(position.amount).copy_abs()
    at_ms = msgspec.convert(int(position.at_ms), Milliseconds)
    own_id = f"{position.id}:{amount.normalize(EXACT)}"
    return liquidation(listed, side, number(price), amount, at_ms, received_ms, own_id)


def _quotes(body: bytes, error: Exception) -> Marks:
    """Quotes, of the one contract for which we ask."""
    value = json_of(body)
    if not (isinstance(value, list) and value and isinstance(value[0], int | float)):
        raise ParseError(f"bitfinex: {error}") from error
    price = value[_MARK] if len(value) > _MARK else None
    return marks(((_QUOTED, price),)) if isinstance(price, int | float) else Marks()


def _notice(message: _Notice) -> Parsed:
    reason = f"{message.code or ''} {message.msg}".strip()
    match message.event:
        case "subscribed":
            return Ack("", accepted=True)
        case "error":
            return Ack("", accepted=False, reason=reason)
        case "pong":
            return Pong()
        case "info" if message.code in _RESTARTS:
            return Closing(reason)
        case _:
            return Other()


@lru_cache(maxsize=4096)
def _unlisted(symbol: str) -> Instrument:
    """What the name of a pair tells: every contract is one coin."""
    base, quote = (_plain(asset) for asset in checked(symbol).split(":"))
    return Instrument(_NAME, symbol, coin(base), _QUOTES.get(quote, ""), ONE, linear=True)


@lru_cache(maxsize=4096)
def _unpriced(listed: Instrument) -> Instrument:
    return unpriced(_NAME, listed.symbol, listed.coin)


def _plain(asset: str) -> str:
    return asset.removesuffix("F0")
