"""What was told of flushes, as the lines of a log."""

from collections.abc import Iterable

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.events import Event, Tick
from bot.flush.flush import Flush
from bot.flush.flushes import Flushes, opened
from bot.flush.news import FlushNews
from bot.market import Side
from bot.ports.record import Series
from bot.wording.numbers import money
from tests.bot.flush.tapes import EXCHANGES, MIDNIGHT, at, heard, order


def listener(quiet: bool = True) -> Flushes:
    """A machine that has heard a quiet week, or nothing yet."""
    flushes = Flushes(EXCHANGES, opened(MIDNIGHT))
    if quiet:
        flushes.seed(None, Series(MINUTE_MS, [], [], []), MIDNIGHT - 7 * DAY_MS)
    return flushes


def news_of(events: Iterable[Event], flushes: Flushes | None = None) -> list[tuple[int, FlushNews]]:
    """All that was told, each with the moment."""
    flushes = flushes or listener()
    found: list[tuple[int, FlushNews]] = []
    for event in events:
        found += [(flushes.state().now_ms, told) for told in flushes.handle(event)]
    return found


def log(news: Iterable[tuple[int, FlushNews]], grew: bool = False, coins: bool = False) -> str:
    """The story in lines, of the market alone, without its growth."""
    return "\n".join(
        line(now_ms, told)
        for now_ms, told in news
        if (grew or told.what != "grew") and (coins or told.flush.coin is None)
    )


def line(now_ms: int, told: FlushNews) -> str:
    flush = told.flush
    words = [_clock(now_ms), flush.coin or "all", _what(told)]
    words += [money(flush.last.total), _share(flush)]
    if flush.uncertain:
        words.append("uncertain")
    if flush.within is not None:
        words.append(f"within {flush.within}")
    return " ".join(words)


def _what(told: FlushNews) -> str:
    if told.what == "followup":
        return f"{told.after_ms // HOUR_MS} h after"
    return told.flush.stage.word if told.what == "entered" else told.what


def _share(flush: Flush) -> str:
    wave, side = flush.last, flush.side
    part = wave.long if side is Side.LONG else wave.short
    return f"{round(100 * part / wave.total)}% {side.word}s"


def _clock(now_ms: int) -> str:
    seconds = (now_ms - MIDNIGHT) // 1_000
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def market(news: list[tuple[int, FlushNews]]) -> list[FlushNews]:
    return [told for _, told in news if told.flush.coin is None]


def opening(flushes: Flushes, coin: str = "BTC", millions: float = 6) -> Flush:
    """A flush of the market that has just begun, at 02:05:00.9."""
    assert not flushes.handle(heard(order(at("02:04") + 100, millions, coin=coin)))
    told = flushes.handle(heard(order(at("02:05") + 900, millions, coin=coin)))
    return told[0].flush


def pass_to(flushes: Flushes, clock: str) -> list[FlushNews]:
    """Ticks of a minute until then."""
    start_ms = flushes.state().now_ms // MINUTE_MS * MINUTE_MS
    ticks = range(start_ms, at(clock) + 1, MINUTE_MS)
    return [news for now_ms in ticks for news in flushes.handle(Tick(now_ms))]
