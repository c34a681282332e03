"""Facts and candles equal those of dictionaries, whenever they are thinned and told again."""

import asyncio
import shutil
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.structure.facts import Candle, Fact, Measure
from storage import Storage, open_storage
from tests.storage.conftest import Home
from tests.torture import times

NOW = 1_795_312_800_000
AGES = (0, 2 * DAY_MS, 8 * DAY_MS, 30 * DAY_MS, 400 * DAY_MS)
SOURCES = ("bybit", "okx")

ages = st.builds(
    lambda age_ms, minutes: age_ms + minutes * MINUTE_MS,
    st.sampled_from(AGES),
    st.integers(-70, 70),
)
facts = st.builds(
    lambda source, measure, age_ms, value: Fact(source, "BTC", measure, NOW - age_ms, value),
    st.sampled_from(SOURCES),
    st.sampled_from((Measure.OI, Measure.MARK)),
    ages,
    st.floats(allow_nan=False, allow_infinity=False),
)
candles = st.builds(
    lambda source, spot, span_ms, age_ms, close, volume: Candle(
        source, "BTC", spot, span_ms, (NOW - age_ms) // span_ms * span_ms, 1, 2, 0.5, close, volume
    ),
    st.sampled_from(SOURCES),
    st.booleans(),
    st.sampled_from((MINUTE_MS, HOUR_MS)),
    ages,
    st.sampled_from((0.6, 1.1)),
    st.sampled_from((None, 5.0)),
)
steps = st.one_of(
    st.tuples(st.just("keep"), st.lists(facts, max_size=25), st.lists(candles, max_size=8)),
    st.tuples(st.just("thin"), st.integers(0, 200)),
    st.tuples(st.just("reopen")),
)


class Ledger:
    """What storage should hold, by plain search over all of it."""

    def __init__(self) -> None:
        self.facts: dict[tuple[str, str, int], Fact] = {}
        self.candles: dict[tuple[str, bool, int, int], Candle] = {}

    def keep(self, facts: list[Fact], candles: list[Candle]) -> None:
        self.facts |= {(one.source, one.measure.value, one.at_ms): one for one in facts}
        self.candles |= {(one.source, one.spot, one.span_ms, one.start_ms): one for one in candles}

    def thin(self, now_ms: int) -> None:
        self.facts = {
            key: fact for key, fact in self.facts.items() if now_ms - fact.at_ms <= 400 * DAY_MS
        }
        # The newest first: each is compared with all that are earlier.
        for key, fact in sorted(self.facts.items(), key=lambda item: -item[1].at_ms):
            age_ms = now_ms - fact.at_ms
            if (age_ms > 2 * DAY_MS and self.has_earlier(fact, 15 * MINUTE_MS)) or (
                age_ms > 30 * DAY_MS and self.has_earlier(fact, HOUR_MS)
            ):
                del self.facts[key]
        for place, one in list(self.candles.items()):
            kept_ms = (400 if one.span_ms >= HOUR_MS else 8) * DAY_MS
            if now_ms - one.start_ms > kept_ms:
                del self.candles[place]

    def has_earlier(self, fact: Fact, span_ms: int) -> bool:
        return any(
            other.source == fact.source
            and other.measure is fact.measure
            and other.at_ms // span_ms == fact.at_ms // span_ms
            and other.at_ms < fact.at_ms
            for other in self.facts.values()
        )

    async def check(self, storage: Storage) -> None:
        for measure in (Measure.OI, Measure.MARK):
            told = [fact for fact in self.facts.values() if fact.measure is measure]
            told.sort(key=lambda fact: (fact.at_ms, fact.source))
            assert await storage.facts.facts(measure, "BTC", 0, 2 * NOW) == told
            firsts = [fact for fact in told if not self.has_earlier(fact, HOUR_MS)]
            assert await storage.facts.facts(measure, "BTC", 0, 2 * NOW, HOUR_MS) == firsts
        for spot in (False, True):
            for span_ms in (MINUTE_MS, HOUR_MS):
                known = (one for one in self.candles.values() if one.span_ms == span_ms)
                bars = [one for one in known if one.spot == spot]
                bars.sort(key=lambda one: (one.start_ms, one.source))
                assert await storage.facts.candles("BTC", spot, span_ms, 0, 2 * NOW) == bars


async def play(home: Home, script: list[tuple[object, ...]]) -> None:
    ledger, rest, now_ms = Ledger(), list(script), NOW
    while rest:
        async with open_storage(home.url, home.data_dir) as storage:
            while rest:
                name, *arguments = rest.pop(0)
                if name == "reopen":
                    break
                if name == "keep":
                    await storage.facts.keep(*arguments)  # type: ignore[arg-type]
                    ledger.keep(*arguments)  # type: ignore[arg-type]
                else:
                    now_ms += int(str(arguments[0])) * MINUTE_MS
                    await storage.facts.thin(now_ms)
                    ledger.thin(now_ms)
            await ledger.check(storage)


@settings(max_examples=times(5), deadline=None)
@given(script=st.lists(steps, min_size=2, max_size=10))
def test_what_is_kept_is_what_dictionaries_keep(
    sqlite_template: Path, script: list[tuple[object, ...]]
) -> None:
    with tempfile.TemporaryDirectory() as place:
        shutil.copy(sqlite_template, Path(place) / "liqwatch.db")
        asyncio.run(play(Home(None, Path(place)), script))


def test_both_databases_keep_the_same(home: Home) -> None:
    told = [
        Fact(source, "BTC", measure, NOW - age_ms - n * 4 * MINUTE_MS, n / 3)
        for source in SOURCES
        for measure in (Measure.OI, Measure.MARK)
        for age_ms in AGES
        for n in range(-20, 20)
    ]
    bars = [
        Candle(source, "BTC", spot, span_ms, NOW - age_ms + n * span_ms, 1, 2, 0.5, n)
        for source in SOURCES
        for spot in (False, True)
        for span_ms in (MINUTE_MS, HOUR_MS)
        for age_ms in AGES
        for n in (-1, 0, 1)
    ]
    script: list[tuple[object, ...]] = [
        ("keep", told[::2], bars[::2]),
        ("thin", 0),
        ("keep", told, bars),
        ("thin", 30),
        ("reopen",),
        ("keep", told[::3], []),
        ("thin", 60),
    ]
    asyncio.run(play(home, script))
