"""OKX: a coin's USDT swap and its USDT pair on spot.

https://www.okx.com/docs-v5/en/ (public data, market data, trading statistics), read 2026-11-25 in
copies and in what its users measured: the page itself was not at hand. An answer::

    {"code":"0","msg":"","data":[{"instType":"SWAP","instId":"BTC-USDT-SWAP","oi":"5000",
    "oiCcy":"555.55","oiUsd":"50000","ts":"1597026383085"}]}

Open interest is one-sided; swaps in USDC and of coins as margin are not counted, neither for a coin
nor for all. A rate of funding is for the hours from ``fundingTime`` to ``nextFundingTime``. Books
hold 5000 rows a side, in contracts, whose size the list of instruments tells. The ratio of accounts
is of all contracts of a coin, as ``[time, long accounts / short accounts]``. Volume of a swap is
told in coins and taken at the last price. Hours of past open interest are told by their start,
and users found that a row is as it was at the end, and that only the last days are kept.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType

from bot.clock import HOUR_MS
from bot.errors import ParseError
from bot.structure import okx_asking as asking
from bot.structure import okx_shapes as shapes
from bot.structure.asking import SPANS
from bot.structure.contracts import Contract, Contracts
from bot.structure.depth import depth
from bot.structure.facts import ALL, Fact, Measure
from bot.structure.reading import (
    amount,
    candle,
    decoded,
    price,
    rate,
    series,
    some,
    together,
)
from bot.structure.settled import per_hour
from bot.structure.source import Allowance, Question, RefusedError, Source, Told

_SWAP = "-USDT-SWAP"
_PAIR = "-USDT"
_TOO_MANY = {"50011": 2.0, "50061": 2.0}
"""Codes of limits, with seconds in which nothing is asked."""


class Okx(Source):
    """The source; see ``source.Source``."""

    name = "okx"
    title = "OKX"
    urls: Mapping[str, str] = MappingProxyType({"rest": "https://www.okx.com"})
    allowance = Allowance(weight=4, per_s=2.0)
    """Trading statistics allow five requests in two seconds, everything else ten at least."""

    def __init__(self) -> None:
        self._swaps = Contracts("{}" + _SWAP)
        self._pairs = Contracts("{}" + _PAIR)
        self._sizes: dict[str, float] = {}
        self._coins: tuple[str, ...] = ()
        self._readers: Mapping[str, Callable[[Question, bytes, int], Told]] = {
            "sizes": self._read_sizes,
            "interest": self._read_interest,
            "marks": self._read_marks,
            "funding": self._read_funding,
            "tickers": self._read_tickers,
            "spot tickers": self._read_spot_tickers,
            "book": self._read_book,
            "spot book": self._read_spot_book,
            "accounts": self._read_accounts,
            "minutes": self._read_candles,
            "hours": self._read_candles,
            "settled": self._read_settled,
            "past interest": self._read_past_interest,
        }

    def questions(self, coins: Collection[str], now_ms: int) -> list[Question]:
        self._coins = tuple(coins)
        swaps = list(self._followed(self._swaps))
        asked = list(asking.whole())
        for coin, swap in swaps:
            asked += asking.now(coin, swap, swap.symbol in self._sizes)
        for coin, pair in self._followed(self._pairs):
            asked += asking.spot(coin, pair)
        asked += [each for one in swaps for each in asking.slow(*one)]
        return asked + [each for one in swaps for each in asking.past(*one, now_ms)]

    def read(self, question: Question, body: bytes, received_ms: int) -> Told:
        answer = decoded(shapes.ANSWER, body)
        if answer.code != "0":
            reason = f"refused with code {answer.code:.10}"
            raise RefusedError(reason, _TOO_MANY.get(answer.code, 0.0))
        return self._readers[question.kind](question, bytes(answer.data), received_ms)

    def _followed(self, known: Contracts) -> Iterator[tuple[str, Contract]]:
        """The coins that are asked for, as far as they are listed."""
        return ((coin, one) for coin in self._coins if (one := known.of(coin)))

    def _swap(self, question: Question, symbol: str | None = None) -> Contract:
        """The one that was asked about; ``symbol`` is what the answer says it is about."""
        swap = self._swaps.of(question.coin)
        if swap is None:
            raise ParseError(f"{question.coin} is not listed any more")
        if symbol is not None and symbol != swap.symbol:
            raise ParseError(f"{symbol!r:.40} where {swap.symbol} was asked for")
        return swap

    def _read_sizes(self, question: Question, data: bytes, received_ms: int) -> Told:
        """One without a size is announced and not open yet."""
        listed = (row for row in decoded(shapes.LIST, data) if row.ctVal)
        rows = [row for row in listed if row.instId.endswith(_SWAP)]
        self._swaps.learn((row.instId.removesuffix(_SWAP), row.instId) for row in rows)
        self._sizes = {row.instId: price(row.ctVal) * price(row.ctMult or "1") for row in rows}
        return Told()

    def _read_interest(self, question: Question, data: bytes, received_ms: int) -> Told:
        told = decoded(shapes.INTERESTS, data)
        rows = {row.instId: row for row in told if row.instId.endswith(_SWAP)}
        worth = sum(amount(row.oiUsd) for row in some(list(rows.values())) if row.oiUsd)
        at_ms = max(row.ts for row in rows.values())
        facts = [Fact(self.name, ALL, Measure.OI_USD, at_ms, worth)]
        for coin, swap in self._followed(self._swaps):
            row = rows.get(swap.symbol)
            if row is not None:
                values = {Measure.OI: amount(row.oiCcy) * swap.multiple}
                if row.oiUsd:
                    values[Measure.OI_USD] = amount(row.oiUsd)
                facts += together(self.name, coin, row.ts, values).facts
        return Told(tuple(facts))

    def _read_marks(self, question: Question, data: bytes, received_ms: int) -> Told:
        rows = {row.instId: row for row in some(decoded(shapes.MARKS, data))}
        followed = (
            (coin, swap, rows[swap.symbol])
            for coin, swap in self._followed(self._swaps)
            if swap.symbol in rows
        )
        return Told(
            tuple(
                Fact(self.name, coin, Measure.MARK, row.ts, price(row.markPx) / swap.multiple)
                for coin, swap, row in followed
            )
        )

    def _read_funding(self, question: Question, data: bytes, received_ms: int) -> Told:
        row = some(decoded(shapes.FUNDINGS, data))[0]
        self._swap(question, row.instId)
        hours = (row.nextFundingTime - row.fundingTime) / HOUR_MS
        if not 1 <= hours <= 24:
            raise ParseError(f"an interval of funding of {hours} hours")
        told = [(row.ts or received_ms, rate(row.fundingRate) / hours)]
        return series(self.name, question.coin, Measure.FUNDING, told)

    def _read_tickers(self, question: Question, data: bytes, received_ms: int) -> Told:
        rows = {row.instId: row for row in some(decoded(shapes.TICKERS, data))}
        facts: list[Fact] = []
        for coin, swap in self._followed(self._swaps):
            row = rows.get(swap.symbol)
            if row is not None:
                volume = amount(row.volCcy24h) * price(row.last)
                facts.append(Fact(self.name, coin, Measure.VOLUME, row.ts, volume))
        return Told(tuple(facts))

    def _read_spot_tickers(self, question: Question, data: bytes, received_ms: int) -> Told:
        told = some(decoded(shapes.TICKERS, data))
        rows = {row.instId: row for row in told if row.instId.endswith(_PAIR)}
        self._pairs.learn((symbol.removesuffix(_PAIR), symbol) for symbol in rows)
        followed = ((coin, rows[pair.symbol]) for coin, pair in self._followed(self._pairs))
        return Told(
            tuple(
                Fact(self.name, coin, Measure.SPOT_VOLUME, row.ts, amount(row.volCcy24h))
                for coin, row in followed
            )
        )

    def _read_book(self, question: Question, data: bytes, received_ms: int) -> Told:
        size = self._sizes.get(self._swap(question).symbol)
        if size is None:
            raise ParseError(f"the size of a contract of {question.coin} is not known any more")
        return self._depth(question, data, spot=False, size=size)

    def _read_spot_book(self, question: Question, data: bytes, received_ms: int) -> Told:
        return self._depth(question, data, spot=True, size=1.0)

    def _depth(self, question: Question, data: bytes, spot: bool, size: float) -> Told:
        book = some(decoded(shapes.BOOKS, data))[0]
        sums = depth(book.bids, book.asks, asking.FULL, spot, size)
        return together(self.name, question.coin, book.ts, sums)

    def _read_accounts(self, question: Question, data: bytes, received_ms: int) -> Told:
        at_ms, ratio = max(some(decoded(shapes.RATIOS, data)))
        longs = amount(ratio)
        told = [(at_ms, longs / (1 + longs))]
        return series(self.name, question.coin, Measure.LONG_ACCOUNTS, told)

    def _read_candles(self, question: Question, data: bytes, received_ms: int) -> Told:
        multiple, span_ms = self._swap(question).multiple, SPANS[question.kind]
        rows = decoded(shapes.CANDLES, data)
        return Told(
            candles=tuple(
                candle(
                    self.name, question.coin, False, span_ms, row[0], row[1:5], row[7],
                    multiple=multiple,
                )
                for row in rows
            )
        )  # fmt: skip

    def _read_settled(self, question: Question, data: bytes, received_ms: int) -> Told:
        rows = decoded(shapes.SETTLED, data)
        for row in rows:
            self._swap(question, row.instId)
        told = per_hour((row.fundingTime, rate(row.rate)) for row in rows)
        return series(self.name, question.coin, Measure.FUNDING, told)

    def _read_past_interest(self, question: Question, data: bytes, received_ms: int) -> Told:
        """Of hours that have ended, as it was at their ends."""
        multiple = self._swap(question).multiple
        rows = ((row[0] + HOUR_MS, row[2]) for row in decoded(shapes.PAST_INTERESTS, data))
        told = ((at, amount(coins) * multiple) for at, coins in rows if at <= received_ms)
        return series(self.name, question.coin, Measure.OI, told)
