"""The same facts in other words: by stage, by side, by how long was watched."""

import pytest
from msgspec.structs import replace

from bot.clock import HOUR_MS, MINUTE_MS
from bot.figures import Deaf
from bot.flush.flush import Flush, Span, Stage
from bot.sentences import SENTENCES
from bot.sentences.case import Case, Headline
from bot.sentences.sentence import Place, State, Verdict
from bot.wording.text import plain
from tests.bot.sentences.golden import CASE, FLUSH, NOW, STANDING, WAVE, at, figure, m, window
from tests.bot.sentences.later import CLOSED, CROWDED, FADING, SECOND, SQUEEZE
from tests.bot.sentences.test_rules import having


def line(name: str, case: Case) -> str:
    return plain(SENTENCES[name].judge(case).line, "TIME")


def judged(name: str, case: Case) -> Verdict:
    return SENTENCES[name].judge(case)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Largest hour in 92 days"),
        ({"rank": 3}, "3rd largest hour in 92 days"),
        ({"days": 9.7}, "Largest hour in the 9 days watched"),
        ({"days": 59.9}, "Largest hour in the 59 days watched"),
        ({"days": 60.0, "coverage": 0.95}, "Largest hour in 60 days"),
        ({"coverage": 0.949}, "Largest hour in the 92 days watched"),
        ({"source": "coinglass"}, "Largest hour in 92 days, by Coinglass"),
        ({"rank": 5}, "5th largest hour in 92 days"),
        ({"rank": 6}, ""),
        ({"days": 6.99}, ""),
    ],
)
def test_a_rank_says_how_long_and_how_well_was_watched(
    changes: dict[str, object], said: str
) -> None:
    assert line("rank", replace(CASE, standing=replace(STANDING, **changes))) == said


@pytest.mark.parametrize(
    ("span_ms", "noun"), [(5 * MINUTE_MS, "5 min"), (4 * HOUR_MS, "4 h"), (24 * HOUR_MS, "day")]
)
def test_a_rank_names_its_span(span_ms: int, noun: str) -> None:
    case = replace(
        CASE, reading=window(span_ms, 90, 80), standing=replace(STANDING, span_ms=span_ms)
    )
    assert line("rank", case) == f"Largest {noun} in 92 days"


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.37, "BTC is 39% of this, about its share of open interest (37%)"),
        (0.20, "BTC is 39% of this, far above its share of open interest (20%)"),
        (0.60, "BTC is 39% of this, far below its share of open interest (60%)"),
    ],
)
def test_the_tilt_says_how_much_open_interest_explains(share: float, said: str) -> None:
    assert line("source", having(CASE, "before.oi_share", figure(share, at(-1)))) == said


def test_a_price_that_turns_is_told_by_its_way_back() -> None:
    assert line("move", FADING) == "BTC $87,410, +1.0% off the low $86,540"
    assert line("move", CLOSED) == "BTC $88,260: +2.0% off the low, −3.5% from before"
    assert line("move", SECOND) == "BTC $86,310, below the first low $86,540"


def test_the_pace_of_building_and_of_fading() -> None:
    assert line("pace", FADING) == "$18M in the last 15 min, after $296M in the worst 15"
    rising = tuple(
        replace(minute, btc=m(8.2 if place >= 115 else 3.4), alts=m(6) if place >= 115 else m(3))
        for place, minute in enumerate(CASE.minutes)
    )
    said = line("pace", replace(CASE, minutes=rising))
    assert said == "Speeding up: $71M in the last 5 min, $32M in the 5 before"


def test_little_that_doubles_is_not_called_faster() -> None:
    low = tuple(
        replace(minute, btc=m(0.2 if place >= 115 else 0.1), alts=0)
        for place, minute in enumerate(CASE.minutes)
    )
    worst = replace(WAVE, worst_5m=Span(m(20), 0, at(42)))
    case = replace(CASE, minutes=low, flush=replace(FLUSH, waves=(worst,)))
    assert judged("pace", case).state is State.NOT_SAID


def test_a_near_level_is_told_with_its_distance() -> None:
    case = replace(CASE, minutes=CASE.minutes[:94], at_ms=at(34), flush=_building())
    case = having(case, "now.price", figure(89_100, at(34)))
    said = line("levels", case)
    assert said == ("BTC closed below yesterday's low $89,900; 7-day low $88,150 holds, 1.1% away")


def test_a_level_that_the_price_is_below_does_not_hold() -> None:
    said = line("levels", having(CASE, "now.price", figure(85_000, NOW)))
    assert said == "BTC closed below its 7-day low $88,150"


def test_a_squeeze_closes_above_highs() -> None:
    assert line("levels", SQUEEZE) == "BTC closed above its 7-day high $94,300"
    assert line("side", SQUEEZE) == "Shorts hit hardest: 87% of it"


def test_a_level_fixed_within_the_event_is_hindsight() -> None:
    assert CASE.before is not None
    late = tuple(replace(level, fixed_ms=at(10)) for level in CASE.before.levels)
    assert judged("levels", having(CASE, "before.levels", late)).state is State.UNCHECKED


@pytest.mark.parametrize(
    ("before", "now", "hours", "said"),
    [
        (0.031, 0.004, 1, "Funding +0.031% → +0.004% per 8 h: longs pay far less"),
        (0.031, -0.015, 1, "Funding +0.031% → −0.015% per 8 h: longs pay no more"),
        (0.031, -0.015, 9, "Funding +0.031% → −0.015% per 8 h: shorts pay now"),
        (-0.050, 0.020, 9, "Funding −0.050% → +0.020% per 8 h: longs pay now"),
        (0.009, 0.001, 1, ""),
        (0.031, 0.020, 1, ""),
    ],
)
def test_funding_resets_and_flips_only_when_settled(
    before: float, now: float, hours: int, said: str
) -> None:
    case = replace(CASE, at_ms=at(60 * hours))
    case = having(case, "before.funding", figure(before / 800, at(-1)))
    assert line("funding", having(case, "now.funding", figure(now / 800, case.at_ms))) == said


def test_volatility_once_it_is_over_and_when_liquidations_are_quiet_too() -> None:
    assert line("cooling", CLOSED) == "Volatility 1.2× its 30-day level, 6.1× at the peak"
    quiet = line("cooling", replace(FADING, busy=m(20)))
    assert quiet == "Cooling: 15-min volatility at 38% of its peak and falling"
    assert "half of it gone every 25 min" in plain(judged("cooling", FADING).evidence)


def test_open_interest_that_liquidations_more_than_explain() -> None:
    case = having(CASE, "now.oi", figure(410_500, NOW))
    assert "liquidations heard were more, $205M: others came in" in plain(
        judged("open_interest", case).evidence
    )


def test_who_came_in_is_news_and_who_left_is_told_already() -> None:
    assert judged("regime", CASE).place is Place.WHY
    shorts = judged("regime", having(CASE, "now.oi", figure(430_000, NOW)))
    assert plain(shorts.line) == "Price fell, open interest rose: new shorts came in"
    assert shorts.place is Place.DETAIL


def test_accounts_can_tell_that_longs_were_crowded() -> None:
    case = having(CROWDED, "before.oi_percentile", 0.4)
    case = having(case, "before.long_accounts", figure(0.72, at(-10)))
    assert line("crowded", case) == "Longs crowded before: 72% of accounts were long"


def test_shorts_are_crowded_where_funding_is_lowest() -> None:
    views = {"funding_percentile": 0.05, "oi_percentile": 0.95}
    assert SQUEEZE.before is not None
    case = replace(SQUEEZE, before=replace(SQUEEZE.before, **views))
    assert line("crowded", case).startswith("Shorts crowded before: funding in its lowest 10%")


def test_only_what_was_liquidated_where_depth_was_told_is_held_against_it() -> None:
    narrow = having(CROWDED, "before.bids_1", figure(8e6, at(-3), ("Binance",)))
    assert judged("depth", narrow).state is State.NOT_SAID


def test_more_headlines_are_counted_and_long_ones_cut() -> None:
    told = (Headline("a.example", "x" * 90, at(3)), Headline("b.example", "y", at(-30)))
    said = line("headlines", having(CASE, "news.headlines", told))
    assert said == f"Since then: “{'x' * 59}…” (a.example, TIME), 1 more"
    assert judged("catalyst", having(CASE, "news.headlines", told)).state is State.NOT_SAID


def test_headlines_of_an_earlier_hour_are_none_of_this_event() -> None:
    told = (Headline("a.example", "x", at(-61)),)
    assert judged("headlines", having(CASE, "news.headlines", told)).state is State.NOT_SAID


@pytest.mark.parametrize("name", ["pace", "alts", "self_feeding"])
def test_an_outage_inside_leaves_comparisons_of_spans_open(name: str) -> None:
    binance = Deaf("binance", at(50), None, "closed")
    ears = replace(CASE.reading.hearing, deaf=(binance,))
    case = replace(CASE, reading=replace(CASE.reading, hearing=ears))
    verdict = judged(name, case)
    assert verdict.state is State.UNCHECKED
    assert plain(verdict.evidence) == "Binance off since 01:54 UTC"


def test_an_outage_leaves_a_third_rank_open_but_not_a_first() -> None:
    ours = Deaf("okx", at(20), at(25), "closed", kind="stopped")
    ears = replace(CASE.reading.hearing, deaf=(ours,))
    case = replace(CASE, reading=replace(CASE.reading, hearing=ears))
    assert judged("rank", case).state is State.SAID
    third = replace(case, standing=replace(STANDING, rank=3))
    assert judged("rank", third).state is State.UNCHECKED


@pytest.mark.parametrize("name", ["alts", "self_feeding", "levels", "depth", "forced", "source"])
def test_the_calm_after_it_is_not_told_as_the_event(name: str) -> None:
    assert judged(name, CLOSED).state is State.NOT_SAID


def test_a_second_wave_that_outgrew_the_first() -> None:
    assert SECOND.flush is not None
    larger = replace(SECOND.flush.last, long=m(700))
    case = replace(SECOND, flush=replace(SECOND.flush, waves=(SECOND.flush.first, larger)))
    said = "Began 1 h 48 min after the first ended; larger than the first"
    assert line("second_wave", case) == said


def test_a_coins_own_case_speaks_of_its_coin() -> None:
    assert CASE.before is not None and CASE.now is not None
    case = replace(
        CASE,
        coin="SOL",
        reading=replace(CASE.reading, coin="SOL"),
        before=replace(CASE.before, coin="SOL", price=figure(151.2, at(0))),
        now=replace(CASE.now, coin="SOL", price=figure(140.06, NOW)),
    )
    assert line("move", case) == "SOL −7.4% to $140.06"
    assert judged("source", case).state is State.NOT_SAID
    assert judged("move", replace(case, coin="ETH")).state is State.UNCHECKED


def _building() -> Flush:
    return replace(FLUSH, stage=Stage.BUILDING)
