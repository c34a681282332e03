"""Levels that were fixed before the event, against all hours searched."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.structure.facts import Candle
from bot.structure.levels import broken, closes, levels, nearest
from bot.structure.view import Level
from tests.bot.structure.keeping import NOW, PlainShelf, a_look, hours, minutes

HOUR_START = NOW - NOW % HOUR_MS
MIDNIGHT = NOW - NOW % DAY_MS
LOW = Level("7-day low", 88_150.0, True, HOUR_START)
HIGH = Level("7-day high", 94_020.0, False, HOUR_START)


def wavy(days: int, source: str = "binance") -> list[Candle]:
    """Hours of which each has its own high and low."""
    return [
        replace(hour, high=200.0 + at * 7919 % 1009, low=100.0 - at * 104_729 % 97 / 2)
        for at, hour in enumerate(hours(days, source))
    ]


def test_levels_are_the_extremes_of_whole_hours_before() -> None:
    told = wavy(40)
    found = {level.name: level.price for level in levels(a_look(PlainShelf(candles=told)))}
    spans = {
        "yesterday's": (MIDNIGHT - DAY_MS, MIDNIGHT),
        "7-day": (HOUR_START - 7 * DAY_MS, HOUR_START),
        "30-day": (HOUR_START - 30 * DAY_MS, HOUR_START),
    }
    expected = {}
    for name, (from_ms, to_ms) in spans.items():
        inside = [c for c in told if c.start_ms >= from_ms and c.start_ms + HOUR_MS <= to_ms]
        expected[f"{name} low"] = min(c.low for c in inside)
        expected[f"{name} high"] = max(c.high for c in inside)
    assert found == expected


def test_what_happens_after_the_event_began_moves_no_level() -> None:
    crash = Candle("binance", "BTC", False, HOUR_MS, HOUR_START, 100, 999, 1, 50)
    before, after = PlainShelf(candles=wavy(40)), PlainShelf(candles=[*wavy(40), crash])
    assert levels(a_look(after)) == levels(a_look(before))
    assert all(level.fixed_ms == HOUR_START for level in levels(a_look(after)))
    later = levels(a_look(after, HOUR_START + HOUR_MS))
    assert {level.price for level in later if level.name == "7-day low"} == {1}


def test_a_missing_hour_may_hide_an_extreme_so_its_spans_give_no_level() -> None:
    told = wavy(40)
    del told[-10 * 24]
    names = [level.name for level in levels(a_look(PlainShelf(candles=told)))]
    assert names == ["yesterday's low", "yesterday's high", "7-day low", "7-day high"]


def test_levels_are_of_the_source_that_knows_most_of_them() -> None:
    shelf = PlainShelf(candles=[*wavy(8), *[replace(c, low=77) for c in wavy(31, "bybit")]])
    found = levels(a_look(shelf))
    assert len(found) == 6
    assert {level.price for level in found if level.low} == {77}


def test_an_hour_that_is_told_late_takes_no_level_away_but_old_hours_are_none() -> None:
    late = PlainShelf(candles=wavy(40)[:-1])
    assert len(levels(a_look(late))) == 6
    assert levels(a_look(late, NOW + 2 * HOUR_MS)) == ()


@settings(max_examples=50)
@given(st.lists(st.floats(1, 100), max_size=6), st.floats(1, 100))
def test_the_nearest_levels_enclose_the_price(prices: list[float], price: float) -> None:
    told = [Level(f"level {at}", value, True, 0) for at, value in enumerate(prices)]
    below, above = nearest(told, price)
    under, over = [p for p in prices if p <= price], [p for p in prices if p > price]
    assert (below.price if below else None) == (max(under) if under else None)
    assert (above.price if above else None) == (min(over) if over else None)


def test_of_equal_levels_that_of_the_longest_span_is_named() -> None:
    told = [Level("7-day low", 90, True, 0), Level("30-day low", 90, True, 0)]
    assert nearest(told, 100)[0] == told[1]
    assert nearest(told, 80)[1] == told[1]


def test_a_wick_breaks_nothing_and_a_close_does() -> None:
    assert broken(LOW, [89_000.0, 88_150.0]) is False
    assert broken(LOW, [89_000.0, 88_149.0, 89_000.0]) is True
    assert broken(HIGH, [94_020.0]) is False
    assert broken(HIGH, [94_021.0]) is True


def test_two_bars_must_follow_one_another() -> None:
    assert broken(LOW, [88_000.0, 89_000.0, 88_000.0], 2) is False
    assert broken(LOW, [89_000.0, 88_000.0, 88_000.0], 2) is True
    assert broken(LOW, [88_000.0], 2) is False


def test_a_missing_close_that_could_have_broken_it_leaves_it_open() -> None:
    assert broken(LOW, [None]) is None
    assert broken(LOW, [None, 88_000.0]) is True
    assert broken(LOW, [88_000.0, None], 2) is None
    assert broken(LOW, [89_000.0, None, 89_000.0], 2) is False


def test_closes_are_of_bars_that_began_within_the_event() -> None:
    start_ms = HOUR_START + 4 * MINUTE_MS
    told = [
        replace(minute, close=float(at))
        for at, minute in enumerate(minutes(120, until_ms=HOUR_START + HOUR_MS))
    ]
    quarter = 15 * MINUTE_MS
    assert closes(told, quarter, start_ms, HOUR_START + HOUR_MS) == [89, 104, 119]
    assert closes(told, quarter, start_ms, HOUR_START + 59 * MINUTE_MS) == [89, 104]
    assert closes(told[:-1], quarter, start_ms, HOUR_START + HOUR_MS) == [89, 104, None]
    assert closes([], quarter, start_ms, start_ms + MINUTE_MS) == []
