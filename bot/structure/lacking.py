"""What is missing of a market, with the reason: what failed, and what has grown too old."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from bot.clock import DAY_MS, MINUTE_MS
from bot.structure.facts import ALL, Measure
from bot.structure.look import Look
from bot.structure.view import Missing
from bot.structure.volatility import MINUTE_LAG_MS

WHATS: Mapping[str, Sequence[Measure]] = {
    "price": (Measure.MARK,),
    "open interest": (Measure.OI, Measure.OI_USD),
    "funding": (Measure.FUNDING,),
    "volume": (Measure.VOLUME,),
    "spot volume": (Measure.SPOT_VOLUME,),
    "order book depth": (Measure.BIDS_1, Measure.ASKS_1, Measure.BIDS_2, Measure.ASKS_2),
    "spot order book depth": (
        Measure.SPOT_BIDS_1,
        Measure.SPOT_ASKS_1,
        Measure.SPOT_BIDS_2,
        Measure.SPOT_ASKS_2,
    ),
    "account ratio": (Measure.LONG_ACCOUNTS,),
}
"""What sources call their facts where they are missing, as in ``Question.what``."""

CANDLES: Mapping[str, bool] = {"candles": False, "spot candles": True}
"""The same for candles of a minute, and whether they are of the spot market."""


def lacking(told: Iterable[Missing], *looks: Look) -> tuple[Missing, ...]:
    """``told`` as it was known at the moment of each look, and what a source has stopped telling.

    A source that never told something in the day before lacks nothing. ``told`` may have names or
    titles of sources; what comes back has titles.
    """
    known: list[Missing] = []
    for one in told:
        title = next((look.sources[one.source] for look in looks if one.source in look.sources), "")
        if all(one.coin in (ALL, look.coin) and one.since_ms <= look.at_ms for look in looks):
            known.append(replace(one, source=title or one.source))
    named = {(one.source, one.what) for one in known}
    stopped = (one for look in looks for one in _stopped(look))
    return (*known, *(one for one in stopped if (one.source, one.what) not in named))


def _stopped(look: Look) -> Iterator[Missing]:
    """What was told within a day, none of it recently enough."""
    for what, measures in WHATS.items():
        told = [
            (look.limit(measure), look.shelf.at(measure, look.coin, look.at_ms, DAY_MS))
            for measure in measures
        ]
        for source in look.sources:
            times = [(limit_ms, by[source].at_ms) for limit_ms, by in told if source in by]
            if times and all(look.at_ms - at_ms > limit_ms for limit_ms, at_ms in times):
                yield _last_told(look, what, source, max(at_ms for _, at_ms in times))
    for what, spot in CANDLES.items():
        for source, candles in look.candles(MINUTE_MS, 1, DAY_MS, spot).items():
            if look.at_ms - candles[-1].end_ms > MINUTE_LAG_MS:
                yield _last_told(look, what, source, candles[-1].end_ms)


def _last_told(look: Look, what: str, source: str, last_ms: int) -> Missing:
    minutes = (look.at_ms - last_ms) // MINUTE_MS
    return Missing(what, look.sources[source], f"last told {minutes} min ago", last_ms)
