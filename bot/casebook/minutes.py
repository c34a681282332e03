"""Minutes of a scope as storage kept them, with a price each: what charts and files are made of."""

from collections.abc import Collection, Sequence
from typing import Protocol

from bot.casebook.recorder import Minute, Recorder
from bot.clock import MINUTE_MS
from bot.figures import Deaf
from bot.flush.book import BASE
from bot.ports import Archive, Series
from bot.structure.facts import Candle


class Candles(Protocol):
    """As much of ``bot.ports.Facts`` as is needed."""

    async def candles(
        self, coin: str, spot: bool, span_ms: int, from_ms: int, to_ms: int
    ) -> list[Candle]: ...


def asked(heard: Collection[str], deaf: Collection[Deaf]) -> tuple[str, ...]:
    """The exchanges that a figure is about, heard or not, by name."""
    return tuple(sorted({*heard, *(gap.exchange for gap in deaf)}))


async def stored(
    archive: Archive, coin: str | None, exchanges: Collection[str], from_ms: int, to_ms: int
) -> list[Minute]:
    """Whole minutes of [from, to), without a hole. Raises ``StoreError``."""
    return filled(await archive.minutes(coin, exchanges, from_ms, to_ms), from_ms, to_ms)


def filled(series: Series, from_ms: int, to_ms: int) -> list[Minute]:
    """A series of minutes with those in which nothing was heard."""
    sums = {
        start_ms: (long, short)
        for start_ms, long, short in zip(series.starts, series.longs, series.shorts, strict=True)
    }
    return [
        Minute(start_ms, *sums.get(start_ms, (0, 0)), 0)
        for start_ms in range(from_ms, to_ms, MINUTE_MS)
    ]


async def prices(candles: Candles, coin: str | None, from_ms: int, to_ms: int) -> dict[int, float]:
    """Closes of minutes by their start, of the one source that tells most of them; ``coin`` None:
    BTC. Raises ``StoreError``."""
    by_source: dict[str, dict[int, float]] = {}
    for one in await candles.candles(coin or BASE, False, MINUTE_MS, from_ms, to_ms):
        by_source.setdefault(one.source, {})[one.start_ms] = one.close
    return max(by_source.values(), key=len, default={})


def newest(kept: Sequence[Minute], recorder: Recorder | None, coin: str | None) -> list[Minute]:
    """The same minutes as memory has them, where it does: what came last may not be stored yet."""
    if recorder is None or not kept:
        return list(kept)
    known = recorder.minutes(coin, kept[0].start_ms, kept[-1].start_ms + 1)
    by_start = {minute.start_ms: minute for minute in known}
    return [by_start.get(minute.start_ms, minute) for minute in kept]
