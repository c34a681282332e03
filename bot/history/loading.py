"""From storage to baselines: what was heard of a scope, and what was imported of it."""

import asyncio
from collections.abc import Sequence

import msgspec

from bot.history.baseline import Baseline, baseline_of
from bot.history.breaks import ALL, last_break
from bot.history.often import FREQUENCIES, threshold_for
from bot.history.series import laid_out
from bot.history.watched import LONGEST_MS, Watched
from bot.ports.record import Archive, Series


class Scope(msgspec.Struct, frozen=True):
    """Whose sums: ``coin`` or ``exchange`` None means all."""

    coin: str | None = None
    exchange: str | None = None


class Past(msgspec.Struct, frozen=True):
    """All that is known of a scope, as of ``until_ms``; ``own`` None: nothing was watched.

    ``thresholds`` by frequency, of one hour.
    """

    until_ms: int
    own: Baseline | None = None
    imported: tuple[Baseline, ...] = ()
    thresholds: dict[str, int | None] = {}


async def load(
    archive: Archive,
    scope: Scope,
    known: Watched | None,
    until_ms: int,
) -> Past:
    """Read and work out, the latter in a thread. Raises ``StoreError``."""
    told: list[tuple[str, str, Series]] = []
    for one in await archive.imports():
        if (one.coin, one.exchange) == (scope.coin or "", scope.exchange or ""):
            series = await archive.past(one.source, one.coin, one.exchange, one.span_ms)
            told.append((one.source, one.exchange, series))
    own: Series | None = None
    if known is not None:
        own = await archive.minutes(scope.coin, known.exchanges, known.from_ms, known.until_ms)
    return await asyncio.to_thread(_worked_out, own, known, told, until_ms)


def _worked_out(
    series: Series | None,
    known: Watched | None,
    told: Sequence[tuple[str, str, Series]],
    until_ms: int,
) -> Past:
    own, thresholds = None, {}
    if series is not None and known is not None:
        line = laid_out(series, known.from_ms, known.until_ms, known.unheard)
        own = baseline_of(line, known.coverage, known.exchanges)
        thresholds = {name: threshold_for(own, name, "1h") for name in FREQUENCIES}
    others = (imported_baseline(source, exchange, past) for source, exchange, past in told)
    return Past(until_ms, own, tuple(one for one in others if one is not None), thresholds)


def imported_baseline(source: str, exchange: str, series: Series) -> Baseline | None:
    """The last 90 days of an imported series, since its last break in method; None of nothing.

    A span that is not there was not counted by its source: its coverage is what is there.
    """
    if not series.starts:
        return None
    step_ms = series.span_ms
    until_ms = series.starts[-1] + step_ms
    broken = last_break(exchange or ALL, until_ms)
    since_ms = max(series.starts[0], until_ms - LONGEST_MS, broken.at_ms if broken else 0)
    from_ms = until_ms - (until_ms - since_ms) // step_ms * step_ms
    if from_ms == until_ms:
        return None
    missing = bytearray(b"\1" * ((until_ms - from_ms) // step_ms))
    for start_ms in series.starts:
        if start_ms >= from_ms:
            missing[(start_ms - from_ms) // step_ms] = 0
    line = laid_out(series, from_ms, until_ms, bytes(missing))
    exchanges = (exchange,) if exchange else ()
    return baseline_of(line, 1 - sum(missing) / len(missing), exchanges, source)
