"""Thresholds at their very edge: which side of them is said."""

import pytest
from msgspec.structs import replace

from bot.clock import MINUTE_MS
from bot.sentences import SENTENCES
from bot.sentences.case import Case, Headline
from bot.sentences.inputs import FIGURES
from bot.sentences.sentence import State
from tests.bot.sentences.golden import BEFORE, CASE, HOUR, NEWS, NOW, START, at, figure, m
from tests.bot.sentences.later import CLOSED, CROWDED, FADING
from tests.bot.sentences.test_rules import having


def reading(long: float, short: float, normal: float = 1) -> Case:
    return replace(CASE, reading=replace(HOUR, long=m(long), short=m(short)), normal=m(normal))


def views(then: float, later: float, field: str = "oi") -> Case:
    case = having(CASE, f"before.{field}", figure(then, at(-1)))
    return having(case, f"now.{field}", figure(later, NOW))


def takers(buys: float) -> Case:
    case = having(FADING, "now.spot_buys", figure(buys, FADING.at_ms))
    return having(case, "now.spot_sells", figure(100 - buys, FADING.at_ms))


def back(coins: float) -> Case:
    return having(CLOSED, "now.oi", figure(coins, CLOSED.at_ms))


def crowded(funding: float, interest: float) -> Case:
    view = replace(BEFORE, funding_percentile=funding, oi_percentile=interest)
    return replace(CASE, before=view)


def read(minutes_ago: float) -> Case:
    return replace(CASE, news=replace(NEWS, read_ms=NOW - round(minutes_ago * MINUTE_MS)))


def headline(at_ms: int) -> Case:
    return replace(CASE, news=replace(NEWS, headlines=(Headline("a", "x", at_ms),)))


SAID, NOT, OPEN = State.SAID, State.NOT_SAID, State.UNCHECKED


@pytest.mark.parametrize(
    ("name", "case", "state"),
    [
        ("side", reading(65, 35), NOT),
        ("side", reading(65.1, 34.9), SAID),
        ("side", reading(90, 10, normal=20), NOT),
        ("side", reading(90, 10.1, normal=20), SAID),
        ("common", reading(80, 20), SAID),
        ("common", reading(79.9, 20.1), NOT),
        ("order", reading(1_180, 0), SAID),
        ("order", reading(1_180.1, 0), NOT),
        ("open_interest", views(100_000, 98_000), SAID),
        ("open_interest", views(100_000, 98_001), NOT),
        ("move", views(100_000, 99_400, "price"), SAID),
        ("move", views(100_000, 99_600, "price"), NOT),
        ("refilled", back(390_600 + 2_141), SAID),
        ("refilled", back(390_600 + 2_139), NOT),
        ("spot", takers(55.1), SAID),
        ("spot", takers(44.9), SAID),
        ("spot", takers(54.9), NOT),
        ("crowded", crowded(0.9, 0.9), SAID),
        ("crowded", crowded(0.89, 0.99), NOT),
        ("crowded", crowded(0.99, 0.89), NOT),
        ("funding", views(0.00008, 0.00004, "funding"), SAID),
        ("funding", views(0.00008, 0.000041, "funding"), NOT),
        ("catalyst", read(15), SAID),
        ("catalyst", read(15.01), OPEN),
        ("headlines", headline(START - 60 * MINUTE_MS), SAID),
        ("headlines", headline(START - 60 * MINUTE_MS - 1), NOT),
        ("headlines", headline(NOW + 1), NOT),
        ("forced", replace(CROWDED, traded=figure(780e6, NOW - 5 * MINUTE_MS)), SAID),
        ("forced", replace(CROWDED, traded=figure(810e6, NOW)), NOT),
        ("forced", replace(CROWDED, traded=figure(780e6, NOW - 6 * MINUTE_MS)), OPEN),
        ("all_clear", replace(CLOSED, at_ms=CLOSED.at_ms - 1), NOT),
    ],
)
def test_a_threshold_is_what_why_says(name: str, case: Case, state: State) -> None:
    assert SENTENCES[name].judge(case).state is state


@pytest.mark.parametrize("field", ["price", "oi"])
def test_a_figure_is_fresh_until_its_limit_and_never_from_the_future(field: str) -> None:
    limit_ms, value = FIGURES[field].limit_ms, {"price": 87_020.0, "oi": 392_300.0}[field]
    for age_ms, known in ((limit_ms, True), (limit_ms + 1, False), (-1, False)):
        case = having(CASE, f"now.{field}", figure(value, NOW - age_ms))
        assert (SENTENCES["regime"].judge(case).state is State.SAID) is known


@pytest.mark.parametrize("field", ["price", "oi"])
def test_what_was_told_within_the_event_is_not_from_before_it(field: str) -> None:
    value = {"price": 91_480.0, "oi": 412_000.0}[field]
    for told_ms, known in ((START, True), (START + 1, False)):
        case = having(CASE, f"before.{field}", figure(value, told_ms))
        assert (SENTENCES["regime"].judge(case).state is State.SAID) is known
