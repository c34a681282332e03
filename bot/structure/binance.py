"""Binance: a coin's USDT perpetual and its USDT pair on spot.

https://developers.binance.com/en/docs/catalog/core-trading-derivatives-trading-usd-s-m-futures
(market data of the REST API, from github.com/binance/binance-connector-python of 2026-08-21) and
https://github.com/binance/binance-spot-api-docs/blob/master/rest-api.md of 2026-07-21, both read
2026-11-25. Open interest is one-sided and in the base asset::

    {"openInterest":"10659.509","symbol":"BTCUSDT","time":1589437530011}

Funding is told for a whole interval: eight hours where ``fundingInfo`` does not name the contract.
Contracts in USDC, of coins as margin and with an expiry are not counted: history is told for one
contract at a time, and a sum could not be compared with it. Open interest of all coins is not told
in one answer, hence never here.

A book of futures holds 1000 rows, which do not reach 1% where a tick is tiny: of BTC and ETH no
depth is told then. On spot there are 5000.
"""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from bot.errors import ParseError
from bot.exchanges.checks import Milliseconds
from bot.structure import binance_asking as asking
from bot.structure.asking import SPANS
from bot.structure.contracts import Contract, Contracts
from bot.structure.depth import depth
from bot.structure.facts import Candle, Fact, Measure
from bot.structure.reading import (
    amount,
    candle,
    decoded,
    price,
    rate,
    series,
    share,
    some,
    together,
)
from bot.structure.settled import per_hour
from bot.structure.source import Allowance, Question, Source, Told

USUAL_HOURS = 8
"""Of the interval of funding."""


class _Interval(msgspec.Struct):
    symbol: str
    fundingIntervalHours: int  # noqa: N815 (the exchange's spelling)


class _Premium(msgspec.Struct):
    symbol: str
    markPrice: str  # noqa: N815
    lastFundingRate: str  # noqa: N815
    time: Milliseconds


class _Listed(msgspec.Struct):
    symbol: str


class _Interest(msgspec.Struct):
    symbol: str
    openInterest: str  # noqa: N815
    time: Milliseconds


class _Day(msgspec.Struct):
    symbol: str
    quoteVolume: str  # noqa: N815
    closeTime: Milliseconds  # noqa: N815


class _Book(msgspec.Struct):
    bids: list[tuple[str, str]]
    asks: list[tuple[str, str]]
    E: Milliseconds | None = None


class _Accounts(msgspec.Struct):
    symbol: str
    longAccount: str  # noqa: N815
    timestamp: Milliseconds


class _Settled(msgspec.Struct):
    symbol: str
    fundingRate: str  # noqa: N815
    fundingTime: Milliseconds  # noqa: N815


class _PastInterest(msgspec.Struct):
    symbol: str
    sumOpenInterest: str  # noqa: N815
    timestamp: Milliseconds


_Kline = tuple[Milliseconds, str, str, str, str, str, int, str, int, str, str, Any]
"""Start, open, high, low, close, coins, end, dollars, trades, coins and dollars that takers bought,
and one to be ignored."""

# Lax: times are numbers, and in the history of open interest numbers in quotes.
_INTERVALS_TOLD = msgspec.json.Decoder(list[_Interval])
_PREMIUMS = msgspec.json.Decoder(list[_Premium])
_LIST = msgspec.json.Decoder(list[_Listed])
_INTEREST = msgspec.json.Decoder(_Interest)
_DAY = msgspec.json.Decoder(_Day)
_BOOK_TOLD = msgspec.json.Decoder(_Book)
_ACCOUNTS = msgspec.json.Decoder(list[_Accounts], strict=False)
_SETTLED = msgspec.json.Decoder(list[_Settled])
_PAST_INTEREST = msgspec.json.Decoder(list[_PastInterest], strict=False)
_KLINES = msgspec.json.Decoder(list[_Kline])


class Binance(Source):
    """The source; see ``source.Source``."""

    name = "binance"
    title = "Binance"
    urls: Mapping[str, str] = MappingProxyType(
        {"rest": "https://fapi.binance.com", "spot": "https://api.binance.com"}
    )
    allowance = Allowance(weight=600, per_s=60.0)
    """A quarter of 2400 a minute, which the feed's requests count against too."""

    def __init__(self) -> None:
        self._perpetuals = Contracts("{}USDT")
        self._pairs = Contracts("{}USDT")
        self._hours: Mapping[str, int] | None = None
        self._coins: tuple[str, ...] = ()
        self._readers: Mapping[str, Callable[[Question, bytes, int], Told]] = {
            "intervals": self._read_intervals,
            "premiums": self._read_premiums,
            "pairs": self._read_pairs,
            "interest": self._read_interest,
            "day": self._read_day,
            "book": self._read_book,
            "accounts": self._read_accounts,
            "minutes": self._read_klines,
            "hours": self._read_klines,
            "settled": self._read_settled,
            "past interest": self._read_past_interest,
        }

    def questions(self, coins: Collection[str], now_ms: int) -> list[Question]:
        self._coins = tuple(coins)
        futures = [(coin, one) for coin in coins if (one := self._perpetuals.of(coin))]
        spot = [(coin, one) for coin in coins if (one := self._pairs.of(coin))]
        asked = [*asking.whole(), *(each for one in futures for each in asking.now(*one))]
        asked += [each for one in spot for each in asking.spot(*one)]
        asked += [each for one in futures for each in asking.slow(*one)]
        return asked + [each for one in futures for each in asking.past(*one, now_ms)]

    def read(self, question: Question, body: bytes, received_ms: int) -> Told:
        return self._readers[question.kind](question, body, received_ms)

    def _contract(self, question: Question) -> Contract:
        known = self._pairs if question.role == "spot" else self._perpetuals
        contract = known.of(question.coin)
        if contract is None:
            raise ParseError(f"{question.coin} is not listed any more")
        return contract

    def _read_intervals(self, question: Question, body: bytes, received_ms: int) -> Told:
        rows = decoded(_INTERVALS_TOLD, body)
        if not all(1 <= row.fundingIntervalHours <= 24 for row in rows):
            raise ParseError("an interval of funding that cannot be")
        self._hours = {row.symbol: row.fundingIntervalHours for row in rows}
        return Told()

    def _read_premiums(self, question: Question, body: bytes, received_ms: int) -> Told:
        """Marks and funding of all contracts, and with them the list of contracts."""
        rows = {row.symbol: row for row in decoded(_PREMIUMS, body)}
        self._perpetuals.learn((symbol[:-4], symbol) for symbol in rows if symbol.endswith("USDT"))
        facts: list[Fact] = []
        for coin in self._coins:
            contract = self._perpetuals.of(coin)
            if contract is None:
                continue
            row = rows[contract.symbol]
            mark = price(row.markPrice) / contract.multiple
            facts.append(Fact(self.name, coin, Measure.MARK, row.time, mark))
            if self._hours is not None and row.lastFundingRate:
                hourly = rate(row.lastFundingRate) / self._hours.get(row.symbol, USUAL_HOURS)
                facts.append(Fact(self.name, coin, Measure.FUNDING, row.time, hourly))
        return Told(tuple(facts))

    def _read_pairs(self, question: Question, body: bytes, received_ms: int) -> Told:
        symbols = [row.symbol for row in decoded(_LIST, body)]
        self._pairs.learn((symbol[:-4], symbol) for symbol in symbols if symbol.endswith("USDT"))
        return Told()

    def _read_interest(self, question: Question, body: bytes, received_ms: int) -> Told:
        contract, row = self._contract(question), decoded(_INTEREST, body)
        _check_symbol(row.symbol, contract)
        coins = amount(row.openInterest) * contract.multiple
        return series(self.name, question.coin, Measure.OI, [(row.time, coins)])

    def _read_day(self, question: Question, body: bytes, received_ms: int) -> Told:
        contract, row = self._contract(question), decoded(_DAY, body)
        _check_symbol(row.symbol, contract)
        measure = Measure.SPOT_VOLUME if question.role == "spot" else Measure.VOLUME
        told = [(row.closeTime, amount(row.quoteVolume))]
        return series(self.name, question.coin, measure, told)

    def _read_book(self, question: Question, body: bytes, received_ms: int) -> Told:
        book, spot = decoded(_BOOK_TOLD, body), question.role == "spot"
        sums = depth(book.bids, book.asks, asking.SPOT_BOOK if spot else asking.BOOK, spot)
        return together(self.name, question.coin, book.E or received_ms, sums)

    def _read_accounts(self, question: Question, body: bytes, received_ms: int) -> Told:
        contract, rows = self._contract(question), decoded(_ACCOUNTS, body)
        row = some(rows)[-1]
        _check_symbol(row.symbol, contract)
        told = [(row.timestamp, share(row.longAccount))]
        return series(self.name, question.coin, Measure.LONG_ACCOUNTS, told)

    def _read_klines(self, question: Question, body: bytes, received_ms: int) -> Told:
        rows = decoded(_KLINES, body)
        return Told(candles=tuple(self._candle(question, row) for row in rows))

    def _candle(self, question: Question, row: _Kline) -> Candle:
        spot, multiple = question.role == "spot", self._contract(question).multiple
        span_ms = SPANS[question.kind]
        return candle(
            self.name, question.coin, spot, span_ms, row[0], row[1:5], row[7], row[10], multiple
        )

    def _read_settled(self, question: Question, body: bytes, received_ms: int) -> Told:
        contract, rows = self._contract(question), decoded(_SETTLED, body)
        for row in rows:
            _check_symbol(row.symbol, contract)
        told = per_hour((row.fundingTime, rate(row.fundingRate)) for row in rows)
        return series(self.name, question.coin, Measure.FUNDING, told)

    def _read_past_interest(self, question: Question, body: bytes, received_ms: int) -> Told:
        contract, rows = self._contract(question), decoded(_PAST_INTEREST, body)
        for row in rows:
            _check_symbol(row.symbol, contract)
        told = ((row.timestamp, amount(row.sumOpenInterest) * contract.multiple) for row in rows)
        return series(self.name, question.coin, Measure.OI, told)


def _check_symbol(symbol: str, contract: Contract) -> None:
    if symbol != contract.symbol:
        raise ParseError(f"{symbol!r:.40} where {contract.symbol} was asked for")
