"""The model behind the demo's hour: a cascade that feeds on itself, BTC first, alts behind.

Longs sit at liquidation prices below the market, shorts above. When the price touches them they
are closed by force; that flow moves the price on, against a depth that thins while it is hit, and
may touch the next ones. Alts follow BTC's returns with a lag and have pools of their own. Nothing
here is measured: the constants are chosen so that the hour looks like one.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.market import Side

SECONDS = 3600
PRICE_S = 5
STEP = 0.0005
"""Width of one liquidation price level, as a share of the price."""

LEVELS = 240
IMPACT = 0.014
"""Price move, as a share, when a flow equal to the whole depth hits it."""

NEWS_AT, NEWS_S, NEWS_DRIFT = 480, 1500, -0.000022
"""The push from outside: a slow fall, seconds after the start, that the pools turn into more."""

NOISE = 0.00009
"""Standard deviation of a second's return that nothing explains."""

RECOVERY = 0.0006
"""Share of the distance to its slow average that the price makes good in a second."""


@dataclass(frozen=True)
class Coin:
    """``longs`` and ``depth`` in millions of USD; ``beta`` and ``lag_s`` relate it to BTC."""

    name: str
    price: float
    longs: float
    depth: float
    beta: float
    lag_s: float


COINS = (
    Coin("BTC", 91_480.0, 640.0, 480.0, 1.0, 0.0),
    Coin("ETH", 3_120.0, 210.0, 190.0, 1.15, 60.0),
    Coin("SOL", 138.40, 110.0, 80.0, 1.45, 110.0),
    Coin("XRP", 2.3140, 55.0, 45.0, 1.30, 130.0),
    Coin("DOGE", 0.16120, 40.0, 32.0, 1.50, 150.0),
    Coin("PEPE", 0.0000048310, 28.0, 18.0, 1.70, 170.0),
    Coin("LINK", 14.220, 24.0, 18.0, 1.40, 160.0),
    Coin("AVAX", 15.360, 20.0, 15.0, 1.45, 180.0),
    Coin("SUI", 1.5820, 20.0, 14.0, 1.55, 190.0),
)


@dataclass(frozen=True)
class Flow:
    """US dollars of one coin and side closed by force in one second, at about ``price``."""

    second: int
    coin: str
    side: Side
    price: float
    usd: float


@dataclass
class _Pool:
    """The leveraged positions of one coin, by liquidation price level away from the start."""

    coin: Coin
    dice: random.Random
    price: float = 0.0
    slow: float = 0.0
    echo: float = 0.0
    touched_low: int = 0
    touched_high: int = 0
    strain: float = 0.0
    longs: list[float] = field(default_factory=list)
    shorts: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.price = self.slow = self.coin.price
        self.longs = [self._held(level, 0.034, 0.020) for level in range(LEVELS)]
        self.shorts = [0.7 * self._held(level, 0.014, 0.010) for level in range(LEVELS)]

    def _held(self, level: int, centre: float, width: float) -> float:
        """Millions at one level: most leverage sits a few per cent away, in clusters."""
        bell = math.exp(-(((level * STEP - centre) / width) ** 2) / 2)
        return self.coin.longs * bell * self.dice.gammavariate(0.7, 1 / 0.7) / 100

    def move(self, change: float) -> None:
        """Apply one second's return; the slow average follows, and pulls back."""
        pull = RECOVERY * math.log(self.slow / self.price)
        self.price *= math.exp(change + pull)
        self.slow *= math.exp(0.0009 * math.log(self.price / self.slow))
        self.strain *= 0.985

    def triggered(self) -> tuple[float, float]:
        """Millions of longs and shorts whose level the price has newly touched."""
        away = math.log(self.price / self.coin.price) / STEP
        low, high = max(0, int(-away)), max(0, int(away))
        longs = _take(self.longs, self.touched_low, low)
        bounce = math.log(self.price / (self.coin.price * math.exp(-self.touched_low * STEP)))
        shorts = _take(self.shorts, self.touched_high, max(high, int(0.5 * bounce / STEP)))
        self.touched_low = max(self.touched_low, low)
        self.touched_high = max(self.touched_high, high, int(0.5 * bounce / STEP))
        return longs, shorts

    def pressure(self, sold: float, bought: float) -> float:
        """The return that the forced flow causes; depth thins with what has just hit it."""
        self.strain += (sold + bought) / self.coin.depth
        return IMPACT * (bought - sold) / self.coin.depth * (1 + 2.0 * min(self.strain, 1.5))


def _take(levels: list[float], done: int, reached: int) -> float:
    taken = sum(levels[done:reached])
    for level in range(done, min(reached, len(levels))):
        levels[level] = 0.0
    return taken


@dataclass(frozen=True)
class Course:
    """What the model came to: ``prices`` of each coin at the end of every ``PRICE_S`` seconds."""

    flows: list[Flow]
    prices: dict[str, list[float]]


def hour(seed: int) -> Course:
    """The hour, second by second. The same seed gives the same hour."""
    dice = random.Random(seed)
    pools = [_Pool(coin, dice) for coin in COINS]
    lead = 0.0
    pushes = {pool.coin.name: 0.0 for pool in pools}
    course = Course([], {pool.coin.name: [] for pool in pools})
    for second in range(SECONDS):
        news = NEWS_DRIFT if NEWS_AT <= second < NEWS_AT + NEWS_S else 0.0
        for pool in pools:
            coin = pool.coin
            if coin.lag_s:
                pool.echo += (lead - pool.echo) / coin.lag_s
            change = news + pushes[coin.name] if not coin.lag_s else pool.echo + pushes[coin.name]
            pool.move(change + dice.gauss(0.0, NOISE))
            lead = change * coin.beta if not coin.lag_s else lead
            course.flows.extend(_closings(pool, second, pushes))
            if (second + 1) % PRICE_S == 0:
                course.prices[coin.name].append(pool.price)
    return course


def _closings(pool: _Pool, second: int, pushes: dict[str, float]) -> Iterator[Flow]:
    longs, shorts = pool.triggered()
    longs += _stray(pool, 0.006)
    shorts += _stray(pool, 0.006)
    pushes[pool.coin.name] = 0.35 * pushes[pool.coin.name] + pool.pressure(longs, shorts)
    for side, millions in ((Side.LONG, longs), (Side.SHORT, shorts)):
        if millions > 0.0004:
            yield Flow(second, pool.coin.name, side, pool.price, millions * 1e6)


def _stray(pool: _Pool, rate: float) -> float:
    """Small accounts fail at any time."""
    if pool.dice.random() > rate * 6:
        return 0.0
    return pool.coin.longs * pool.dice.expovariate(1.0) * 0.0003
