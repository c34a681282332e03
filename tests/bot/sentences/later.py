"""What became of the event of the standard of tone: fading, over, and the second wave instead."""

from msgspec.structs import replace

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.figures import Hearing, Split
from bot.flush.flush import Entry, Span, Stage
from bot.sentences.case import Case
from tests.bot.sentences import golden
from tests.bot.sentences.golden import FLUSH, FOUR, WAVE, at, figure, m, window

FADING_AT = at(82)
END = at(97)
CLOSED_AT = at(577)
SECOND_AT = END + 108 * MINUTE_MS + 22 * MINUTE_MS

LIGHTER = replace(golden.LIGHTER, to_ms=at(66))
ENDED = replace(WAVE, end_ms=END, long=m(485.9), short=m(79.1))
PEAK = replace(
    golden.BEFORE,
    at_ms=at(97),
    oi=figure(390_600, at(97)),
    volatility=figure(2.44, at(46)),
    missing=(),
)


def _now(case: Case, at_ms: int) -> Case:
    """The same case at another moment, with all windows ending there."""
    ears = Hearing(golden.HEARD, ("binance",), (LIGHTER,), golden.NOW - 92 * DAY_MS)
    reading = replace(case.reading, at_ms=at_ms, hearing=ears)
    windows = tuple(replace(each, at_ms=at_ms, hearing=ears) for each in case.windows)
    shift = at_ms - case.at_ms
    minutes = tuple(replace(each, start_ms=each.start_ms + shift) for each in case.minutes)
    return replace(case, at_ms=at_ms, reading=reading, windows=windows, minutes=minutes)


def _fading() -> Case:
    case = _now(golden.CASE, FADING_AT)
    view = replace(
        golden.CURRENT,
        at_ms=FADING_AT,
        price=figure(87_410, FADING_AT),
        oi=figure(390_600, at(81)),
        funding=figure(0.00004 / 8, at(81)),
        volatility=figure(0.9272, at(81)),
        spot_buys=figure(244e6, at(81)),
        spot_sells=figure(176e6, at(81)),
    )
    quarter = replace(window(15 * MINUTE_MS, 18, 12), at_ms=FADING_AT, hearing=case.reading.hearing)
    return replace(
        case,
        windows=(case.windows[0], quarter, *case.windows[2:]),
        now=view,
        peak=replace(PEAK, oi=figure(390_600, at(81))),
        flush=replace(FLUSH, stage=Stage.FADING, deaf=(LIGHTER,)),
        volatilities=(2.1, 1.7, 1.2, 0.93),
    )


def _closed() -> Case:
    case = _now(golden.CASE, CLOSED_AT)
    view = replace(
        golden.CURRENT,
        at_ms=CLOSED_AT,
        price=figure(88_260, CLOSED_AT),
        oi=figure(396_600, CLOSED_AT),
        funding=figure(0.00009 / 8, CLOSED_AT),
        volatility=figure(0.48, CLOSED_AT),
        usual_volatility=figure(0.40, CLOSED_AT - HOUR_MS),
    )
    stages = (*FLUSH.stages, Entry(Stage.FADING, FADING_AT), Entry(Stage.OVER, END))
    flush = replace(FLUSH, stage=Stage.CLOSED, waves=(ENDED,), deaf=(LIGHTER,), stages=stages)
    ears = replace(case.reading.hearing, deaf=())
    return replace(
        case,
        reading=replace(case.reading, hearing=ears),
        now=view,
        peak=PEAK,
        flush=flush,
        hour_since=m(24),
        volatilities=(0.6, 0.55, 0.5, 0.48),
    )


def _second() -> Case:
    case = _now(golden.CASE, SECOND_AT)
    wave = replace(
        WAVE,
        start_ms=END + 108 * MINUTE_MS,
        end_ms=None,
        long=m(124.3),
        short=m(23.7),
        coins=(Split("BTC", m(50), m(9)),),
        worst_5m=Span(m(60), m(8), SECOND_AT - 5 * MINUTE_MS),
    )
    flush = replace(FLUSH, stage=Stage.SECOND_WAVE, waves=(ENDED, wave), deaf=(LIGHTER,))
    view = replace(golden.CURRENT, at_ms=SECOND_AT, price=figure(86_310, SECOND_AT))
    return replace(case, now=view, flush=flush)


FADING = _fading()
CLOSED = _closed()
SECOND = _second()

CROWDED = replace(
    golden.CASE,
    before=replace(
        golden.BEFORE,
        funding_percentile=0.94,
        oi_percentile=0.97,
        bids_1=figure(8e6, at(-3), (*FOUR, "Bitget", "Gate")),
    ),
    traded=figure(700e6, golden.NOW, FOUR),
)
"""With what table 1 does not tell: who was crowded, and what rested and was traded."""

SQUEEZE = replace(
    golden.CASE,
    reading=replace(golden.HOUR, long=golden.HOUR.short, short=golden.HOUR.long),
    flush=replace(FLUSH, waves=(replace(WAVE, long=WAVE.short, short=WAVE.long),)),
    now=replace(golden.CURRENT, price=figure(94_700, golden.NOW)),
    minutes=tuple(
        replace(each, close=182_000 - (each.close or 0), high=182_000 - (each.low or 0), low=None)
        for each in golden.CASE.minutes
    ),
)
"""The same turned upside down."""
