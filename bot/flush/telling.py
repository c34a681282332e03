"""The ``Flush`` that is told of a life, with who was heard and how bad it is."""

from collections.abc import Sequence

import msgspec

from bot.clock import MINUTE_MS
from bot.engine.hearing import Ears
from bot.flush.book import Book
from bot.flush.flush import Flush, Severity, Wave
from bot.flush.hearing import calm_ms, hearing, uncertain
from bot.flush.life import Life
from bot.flush.severity import OpenInterest, Rank, severity
from bot.market import USD


class Known(msgspec.Struct, frozen=True):
    """What severity goes by where it can; asked only when there is something to tell."""

    rank: Rank = lambda coin, total, at_ms: None
    open_interest: OpenInterest = lambda coin, at_ms: None


def flush(life: Life, book: Book, ears: Ears, known: Known, now_ms: int) -> Flush:
    """As it is now."""
    waves = tuple(cascade.wave(book, now_ms) for cascade in life.cascades)
    start_ms = life.cascades[0].start * MINUTE_MS
    heard = hearing(ears, start_ms, now_ms)
    since_ms = calm_ms(life.stage, waves[-1], now_ms)
    return Flush(
        coin=life.coin,
        stage=life.stage,
        stages=tuple(life.stages),
        waves=waves,
        baseline=life.baseline,
        bar=life.bar,
        severity=max(life.severity, _severity(life, waves, known, now_ms)),
        id=life.id,
        within=life.within,
        heard=heard.heard,
        sampled=heard.sampled,
        deaf=heard.deaf,
        uncertain=since_ms is not None and uncertain(waves, heard.deaf, since_ms),
    )


def _severity(life: Life, waves: Sequence[Wave], known: Known, now_ms: int) -> Severity:
    worst_hour = max(wave.worst_hour.total for wave in waves)
    open_usd = known.open_interest(life.coin, waves[0].start_ms)
    share = sum(wave.total for wave in waves) / USD / open_usd if open_usd else None
    standing = known.rank(life.coin, worst_hour, now_ms)
    return severity(worst_hour, life.baseline, life.bar, standing, share)
