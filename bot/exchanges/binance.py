"""Binance: USD-M and COIN-M futures, from the one stream that carries both since 2026-06-30.

https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams/All-Market-Liquidation-Order-Streams
read 2026-11-22. A frame (one object a message, in spite of the ``@arr``):

    {"e":"forceOrder","E":1568014460893,"o":{"s":"BTCUSDT","S":"SELL","o":"LIMIT","f":"IOC",
    "q":"0.014","p":"9910","ap":"9910","X":"FILLED","l":"0.014","z":"0.014","T":1568014460893},
    "ps":"BTCUSDT","st":1}

``S`` is the side of the closing order: SELL closes a long. The old address without ``/market``
still acknowledges and then stays silent, hence the mark prices beside it (read 2026-11-25).
"""

from collections.abc import Mapping
from copy import copy
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Literal, Self

import msgspec

from bot.errors import ParseError
from bot.exchanges.binance_shapes import (
    SIDES,
    Order,
    answer,
    is_coin_m,
    marks_of,
    of_one_contract,
    other_shape,
)
from bot.exchanges.checks import (
    LARGEST_USD,
    MALFORMED,
    ZERO,
    contract_size,
    json_of,
    liquidation,
    listed_rows,
    number,
    times,
)
from bot.exchanges.coins import checked, coin
from bot.exchanges.dialect import (
    Budget,
    Events,
    Exchange,
    Heartbeat,
    Other,
    Parsed,
    Publication,
    Stream,
    Topics,
)
from bot.market import ONE, Instrument, Instruments, Liquidation

_URLS = MappingProxyType(
    {
        "ws": "wss://fstream.binance.com",
        "rest": "https://fapi.binance.com",
        "coin_ws": "wss://dstream.binance.com",
        "coin_rest": "https://dapi.binance.com",
    }
)
_BATCH = 100


class _Frame(msgspec.Struct, gc=False):
    """An event, or a combined stream's wrapper; only what is needed, for all of it takes time."""

    e: Literal["forceOrder"] | None = None
    o: Order | None = None
    data: "_Frame | None" = None


class _Symbol(msgspec.Struct):
    symbol: str
    baseAsset: str  # noqa: N815 (the exchange's spelling)
    quoteAsset: str  # noqa: N815
    contractSize: Decimal | None = None  # noqa: N815


class _ExchangeInfo(msgspec.Struct):
    symbols: list[_Symbol]


_decoded = msgspec.json.Decoder(_Frame).decode
_EXCHANGE_INFO = msgspec.json.Decoder(_ExchangeInfo)


class Binance(Exchange):
    """The dialect; see ``dialect.Exchange``."""

    name = "binance"
    title = "Binance"
    urls: Mapping[str, str] = _URLS
    # Since 2026-04-14 the largest, before that the latest; the connector's docstrings still say so.
    publication = Publication("sampled", how="the largest order per symbol and second")
    heartbeat = Heartbeat(every_s=20.0)
    # Ten messages a second are allowed on a connection, and pings and pongs count.
    budget = Budget(connects=300, per_s=300.0, request_gap_s=0.2)
    lifetime_s = 23.8 * 3600
    data_s = 30.0
    silence_s = 600.0
    doubts: tuple[str, ...] = (
        "COIN-M orders are taken from the stream of USD-M orders, as announced for 2026-06-30.",
    )
    choices: Mapping[str, Topics] = MappingProxyType({"coin_m": ("merged", "separate")})
    _separate = False

    def choose(self, chosen: Mapping[str, str]) -> Self:
        made = copy(self)
        made._separate = chosen.get("coin_m") == "separate"
        made.doubts = () if made._separate else type(self).doubts
        return made

    def streams(self, instruments: Instruments, urls: Mapping[str, str]) -> tuple[Stream, ...]:
        """One for all; with ``separate`` another, where each COIN-M contract has its own topic.

        Streams of all contracts are merged on both hosts, those of one contract are not.
        """
        url = f"{urls['ws']}/market/ws"
        market = Stream("market", url, ("!forceOrder@arr",), ("!markPrice@arr",))
        inverse = sorted(symbol for symbol, listed in instruments.items() if not listed.linear)
        if not (self._separate and inverse):
            return (market,)
        topics = tuple(f"{symbol.lower()}@forceOrder" for symbol in inverse)
        url = f"{urls['coin_ws']}/stream"  # not /ws: it names the stream in each frame
        return (market, Stream("coin_m", url, topics, ("btcusd_perp@markPrice",)))

    def batches(self, topics: Topics) -> tuple[Topics, ...]:
        return tuple(topics[i : i + _BATCH] for i in range(0, len(topics), _BATCH))

    def subscribe(self, topics: Topics, request: str) -> str:
        wish = {"method": "SUBSCRIBE", "params": topics, "id": int(request)}
        return msgspec.json.encode(wish).decode()

    def parse(self, frame: bytes | str, received_ms: int, instruments: Instruments) -> Parsed:
        try:
            message = _decoded(frame)
            inner = message.data or message
            order = inner.o
            if order is None or inner.e is None:
                return answer(frame)
            listed, side, at_ms = instruments[order.s], SIDES[order.S], order.T
            price, quantity = number(order.ap), number(order.z)
            usd = times(quantity, price)
            plain = listed.in_dollars and listed.size is ONE
            if not (plain and price > ZERO and ZERO < usd < LARGEST_USD):
                event = liquidation(listed, side, price, quantity, at_ms, received_ms)
                return self._counted(Events([event]), frame)
            # As ``liquidation`` makes it, without the call: nearly every order comes through here.
            event = Liquidation(
                listed.exchange, order.s, listed.coin, side, price, quantity, usd,
                at_ms, received_ms,
            )  # fmt: skip
            return Events([event])
        except KeyError as unlisted:
            told = other_shape(self.name, json_of(frame), unlisted, received_ms, instruments)
        except (ParseError, *MALFORMED) as error:
            marks = marks_of(frame)
            if marks is not None:
                return marks
            told = other_shape(self.name, json_of(frame), error, received_ms, instruments)
        return self._counted(told, frame)

    def _counted(self, told: Events | Other, frame: bytes | str) -> Events | Other:
        """With ``separate``, COIN-M orders count on their own streams alone: each of them once."""
        if not self._separate or isinstance(told, Other) or of_one_contract(frame):
            return told
        kept = [event for event in told.liquidations if not is_coin_m(event.symbol)]
        return Events(kept) if kept else Other()

    def listings(self, urls: Mapping[str, str]) -> tuple[str, ...]:
        rest, coin_rest = urls["rest"], urls.get("coin_rest", urls["rest"])
        if rest != _URLS["rest"] and coin_rest == _URLS["coin_rest"]:
            coin_rest = rest  # who redirects REST did not mean half of it
        return (f"{rest}/fapi/v1/exchangeInfo", f"{coin_rest}/dapi/v1/exchangeInfo")

    def instruments(self, body: bytes, url: str) -> tuple[list[Instrument], str | None]:
        """Every contract, whatever its status: one in settlement can still be liquidated."""
        try:
            rows = _EXCHANGE_INFO.decode(body).symbols
            return listed_rows(rows, partial(_instrument, self.name)), None
        except MALFORMED as error:
            raise ParseError(f"{self.name} exchangeInfo: {error}") from error


def _instrument(exchange: str, row: _Symbol) -> Instrument:
    linear = row.contractSize is None
    size = ONE if linear else contract_size(str(row.contractSize))
    name = coin(row.baseAsset)
    return Instrument(exchange, checked(row.symbol), name, row.quoteAsset, size, linear)
