"""What sentences ask of a case: inputs that are there and fresh, or why they are not."""

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.figures import Deaf, Reading
from bot.flush.flush import Flush, Stage
from bot.market import Side
from bot.sentences.case import Case, MinuteSum
from bot.structure.view import Figure, MarketView
from bot.wording.numbers import clock, duration, named

OUTAGE_SHARE = 0.05
"""An exchange with less than this of the liquidations changes no comparison by being deaf."""

LARGEST = 1e15
"""No price, sum or rate of any market comes near it."""

MINUTES_LATE_MS = 2 * MINUTE_MS
"""The minute that runs is not whole, and the one before it may still be on its way."""


class UncheckedError(Exception):
    """An input is missing or stale; ``reason`` in a few words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Kind(NamedTuple):
    """What a figure of a view is called where it is missing, and how old it may be."""

    words: str
    limit_ms: int
    positive: bool = True


FIGURES: Mapping[str, Kind] = {
    "price": Kind("price", 2 * MINUTE_MS),
    "oi": Kind("open interest", 10 * MINUTE_MS),
    "oi_share": Kind("open interest", HOUR_MS),
    "funding": Kind("funding", 30 * MINUTE_MS, positive=False),
    "long_accounts": Kind("account ratio", HOUR_MS),
    "volatility": Kind("volatility", 20 * MINUTE_MS),
    "usual_volatility": Kind("volatility", DAY_MS),
    "spot_buys": Kind("spot takers", 5 * MINUTE_MS, positive=False),
    "spot_sells": Kind("spot takers", 5 * MINUTE_MS, positive=False),
    "bids_1": Kind("order book depth", 10 * MINUTE_MS),
    "asks_1": Kind("order book depth", 10 * MINUTE_MS),
}
"""By the field of ``MarketView``; a sentence about any other has no limit to go by."""


def subject(case: Case) -> str:
    """The coin whose market is looked at."""
    return case.coin or "BTC"


def start_ms(case: Case) -> int:
    """When the event began; without a flush, when the window did."""
    return case.flush.start_ms if case.flush else case.reading.at_ms - case.reading.span_ms


def side(case: Case) -> Side:
    """Of which more was closed, in the flush or else in the window."""
    if case.flush:
        return case.flush.side
    return Side.LONG if case.reading.long >= case.reading.short else Side.SHORT


def is_over(case: Case) -> bool:
    """Whether minutes and windows until now are of the calm after it, no longer of the event."""
    return case.flush is not None and case.flush.stage in (Stage.OVER, Stage.CLOSED)


def flush_of(case: Case) -> Flush:
    if case.flush is None:
        raise UncheckedError("no flush is followed")
    return case.flush


def now(case: Case, field: str) -> Figure:
    """A figure of the market now."""
    figure = _figure(case, case.now, field)
    if not case.at_ms - FIGURES[field].limit_ms <= figure.at_ms <= case.at_ms:
        raise UncheckedError(f"last told {clock(figure.at_ms)}")
    return figure


def before(case: Case, field: str) -> Figure:
    """A figure of the market right before the event, none from within it."""
    figure = _figure(case, case.before, field)
    start = start_ms(case)
    if not start - FIGURES[field].limit_ms <= figure.at_ms <= start:
        raise UncheckedError(f"told {clock(figure.at_ms)}, not right before {clock(start)}")
    return figure


def worst(case: Case, field: str) -> Figure:
    """A figure of the market at its worst within the event."""
    figure = _figure(case, case.peak, field)
    if not start_ms(case) <= figure.at_ms <= case.at_ms:
        raise UncheckedError(f"told {clock(figure.at_ms)}, not within the event")
    return figure


def sensible(figure: Figure, positive: bool = True) -> Figure:
    """The figure, where it is a number that anything can be divided by or said of."""
    size = abs(figure.value)
    if not size < LARGEST or (positive and not figure.value > 1 / LARGEST):
        raise UncheckedError("no number that makes sense")
    return figure


def alike(one: Figure, other: Figure) -> None:
    """Sums over different sources are no change of one thing."""
    if one.sources != other.sources:
        raise UncheckedError("other sources told it before")


def window(case: Case, span_ms: int) -> Reading:
    """The case's scope over another span, of the same moment."""
    for reading in (case.reading, *case.windows):
        if reading.span_ms == span_ms and reading.at_ms == case.at_ms:
            return reading
    raise UncheckedError(f"no window of {duration(span_ms)}")


def amount(case: Case, minute: MinuteSum) -> int:
    """A minute's liquidations in the scope of the case."""
    if case.coin is None:
        return minute.btc + minute.alts
    if case.coin == "BTC":
        return minute.btc
    if minute.own is None:
        raise UncheckedError(f"no minutes of {case.coin}")
    return minute.own


def minutes(case: Case, least: int = 1) -> tuple[MinuteSum, ...]:
    """The latest minutes without a hole between them, at least so many."""
    known = case.minutes
    if not known or known[-1].start_ms + MINUTE_MS < case.at_ms - MINUTES_LATE_MS:
        raise UncheckedError("no minutes until now")
    steps = (later.start_ms - earlier.start_ms for earlier, later in pairwise(known))
    holes = [at for at, step in enumerate(steps, 1) if step != MINUTE_MS]
    whole = known[holes[-1] if holes else 0 :]
    if len(whole) < least:
        raise UncheckedError(f"{len(whole)} minutes known, {least} needed")
    return whole


def heard(case: Case, from_ms: int) -> None:
    """Raises where an exchange that matters was deaf in a part of [from, now]: a comparison of
    spans would compare what was heard, not what happened."""
    flush_deaf = case.flush.deaf if case.flush else ()
    for gap in (*case.reading.hearing.deaf, *flush_deaf):
        end_ms = case.at_ms if gap.to_ms is None else gap.to_ms
        throughout = gap.from_ms <= from_ms and end_ms >= case.at_ms
        if end_ms > from_ms and not throughout and _matters(case.reading, gap):
            raise UncheckedError(away(gap))


def away(gap: Deaf) -> str:
    """``Binance off 05:10–05:52 UTC``"""
    if gap.to_ms is None:
        return f"{named(gap.exchange)} off since {clock(gap.from_ms)}"
    return f"{named(gap.exchange)} off {clock(gap.from_ms).removesuffix(' UTC')}–{clock(gap.to_ms)}"


def _matters(reading: Reading, gap: Deaf) -> bool:
    """By its share, had it been heard throughout as it was while it was heard."""
    if gap.kind == "stopped":
        return True
    start_ms = reading.at_ms - reading.span_ms
    end_ms = reading.at_ms if gap.to_ms is None else gap.to_ms
    deaf_ms = max(0, min(end_ms, reading.at_ms) - max(gap.from_ms, start_ms))
    heard_ms = reading.span_ms - deaf_ms
    own = sum(part.total for part in reading.exchanges if part.name == gap.exchange)
    if heard_ms <= 0 or not own:
        return False
    whole = own * reading.span_ms / heard_ms
    return whole >= OUTAGE_SHARE * (reading.total - own + whole)


def _figure(case: Case, view: MarketView | None, field: str) -> Figure:
    if view is None or view.coin != subject(case):
        raise UncheckedError(f"nothing known of {subject(case)}'s market")
    figure: Figure | None = getattr(view, field)
    kind = FIGURES[field]
    if figure is None:
        raise UncheckedError(_missing(view, kind.words))
    return sensible(figure, kind.positive)


def _missing(view: MarketView, words: str) -> str:
    """``Binance spot answered 429``; or that nothing told it."""
    reasons = [f"{lost.source} {lost.reason}" for lost in view.missing if words in lost.what]
    return ", ".join(reasons[:2]) or "no source told it"
