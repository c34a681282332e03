"""The event of the standard of tone (its table 1) as a case, at 03:04 of its reader."""

from collections.abc import Sequence

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.figures import Deaf, Hearing, Order, Reading, Split
from bot.flush.flush import Entry, Flush, Severity, Span, Stage, Wave
from bot.history.standing import Peak, Standing
from bot.market import USD, Side
from bot.sentences.case import Case, Headline, MinuteSum, News
from bot.structure.view import Figure, Level, MarketView, Missing

NOW = 1_795_313_040_000
"""03:04 for a reader in Berlin, 02:04 UTC, on 22 November."""

START = NOW - HOUR_MS
MILLION = 1_000_000 * USD
FOUR = ("Binance", "Bybit", "Hyperliquid", "OKX")


def m(millions: float) -> int:
    return round(millions * 10) * MILLION // 10


def at(minute: int) -> int:
    """The moment so many minutes after 02:04."""
    return START + minute * MINUTE_MS


def split(name: str, total: float, longs: float) -> Split:
    return Split(name, m(longs), m(total) - m(longs))


COINS = (
    split("BTC", 205.3, 186.8),
    split("ETH", 126.3, 111.1),
    split("SOL", 52.6, 45.2),
    split("XRP", 26.3, 22.1),
    split("DOGE", 18.4, 15.3),
    *(split(f"ALT{number}", 9.7, 7.7) for number in range(9)),
    split("REST", 10.2, 8.3),
)
OTHERS = (
    "htx",
    "deribit",
    "aster",
    "bitmex",
    "dydx",
    "kraken",
    "bitfinex",
    "mexc",
    "coinex",
    "bing",
)
EXCHANGES = (
    split("bybit", 168.4, 146.5),
    split("binance", 142.1, 123.6),
    split("okx", 89.5, 77.9),
    split("bitget", 47.4, 41.3),
    split("gate", 36.8, 32.0),
    *(split(name, 3.8, 3.3) for name in OTHERS),
    split("lighter", 4.2, 3.8),
)
HEARD = tuple(part.name for part in EXCHANGES if part.name != "lighter")
LIGHTER = Deaf("lighter", at(37), None, "closed")
LARGEST = Order(m(11.8), "BTC", "bybit", Side.LONG, at(37))


def scaled(parts: Sequence[Split], factor: float) -> tuple[Split, ...]:
    return tuple(
        Split(part.name, round(part.long * factor), round(part.short * factor)) for part in parts
    )


def window(span_ms: int, total: float, longs: float) -> Reading:
    """Coins and exchanges as in the hour, in proportion."""
    return Reading(
        coin=None,
        exchange=None,
        span_ms=span_ms,
        at_ms=NOW,
        long=m(longs),
        short=m(total) - m(longs),
        count=9214,
        largest=LARGEST,
        coins=scaled(COINS, total / 526.4),
        exchanges=scaled(EXCHANGES, total / 526.4),
        hearing=Hearing(
            HEARD, ("binance", "okx", "bitget", "aster"), (LIGHTER,), NOW - 92 * DAY_MS
        ),
        complete=False,
    )


HOUR = window(HOUR_MS, 526.4, 458.1)
WINDOWS = (
    window(5 * MINUTE_MS, 16, 10.6),
    window(15 * MINUTE_MS, 89, 67.6),
    window(4 * HOUR_MS, 556, 478.2),
    window(DAY_MS, 771, 624.5),
)
WAVE = Wave(
    start_ms=START,
    end_ms=None,
    long=m(458.1),
    short=m(68.3),
    count=9214,
    largest=LARGEST,
    worst_minute=Span(m(35.5), m(3.2), at(38)),
    worst_5m=Span(m(126), m(12), at(42)),
    worst_15m=Span(m(269.4), m(26.6), at(46)),
    worst_hour=Span(m(458.1), m(68.3), NOW),
    coins=COINS,
    exchanges=EXCHANGES,
    low=86_540,
    high=91_500,
)
FLUSH = Flush(
    coin=None,
    stage=Stage.PEAK,
    stages=(Entry(Stage.ONSET, at(2)), Entry(Stage.BUILDING, at(9)), Entry(Stage.PEAK, at(52))),
    waves=(WAVE,),
    baseline=m(0.2),
    bar=m(2),
    severity=Severity.SEVERE,
    id=311,
    heard=tuple(part.name for part in EXCHANGES),
    sampled=("binance", "okx", "bitget", "aster"),
    deaf=(LIGHTER,),
)
STANDING = Standing(
    span_ms=HOUR_MS,
    total=m(526.4),
    rank=1,
    of=61,
    days=92.1,
    coverage=0.97,
    since_ms=START - 92 * DAY_MS,
    percentile=1.0,
    normal=m(9.8),
    second=Peak(m(391), m(340), m(51), START - 39 * DAY_MS),
    exchanges=tuple(part.name for part in EXCHANGES),
)


def figure(value: float, at_ms: int, sources: tuple[str, ...] = FOUR) -> Figure:
    return Figure(value, at_ms, sources)


LEVELS = (
    Level("yesterday's low", 89_900, True, START - 4 * HOUR_MS),
    Level("7-day low", 88_150, True, START - 4 * HOUR_MS),
    Level("30-day low", 85_600, True, START - 4 * HOUR_MS),
    Level("7-day high", 94_300, False, START - 4 * HOUR_MS),
)
BEFORE = MarketView(
    coin="BTC",
    at_ms=START,
    price=figure(91_480, START),
    oi=figure(412_000, at(-2)),
    oi_share=figure(0.370, at(-5)),
    funding=figure(0.00031 / 8, at(-1)),
    levels=LEVELS,
    missing=(Missing("order book depth", "Binance spot", "answered 429", at(-20)),),
)
CURRENT = MarketView(
    coin="BTC",
    at_ms=NOW,
    price=figure(87_020, NOW),
    oi=figure(392_300, at(59)),
    funding=figure(0.00028 / 8, at(58)),
)
NEWS = News(
    read=("coindesk.com", "theblock.co", "federalreserve.gov"),
    read_ms=at(59),
    newest=Headline("coindesk.com", "A quiet Sunday", at(-72)),
)

BURSTS = (16, 23, 30, 37, 44)
"""Minutes in which BTC's liquidations rose at once; all but the first made a new low."""

_SHAPE = (60, 36, 18)
_LOWS = {24: 89_600, 31: 89_000, 38: 87_800, 45: 86_540}


def minutes(shapes: Sequence[int] = BURSTS) -> tuple[MinuteSum, ...]:
    """Two hours: a quiet one, then bursts of BTC that alts repeat after four minutes."""
    btc = [1 + minute % 3 for minute in range(-60, 60)]
    for burst in shapes:
        for later, amount in enumerate(_SHAPE):
            btc[60 + burst + later] += amount
    alts = [2, 3, 2, 4, *(round(1.56 * each) for each in btc[:-4])]
    low, closes = 91_400.0, []
    for minute in range(-60, 60):
        low = min(low, _LOWS.get(minute, low))
        closes.append(low + 60)
    return tuple(
        MinuteSum(at(minute), m(b / 4), m(a / 4), close - 60 + _bounce(minute), close)
        for minute, b, a, close in zip(range(-60, 60), btc, alts, closes, strict=True)
    )


def _bounce(minute: int) -> int:
    """Lows are new ones only in their minute."""
    return 0 if minute in _LOWS else 40


CASE = Case(
    at_ms=NOW,
    coin=None,
    reading=HOUR,
    windows=WINDOWS,
    flush=FLUSH,
    standing=STANDING,
    normal=m(9.8),
    one_sided_share=0.7,
    before=BEFORE,
    peak=None,
    now=CURRENT,
    minutes=minutes(),
    news=NEWS,
)
