"""Hyperliquid: the perpetual of a coin, in USDC.

https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/info-endpoint (``perpetuals`` and
``rate-limits-and-user-limits`` beside it), read 2026-11-25 in stored copies. One POST to ``/info``
has all contracts, their state in the order of their list::

    {"type":"metaAndAssetCtxs"} -> [{"universe":[{"name":"BTC","szDecimals":5}]},
    [{"dayNtlVlm":"1169046.29406","funding":"0.0000125","markPx":"14.3161","openInterest":"688.11",
    "oraclePx":"14.32","premium":"0.00031774","prevDayPx":"15.322"}]]

Funding is of one hour. **Open interest counts both sides**, which the page does not say: tests of
July 2025 against Binance (blockchain.news of 2025-07-16), Hydromancer's documentation ("two-sided",
equal to the field) and others agree, one page says the opposite; half of it is told here.
Perpetuals of other operators (HIP-3) are not in this answer.

What is left out: the book, because 20 rows reach 1% only when they are put together into steps of
0.1% to 1% of the price; spot, which trades little beside the others; ratios of accounts and past
open interest, which are not told. Volumes of candles are in coins, hence not told either.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType

import msgspec

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.errors import ParseError
from bot.exchanges.checks import Milliseconds
from bot.structure.asking import (
    HOURS_ROWS,
    HOURS_S,
    MINUTES_ROWS,
    MINUTES_S,
    ONCE_S,
    QUARTER_MS,
    SPANS,
    TICKERS_S,
    pages,
)
from bot.structure.contracts import Contract, Contracts
from bot.structure.facts import ALL, Measure
from bot.structure.reading import amount, candle, decoded, price, rate, series, together
from bot.structure.source import Allowance, Question, Source, Told

SIDES = 2
"""That open interest counts."""

_PAST_HOURS = 62 * 24
_FUNDING_PAGE_MS = 20 * DAY_MS
"""480 of at most 500 rows."""

_INTERVALS = {"minutes": "1m", "hours": "1h"}


class _Listed(msgspec.Struct):
    name: str
    isDelisted: bool = False  # noqa: N815 (the exchange's spelling)


class _Meta(msgspec.Struct):
    universe: list[_Listed]


class _State(msgspec.Struct):
    dayNtlVlm: str  # noqa: N815
    funding: str
    markPx: str | None  # noqa: N815
    openInterest: str  # noqa: N815


class _Candle(msgspec.Struct):
    s: str
    i: str
    t: Milliseconds
    o: str
    h: str
    l: str  # noqa: E741
    c: str


class _Settled(msgspec.Struct):
    coin: str
    fundingRate: str  # noqa: N815
    time: Milliseconds


_STATES = msgspec.json.Decoder(tuple[_Meta, list[_State]])
_CANDLES = msgspec.json.Decoder(list[_Candle])
_SETTLED = msgspec.json.Decoder(list[_Settled])


class Hyperliquid(Source):
    """The source; see ``source.Source``."""

    name = "hyperliquid"
    title = "Hyperliquid"
    urls: Mapping[str, str] = MappingProxyType({"rest": "https://api.hyperliquid.xyz"})
    allowance = Allowance(weight=300, per_s=60.0)
    """Of 1200 a minute."""

    def __init__(self) -> None:
        self._perpetuals = Contracts("{}")
        self._coins: tuple[str, ...] = ()
        self._readers: Mapping[str, Callable[[Question, bytes, int], Told]] = {
            "states": self._read_states,
            "minutes": self._read_candles,
            "hours": self._read_candles,
            "settled": self._read_settled,
        }

    def questions(self, coins: Collection[str], now_ms: int) -> list[Question]:
        self._coins = tuple(coins)
        listed = [(coin, one) for coin in coins if (one := self._perpetuals.of(coin))]
        asked = [_ask("open interest", ALL, {"type": "metaAndAssetCtxs"}, TICKERS_S, 20, "states")]
        asked += [_candles(*one, now_ms, "minutes", MINUTES_ROWS, MINUTES_S) for one in listed]
        asked += [_candles(*one, now_ms, "hours", HOURS_ROWS, HOURS_S) for one in listed]
        return asked + [each for one in listed for each in _past(*one, now_ms)]

    def read(self, question: Question, body: bytes, received_ms: int) -> Told:
        return self._readers[question.kind](question, body, received_ms)

    def _contract(self, question: Question, symbol: str) -> Contract:
        """The one that was asked about; ``symbol`` is what the answer says it is about."""
        contract = self._perpetuals.of(question.coin)
        if contract is None or contract.symbol != symbol:
            raise ParseError(f"{symbol!r:.40} where {question.coin} was asked for")
        return contract

    def _read_states(self, question: Question, body: bytes, received_ms: int) -> Told:
        meta, states = decoded(_STATES, body)
        if len(meta.universe) != len(states):
            raise ParseError(f"{len(meta.universe)} contracts and {len(states)} states")
        both = zip(meta.universe, states, strict=True)
        rows = {listed.name: state for listed, state in both if not listed.isDelisted}
        self._perpetuals.learn((symbol, symbol) for symbol in rows)
        worth = sum(_worth(row) for row in rows.values())
        facts = list(together(self.name, ALL, received_ms, {Measure.OI_USD: worth}).facts)
        for coin in self._coins:
            contract = self._perpetuals.of(coin)
            if contract is not None and rows[contract.symbol].markPx is not None:
                values = _values(rows[contract.symbol], contract.multiple)
                facts += together(self.name, coin, received_ms, values).facts
        return Told(tuple(facts))

    def _read_candles(self, question: Question, body: bytes, received_ms: int) -> Told:
        rows, span_ms = decoded(_CANDLES, body), SPANS[question.kind]
        for row in rows:
            if row.i != _INTERVALS[question.kind]:
                raise ParseError(f"candles of {row.i!r:.10}")
        return Told(
            candles=tuple(
                candle(
                    self.name, question.coin, False, span_ms, row.t, (row.o, row.h, row.l, row.c),
                    multiple=self._contract(question, row.s).multiple,
                )
                for row in rows
            )
        )  # fmt: skip

    def _read_settled(self, question: Question, body: bytes, received_ms: int) -> Told:
        rows = decoded(_SETTLED, body)
        for row in rows:
            self._contract(question, row.coin)
        told = ((row.time, rate(row.fundingRate)) for row in rows)
        return series(self.name, question.coin, Measure.FUNDING, told)


def _worth(row: _State) -> float:
    """Open interest in US dollars; a contract that nobody holds may have no price."""
    held = amount(row.openInterest) / SIDES
    return held * price(row.markPx or "") if held else 0.0


def _values(row: _State, multiple: int) -> dict[Measure, float]:
    return {
        Measure.OI: amount(row.openInterest) / SIDES * multiple,
        Measure.OI_USD: _worth(row),
        Measure.MARK: price(row.markPx or "") / multiple,
        Measure.FUNDING: rate(row.funding),
        Measure.VOLUME: amount(row.dayNtlVlm),
    }


def _ask(
    what: str, coin: str, asked: Mapping[str, object], every_s: float, weight: int, kind: str
) -> Question:
    body = msgspec.json.encode(asked)
    return Question(what, coin, "rest", "/info", every_s, weight, body, kind)


def _candles(
    coin: str, contract: Contract, now_ms: int, kind: str, rows: int, every_s: float
) -> Question:
    """The last ``rows``; each 60 that come weigh one more."""
    wanted = {
        "coin": contract.symbol,
        "interval": _INTERVALS[kind],
        "startTime": now_ms - rows * SPANS[kind],
        "endTime": now_ms + MINUTE_MS,
    }
    what = {"minutes": "candles", "hours": "hourly candles"}[kind] if every_s else "older candles"
    asked = {"type": "candleSnapshot", "req": wanted}
    return _ask(what, coin, asked, every_s, 21 + rows // 60, kind)


def _past(coin: str, contract: Contract, now_ms: int) -> Iterator[Question]:
    """Of hours 62 days, of funding 90, for which each 20 rows weigh one more."""
    yield _candles(coin, contract, now_ms, "hours", _PAST_HOURS, ONCE_S)
    for start_ms, end_ms in pages(now_ms, QUARTER_MS, _FUNDING_PAGE_MS):
        asked = {
            "type": "fundingHistory",
            "coin": contract.symbol,
            "startTime": start_ms,
            "endTime": end_ms - 1,
        }
        weight = 20 + _FUNDING_PAGE_MS // HOUR_MS // 20
        yield _ask("older funding", coin, asked, ONCE_S, weight, "settled")
