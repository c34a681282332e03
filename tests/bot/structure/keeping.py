"""A shelf that searches everything it was given, and short ways to fill it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.structure.facts import Candle, Fact, Measure
from bot.structure.look import Look
from bot.structure.source import Allowance, Question, Source, Told

NOW = 1_795_313_040_000
"""Sunday, 22 Nov 2026, 02:04 UTC: no whole hour."""

SOURCES = {"binance": "Binance", "bybit": "Bybit", "okx": "OKX"}


class PlainShelf:
    """By plain search over lists."""

    def __init__(self, facts: Sequence[Fact] = (), candles: Sequence[Candle] = ()) -> None:
        self.told = list(facts)
        self.bars = list(candles)

    def at(self, measure: Measure, coin: str, at_ms: int, tolerance_ms: int) -> Mapping[str, Fact]:
        found: dict[str, Fact] = {}
        for fact in sorted(self.facts(measure, coin, 0, at_ms + 1), key=lambda fact: fact.at_ms):
            if fact.at_ms >= at_ms - tolerance_ms:
                found[fact.source] = fact
        return found

    def facts(self, measure: Measure, coin: str, from_ms: int, to_ms: int) -> list[Fact]:
        wanted = (fact for fact in self.told if fact.measure is measure and fact.coin == coin)
        inside = (fact for fact in wanted if from_ms <= fact.at_ms < to_ms)
        return sorted(inside, key=lambda fact: fact.at_ms)

    def candles(
        self, coin: str, spot: bool, span_ms: int, from_ms: int, to_ms: int
    ) -> Mapping[str, list[Candle]]:
        found: defaultdict[str, list[Candle]] = defaultdict(list)
        for bar in sorted(self.bars, key=lambda bar: bar.start_ms):
            alike = (bar.coin, bar.spot, bar.span_ms) == (coin, spot, span_ms)
            if alike and from_ms <= bar.start_ms < to_ms:
                found[bar.source].append(bar)
        return found


class NamedSource(Source):
    """A source that is only looked at by its name."""

    urls: Mapping[str, str] = {}
    allowance = Allowance(1, 1.0)

    def __init__(self, name: str, title: str, keyed: bool = False) -> None:
        self.name, self.title, self.keyed = name, title, keyed

    def questions(self, coins: Collection[str], now_ms: int) -> list[Question]:
        return []

    def read(self, question: Question, body: bytes, received_ms: int) -> Told:
        return Told()


REGISTRY = [NamedSource(name, title) for name, title in SOURCES.items()]


def a_fact(
    measure: Measure, value: float, source: str = "binance", *, ago_ms: int = 0, coin: str = "BTC"
) -> Fact:
    return Fact(source, coin, measure, NOW - ago_ms, value)


def a_look(shelf: PlainShelf, at_ms: int = NOW, coin: str = "BTC") -> Look:
    return Look(shelf, coin, at_ms, SOURCES)


def minutes(
    count: int,
    source: str = "binance",
    *,
    spot: bool = False,
    until_ms: int = NOW,
    volume: float | None = 60.0,
    buys: float | None = 20.0,
) -> list[Candle]:
    """The last ``count`` minutes: each opens and closes at 100, with wicks of one dollar."""
    end_ms = until_ms - until_ms % MINUTE_MS
    return [
        Candle(source, "BTC", spot, MINUTE_MS, start, 100, 101, 99, 100, volume, buys)
        for start in range(end_ms - count * MINUTE_MS, end_ms, MINUTE_MS)
    ]


def hours(days: int, source: str = "binance", *, until_ms: int = NOW) -> list[Candle]:
    """The last hours: quiet ones, that open and close at 100, with wicks of half a dollar."""
    end_ms = until_ms - until_ms % HOUR_MS
    return [
        Candle(source, "BTC", False, HOUR_MS, start, 100, 100.5, 99.5, 100)
        for start in range(end_ms - days * DAY_MS, end_ms, HOUR_MS)
    ]
