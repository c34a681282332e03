"""Bybit: a coin's USDT perpetual and its USDT pair on spot.

https://bybit-exchange.github.io/docs/v5/market/tickers and its neighbours (``orderbook``,
``full-ob``, ``kline``, ``open-interest``, ``long-short-ratio``, ``history-fund-rate``), from
github.com/bybit-exchange/docs of 2026-07-24, read 2026-11-25. One answer has all contracts::

    {"retCode":0,"retMsg":"OK","result":{"category":"linear","list":[{"symbol":"BTCUSDT",
    "markPrice":"114898.43","singleOpenInterest":"...","singleOpenInterestValue":"...",
    "turnover24h":"...","fundingRate":"0.0001","fundingIntervalHour":"8",...}]},
    "retExtInfo":{},"time":1760352369814}

``openInterest`` counts both sides and ``singleOpenInterest`` one; where the latter is missing, as
in that sample, it is half of the former. Contracts in USDC, of coins as margin and with an expiry
are not counted, neither for a coin nor for all: history is told for one contract at a time.

A book of spot has up to 10,000 rows a side. Of futures the same address was announced without a
date: it is asked once a run, and where it refuses the book of 1000 rows is taken, which does not
reach 1% where a tick is tiny (no depth is told then).
"""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

from bot.errors import ParseError
from bot.structure import bybit_asking as asking
from bot.structure import bybit_shapes as shapes
from bot.structure.asking import SPANS
from bot.structure.contracts import Contract, Contracts
from bot.structure.depth import depth
from bot.structure.facts import ALL, Fact, Measure
from bot.structure.reading import (
    amount,
    candle,
    decoded,
    number,
    price,
    rate,
    series,
    share,
    some,
    together,
)
from bot.structure.settled import per_hour
from bot.structure.source import Allowance, Question, RefusedError, Source, Told

_TOO_MANY = {10006: 10.0, 10018: 600.0}
"""Codes of limits, with seconds in which nothing is asked: of this address, and a ban of it."""


class Bybit(Source):
    """The source; see ``source.Source``."""

    name = "bybit"
    title = "Bybit"
    urls: Mapping[str, str] = MappingProxyType({"rest": "https://api.bybit.com"})
    allowance = Allowance(weight=10, per_s=5.0)
    """Of 600 requests in five seconds."""

    def __init__(self) -> None:
        self._perpetuals = Contracts("{}USDT")
        self._pairs = Contracts("{}USDT")
        self._coins: tuple[str, ...] = ()
        self._full_books = True
        self._readers: Mapping[str, Callable[[Question, bytes, int], Told]] = {
            "tickers": self._read_tickers,
            "spot tickers": self._read_spot_tickers,
            asking.BOOK: self._read_book,
            asking.SPOT_BOOK: self._read_book,
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
        asked = list(asking.whole())
        asked += [each for one in futures for each in asking.now(*one, self._full_books)]
        asked += [each for one in spot for each in asking.spot(*one)]
        asked += [each for one in futures for each in asking.slow(*one)]
        return asked + [each for one in futures for each in asking.past(*one, now_ms)]

    def read(self, question: Question, body: bytes, received_ms: int) -> Told:
        answer = decoded(shapes.ANSWER, body)
        if answer.retCode != 0:
            wait_s = _TOO_MANY.get(answer.retCode, 0.0)
            if question.kind == asking.BOOK and not wait_s:
                self._full_books = False
            raise RefusedError(f"refused with code {answer.retCode}", wait_s)
        return self._readers[question.kind](question, bytes(answer.result), answer.time)

    def _contract(self, question: Question, symbol: str | None = None) -> Contract:
        """The one that was asked about; ``symbol`` is what the answer says it is about."""
        spot = question.kind == asking.SPOT_BOOK
        contract = (self._pairs if spot else self._perpetuals).of(question.coin)
        if contract is None:
            raise ParseError(f"{question.coin} is not listed any more")
        if symbol is not None and symbol != contract.symbol:
            raise ParseError(f"{symbol!r:.40} where {contract.symbol} was asked for")
        return contract

    def _read_tickers(self, question: Question, result: bytes, at_ms: int) -> Told:
        """Of USDT perpetuals: their list, what is told of each coin, and what all are worth.

        Names of contracts that expire end in a date.
        """
        told = decoded(shapes.TICKERS, result).list
        rows = {row.symbol: row for row in told if row.symbol.endswith("USDT")}
        self._perpetuals.learn((symbol[:-4], symbol) for symbol in rows)
        worth = [dollars for row in rows.values() if (dollars := row.dollars) is not None]
        facts = list(together(self.name, ALL, at_ms, {Measure.OI_USD: sum(some(worth))}).facts)
        for coin in self._coins:
            contract = self._perpetuals.of(coin)
            if contract is not None:
                values = _values(rows[contract.symbol], contract.multiple)
                facts += together(self.name, coin, at_ms, values).facts
        return Told(tuple(facts))

    def _read_spot_tickers(self, question: Question, result: bytes, at_ms: int) -> Told:
        rows = {
            row.symbol: row
            for row in decoded(shapes.TICKERS, result).list
            if row.symbol.endswith("USDT")
        }
        self._pairs.learn((symbol[:-4], symbol) for symbol in rows)
        facts: list[Fact] = []
        for coin in self._coins:
            pair = self._pairs.of(coin)
            if pair is not None:
                volume = amount(rows[pair.symbol].turnover24h)
                facts.append(Fact(self.name, coin, Measure.SPOT_VOLUME, at_ms, volume))
        return Told(tuple(facts))

    def _read_book(self, question: Question, result: bytes, at_ms: int) -> Told:
        book, spot = decoded(shapes.BOOK, result), question.kind == asking.SPOT_BOOK
        self._contract(question, book.s)
        asked = asking.FULL if asking.FULL_PATH in question.path else asking.SHORT
        sums = depth(book.b, book.a, asked, spot)
        return together(self.name, question.coin, book.ts, sums)

    def _read_accounts(self, question: Question, result: bytes, at_ms: int) -> Told:
        row = some(decoded(shapes.ACCOUNT_RATIOS, result).list)[0]
        self._contract(question, row.symbol)
        told = [(row.timestamp, share(row.buyRatio))]
        return series(self.name, question.coin, Measure.LONG_ACCOUNTS, told)

    def _read_klines(self, question: Question, result: bytes, at_ms: int) -> Told:
        told = decoded(shapes.KLINES, result)
        multiple = self._contract(question, told.symbol).multiple
        span_ms = SPANS[question.kind]
        return Told(
            candles=tuple(
                candle(
                    self.name, question.coin, False, span_ms, row[0], row[1:5], row[6],
                    multiple=multiple,
                )
                for row in told.list
            )
        )  # fmt: skip

    def _read_settled(self, question: Question, result: bytes, at_ms: int) -> Told:
        rows = decoded(shapes.SETTLEMENTS, result).list
        for row in rows:
            self._contract(question, row.symbol)
        told = per_hour((row.fundingRateTimestamp, rate(row.fundingRate)) for row in rows)
        return series(self.name, question.coin, Measure.FUNDING, told)

    def _read_past_interest(self, question: Question, result: bytes, at_ms: int) -> Told:
        told = decoded(shapes.PAST_INTERESTS, result)
        multiple = self._contract(question, told.symbol).multiple
        coins = ((row.timestamp, row.coins) for row in told.list)
        rows = ((at_ms, each * multiple) for at_ms, each in coins if each is not None)
        return series(self.name, question.coin, Measure.OI, rows)


def _values(row: shapes.Ticker, multiple: int) -> dict[Measure, float]:
    """What a perpetual's ticker says; a field that is empty is not told."""
    values = {Measure.VOLUME: amount(row.turnover24h)}
    if row.markPrice:
        values[Measure.MARK] = price(row.markPrice) / multiple
    coins, dollars = row.coins, row.dollars
    if coins is not None:
        values[Measure.OI] = coins * multiple
    if dollars is not None:
        values[Measure.OI_USD] = dollars
    if row.fundingRate and row.fundingIntervalHour:
        hours = number(row.fundingIntervalHour)
        if not 1 <= hours <= 24:
            raise ParseError(f"an interval of funding of {hours} hours")
        values[Measure.FUNDING] = rate(row.fundingRate) / hours
    return values
