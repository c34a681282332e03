"""When a source is asked what: never too much, nobody forgotten, failures ever more rarely."""

import math
import random
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.structure.schedule import LONGEST_BACKOFF_S, LONGEST_HOLD_S, Pace, Schedule
from bot.structure.source import Allowance
from tests.torture import times


def even() -> float:
    """Chance that changes nothing."""
    return 0.5


class Run:
    """Plays a schedule on a clock of its own; ``answers(key, now)`` says how a request ends:
    None well, else how long its host wants to be left alone, 0: it just failed."""

    def __init__(
        self,
        paces: dict[str, Pace],
        allowance: Allowance,
        answers: Callable[[str, float], float | None],
        chance: Callable[[], float] = even,
        latency_s: float = 0.1,
    ) -> None:
        self.paces = paces
        self.schedule: Schedule[str] = Schedule(allowance, chance)
        self.answers = answers
        self.latency_s = latency_s
        self.now = 1_000.0
        self.asked: list[tuple[float, str]] = []
        self.schedule.follow(paces, self.now)

    def until(self, end: float) -> "Run":
        while True:
            found = self.schedule.next(self.now)
            if found is None or self.now + found[1] > end:
                self.now = end
                return self
            key, wait_s = found
            self.now += wait_s
            if wait_s == 0:
                self.put(key)

    def put(self, key: str) -> None:
        self.schedule.put(key, self.now)
        self.asked.append((self.now, key))
        self.now += self.latency_s
        refusal = self.answers(key, self.now)
        if refusal is None:
            self.schedule.answered(key, self.now)
        else:
            self.schedule.failed(key, self.now, refusal)

    def times(self, key: str) -> list[float]:
        return [at for at, asked in self.asked if asked == key]

    def gaps(self, key: str) -> list[float]:
        found = self.times(key)
        return [later - at for at, later in pairwise(found)]


def well(key: str, now: float) -> float | None:
    return None


AMPLE = Allowance(600, 60.0)


def test_the_most_wanted_is_asked_first_and_the_first_round_is_spread() -> None:
    paces = {f"q{n}": Pace("rest", 60, 2) for n in range(10)}
    run = Run(paces, Allowance(60, 60.0), well).until(1_000 + 30)
    assert [key for _, key in run.asked] == list(paces)
    assert [round(at - 1_000) for at, _ in run.asked] == [2 * n for n in range(10)]


def test_each_is_asked_at_its_own_pace() -> None:
    paces = {"price": Pace("rest", 15, 1), "depth": Pace("rest", 60, 1)}
    run = Run(paces, AMPLE, well).until(1_000 + 599)
    assert len(run.times("price")) == 40
    assert len(run.times("depth")) == 10


def test_what_is_asked_together_drifts_apart() -> None:
    paces = {f"q{n}": Pace("rest", 60, 1) for n in range(5)}
    run = Run(paces, AMPLE, well, random.Random(7).random).until(1_000 + 3_600)
    for key in paces:
        assert all(57 <= gap <= 63.5 for gap in run.gaps(key))
    assert len({round(run.times(key)[-1]) for key in paces}) == 5


def test_what_is_asked_once_is_tried_until_it_was_answered() -> None:
    def answers(key: str, now: float) -> float | None:
        return None if now > 1_040 else 0.0

    run = Run({"sizes": Pace("rest", 0, 1)}, AMPLE, answers).until(1_000 + 7_200)
    assert [round(gap) for gap in run.gaps("sizes")] == [4, 8, 15, 30]
    silent = Run(run.paces, AMPLE, lambda key, now: 0.0).until(1_000 + 3_600)
    assert 30 <= silent.gaps("sizes")[-1] <= 60
    assert run.schedule.next(run.now) is None
    run.schedule.follow(run.paces, run.now)  # still wanted, and still known
    assert run.schedule.next(run.now) is None
    assert not run.schedule.open()


def test_a_failing_question_backs_off_up_to_ten_minutes_and_delays_no_other() -> None:
    def answers(key: str, now: float) -> float | None:
        return 0.0 if key == "bad" else None

    paces = {"bad": Pace("rest", 15, 1), "good": Pace("rest", 15, 1)}
    run = Run(paces, AMPLE, answers).until(1_000 + 7_200)
    assert all(gap < 16 for gap in run.gaps("good"))
    gaps = run.gaps("bad")
    assert gaps[1:] == sorted(gaps[1:])
    assert 0.5 * LONGEST_BACKOFF_S <= gaps[-1] <= LONGEST_BACKOFF_S + 1
    assert len(gaps) < 25


def test_what_fell_silent_with_its_host_is_asked_again_as_soon_as_that_answers() -> None:
    def answers(key: str, now: float) -> float | None:
        silent = 1_100 < now < 1_100 + 3_600
        return 0.0 if silent or key == "bad" else None

    paces = {f"q{n}": Pace("rest", 30, 1) for n in range(20)} | {"bad": Pace("rest", 30, 1)}
    run = Run(paces, AMPLE, answers, random.Random(3).random).until(1_000 + 7_200)
    back = 1_100 + 3_600
    first = {key: min(at for at in run.times(key) if at > back) for key in paces}
    first_answer = min(at for key, at in first.items() if key != "bad")
    assert first_answer < back + 60
    assert all(at < first_answer + 5 for key, at in first.items() if key != "bad")
    # What failed before, fails for itself.
    assert sum(at > back for at in run.times("bad")) < 12


def test_a_host_that_refuses_is_left_alone_and_the_others_are_not() -> None:
    def answers(key: str, now: float) -> float | None:
        return 120.0 if key.startswith("spot") and now < 1_200 else None

    paces = {name: Pace(name[:4], 30, 1) for name in ("spot depth", "spot volume", "rest")}
    run = Run(paces, AMPLE, answers).until(1_000 + 600)
    spot = [at for at, key in run.asked if key.startswith("spot")]
    assert len([at for at in spot if at < 1_000 + 120]) == 1
    assert all(gap < 32 for gap in run.gaps("rest"))
    assert len(run.times("spot volume")) > 5


def test_a_host_that_refuses_again_at_once_is_left_alone_for_longer() -> None:
    run = Run({"price": Pace("rest", 15, 1)}, AMPLE, lambda key, now: 1.0).until(1_000 + 7_200)
    gaps = run.gaps("price")
    assert gaps[0] < 3 and gaps[-1] > 500
    assert len(gaps) < 25


def test_who_is_well_again_has_a_clean_record() -> None:
    ends = {1_100: 0.0, 1_700: None, 2_000: 0.0, 2_700: None, 3_000: 1.0, 4_000: None, 5_000: 1.0}

    def answers(key: str, now: float) -> float | None:
        return next((ends[at] for at in sorted(ends, reverse=True) if now >= at), None)

    run = Run({"price": Pace("rest", 5, 1)}, AMPLE, answers).until(1_000 + 4_200)
    asked = run.times("price")
    for failing in (2_000, 5_000):
        first = next(at for at in asked if at >= failing)
        assert next(at for at in asked if at > first) < first + 6


def test_no_refusal_lasts_for_ever() -> None:
    run = Run({"price": Pace("rest", 15, 1)}, AMPLE, lambda key, now: math.inf).until(1_001)
    found = run.schedule.next(run.now)
    assert found is not None and found[1] <= 1.1 * LONGEST_HOLD_S


def test_a_pause_holds_a_host_without_blaming_a_question() -> None:
    run = Run({"price": Pace("rest", 5, 1)}, AMPLE, well)
    run.schedule.hold("rest", run.now, 40)
    run.until(1_000 + 60)
    assert run.times("price")[0] >= 1_040
    assert all(gap < 5.5 for gap in run.gaps("price"))


def test_questions_may_come_and_go() -> None:
    run = Run({"a": Pace("rest", 5, 1), "b": Pace("rest", 5, 1)}, AMPLE, well).until(1_009)
    run.paces = {"b": Pace("rest", 50, 1), "c": Pace("rest", 5, 1)}
    run.schedule.follow(run.paces, run.now)
    run.until(1_100)
    assert max(run.times("a")) < 1_009 <= min(run.times("c"))
    assert run.gaps("b")[-1] > 40


def test_a_question_that_no_allowance_has_room_for_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="weighs 21"):
        Run({"all": Pace("rest", 5, 21)}, Allowance(20, 1.0), well)


paces = st.builds(
    Pace,
    st.sampled_from(("rest", "spot")),
    st.sampled_from((0, 1, 15, 60, 3_600)),
    st.integers(1, 20),
)
allowances = st.builds(Allowance, st.integers(20, 60), st.sampled_from((1.0, 10.0, 60.0)))
refusals = st.sampled_from((None, None, None, 0.0, 0.0, 1.0, 30.0))


@settings(max_examples=times(50), deadline=None)
@given(
    paces=st.lists(paces, min_size=1, max_size=12),
    allowance=allowances,
    ends=st.lists(refusals, min_size=1, max_size=30),
    seed=st.integers(0, 9),
    latency_s=st.sampled_from((0.0, 0.05, 3.0)),
)
def test_the_allowance_is_kept_in_every_window(
    paces: list[Pace],
    allowance: Allowance,
    ends: list[float | None],
    seed: int,
    latency_s: float,
) -> None:
    count = iter(range(10**9))
    run = Run(
        {f"q{n}": pace for n, pace in enumerate(paces)},
        allowance,
        lambda key, now: ends[next(count) % len(ends)],
        random.Random(seed).random,
        latency_s,
    ).until(1_000 + 300)
    for at, _ in run.asked:
        inside = [key for when, key in run.asked if at <= when < at + allowance.per_s - 1e-6]
        assert sum(run.paces[key].weight for key in inside) <= allowance.weight


def answered_often(named: dict[str, Pace], role: str) -> bool:
    """Whether a host is known to be well, whatever else fails there."""
    good = [pace for key, pace in named.items() if key.startswith("good") and pace.role == role]
    return any(0 < pace.every_s <= 15 for pace in good)


@settings(max_examples=times(50), deadline=None)
@given(
    paces=st.lists(paces, min_size=2, max_size=12),
    allowance=allowances,
    seed=st.integers(0, 9),
    latency_s=st.sampled_from((0.05, 3.0)),
)
def test_nothing_starves_and_what_fails_is_asked_ever_more_rarely(
    paces: list[Pace], allowance: Allowance, seed: int, latency_s: float
) -> None:
    named = {f"{'bad' if n % 3 == 1 else 'good'} {n}": pace for n, pace in enumerate(paces)}

    def answers(key: str, now: float) -> float | None:
        return 0.0 if key.startswith("bad") else None

    span = 3_600.0
    chance = random.Random(seed).random
    run = Run(named, allowance, answers, chance, latency_s).until(1_000 + span)
    heavy = sum(pace.weight for pace in named.values())
    # One round of all, each once, at the pace of the allowance.
    round_s = 2 * (heavy / allowance.weight + 1) * allowance.per_s + 2 * len(named) * latency_s
    asked: defaultdict[str, list[float]] = defaultdict(lambda: [1_000.0])
    for at, key in run.asked:
        asked[key].append(at)
    for key, pace in named.items():
        ends = [*asked[key], 1_000 + span]
        widest = max(later - at for at, later in pairwise(ends))
        if key.startswith("good") and pace.every_s:
            assert widest <= 1.05 * pace.every_s + round_s
        elif key.startswith("good"):
            assert len(asked[key]) == 2
        else:
            assert widest <= LONGEST_BACKOFF_S + round_s
        if key.startswith("bad") and answered_often(named, pace.role):
            assert len(asked[key]) <= 4 + math.log2(LONGEST_BACKOFF_S) + span / 300
