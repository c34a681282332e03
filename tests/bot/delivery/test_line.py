"""A platform is down when it says so or many calls hang; a probe and one call bring it back."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.delivery.line import Change, Line, State
from bot.delivery.outcomes import Delivered, Gone, Outcome, Refused, Retry, Unauthorized

DOWN = Retry(0.0, "502", unknown=True, platform_wide=True)
CUT = Retry(0.0, "cut", unknown=True)
LIMITED = Retry(3.0, "429", limited=True)
REFUSED = Unauthorized("no such bot")
SENT = Delivered(1)


class Rig:
    """A line with calls that are known by numbers."""

    def __init__(self) -> None:
        self.line = Line(8)
        self.now = 0.0
        self._last = 0

    def call(self) -> int:
        self._last += 1
        self.line.taken(self._last)
        self.line.called(self._last, self.now)
        return self._last

    def end(self, call: int, outcome: Outcome = SENT) -> None:
        self.line.ended(call, outcome, self.now)

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.line.look(self.now)

    def probe(self, outcome: Outcome | None = None) -> None:
        assert self.line.probe_due(self.now)
        self.line.probed(outcome, self.now)

    def go_down(self) -> None:
        self.end(self.call(), DOWN)

    def heard(self) -> list[Change]:
        return [news.change for news in self.line.take_news()]


def test_a_hung_call_holds_its_slot_alone() -> None:
    rig = Rig()
    for _ in range(5):
        rig.call()
    rig.wait(30)
    assert rig.line.state is State.UP
    assert rig.line.free() == 3


def test_six_hung_at_once_stop_everything_until_a_probe_answers() -> None:
    rig = Rig()
    for _ in range(6):
        rig.call()
    rig.wait(9.9)
    assert rig.line.free() == 2
    rig.wait(0.1)
    assert rig.line.state is State.DOWN
    assert rig.line.free() == 0
    rig.wait(1)
    rig.probe()
    assert rig.line.free() == 1


def test_after_a_good_probe_one_call_at_a_time_until_one_succeeds() -> None:
    rig = Rig()
    rig.go_down()
    rig.wait(1)
    rig.probe()
    trial = rig.call()
    assert rig.line.free() == 0
    rig.end(trial)
    assert rig.line.free() == 8


@pytest.mark.parametrize("outcome", [DOWN, CUT, Retry(5.0, "cannot connect")])
def test_a_trial_that_fails_means_down_again(outcome: Outcome) -> None:
    rig = Rig()
    rig.go_down()
    rig.wait(1)
    rig.probe()
    rig.end(rig.call(), outcome)
    assert rig.line.state is State.DOWN


@pytest.mark.parametrize("outcome", [SENT, LIMITED, Gone("blocked"), Refused("too long")])
def test_whatever_the_platform_itself_answers_shows_that_it_is_up(outcome: Outcome) -> None:
    rig = Rig()
    rig.go_down()
    rig.wait(1)
    rig.probe()
    rig.end(rig.call(), outcome)
    assert rig.line.state is State.UP


def test_a_trial_that_hangs_means_down_again() -> None:
    rig = Rig()
    rig.go_down()
    rig.wait(1)
    rig.probe()
    rig.call()
    rig.wait(10)
    assert rig.line.state is State.DOWN


def test_what_was_under_way_before_tells_nothing_new_by_failing_late() -> None:
    rig = Rig()
    calls = [rig.call() for _ in range(6)]
    rig.wait(10)
    rig.wait(1)
    rig.probe()
    rig.end(calls[0], CUT)
    rig.wait(30)
    assert rig.line.free() == 1
    rig.end(rig.call())
    rig.wait(30)
    assert rig.line.free() == 3


def test_probes_come_ever_more_rarely() -> None:
    rig = Rig()
    rig.go_down()
    waits = []
    for _ in range(9):
        begun = rig.now
        while not rig.line.probe_due(rig.now):
            rig.wait(rig.line.next_change(rig.now))
        waits.append(rig.now - begun)
        rig.probe(DOWN)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


@pytest.mark.parametrize("after_s", [5.0, 45.0, 3600.0])
def test_no_probe_comes_before_the_time_that_the_platform_named(after_s: float) -> None:
    rig = Rig()
    late = rig.call()
    rig.go_down()
    rig.end(late, Retry(after_s, "429", limited=True, platform_wide=True))
    rig.wait(after_s - 0.001)
    assert not rig.line.probe_due(rig.now)
    rig.wait(0.001)
    rig.probe()


def test_a_probe_that_was_put_off_while_it_ran_opens_nothing() -> None:
    rig = Rig()
    late = rig.call()
    rig.go_down()
    rig.wait(1)
    rig.end(late, Retry(60.0, "429", limited=True, platform_wide=True))
    rig.line.probed(None, rig.now)
    assert rig.line.state is State.DOWN


def test_a_refused_token_is_told_once_and_probed_every_five_minutes() -> None:
    rig = Rig()
    first, second = rig.call(), rig.call()
    rig.end(first, REFUSED)
    rig.end(second, REFUSED)
    assert rig.heard() == [Change.REFUSED]
    assert rig.line.free() == 0
    rig.wait(299)
    assert not rig.line.probe_due(rig.now)
    rig.wait(1)
    rig.probe(REFUSED)
    rig.wait(300)
    rig.probe()
    assert rig.heard() == [Change.ACCEPTED]
    assert rig.line.free() == 1


def test_the_operator_hears_once_of_two_minutes_without_it_and_of_its_end() -> None:
    rig = Rig()
    rig.go_down()
    rig.wait(119)
    assert rig.heard() == []
    rig.wait(1)
    rig.wait(300)
    assert rig.heard() == [Change.LOST]
    rig.probe()
    rig.end(rig.call())
    assert rig.heard() == [Change.BACK]


def test_a_short_trouble_is_not_told() -> None:
    rig = Rig()
    rig.go_down()
    rig.wait(60)
    rig.probe()
    rig.end(rig.call())
    assert rig.heard() == []


def test_with_nothing_to_send_a_good_probe_that_lasts_is_enough() -> None:
    rig = Rig()
    rig.go_down()
    rig.wait(130)
    rig.probe()
    rig.wait(60)
    assert rig.heard() == [Change.LOST, Change.BACK]
    assert rig.line.free() == 8


def test_a_claim_that_was_never_called_proves_nothing() -> None:
    rig = Rig()
    rig.go_down()
    rig.wait(1)
    rig.probe()
    rig.line.taken(99)
    rig.line.ended(99, Retry(0.0, "no turn"), rig.now)
    assert rig.line.state is State.TRIAL
    assert rig.line.free() == 1


class AnyLife(RuleBasedStateMachine):
    """Whatever happens: never more calls than slots, none while down, and always a way back."""

    def __init__(self) -> None:
        super().__init__()
        self.rig = Rig()
        self.open: list[int] = []
        self.before: set[int] = set()
        self.barred_until = 0.0

    @precondition(lambda self: self.rig.line.free() > 0)
    @rule()
    def call(self) -> None:
        assert self.rig.line.state in (State.UP, State.TRIAL)
        self.open.append(self.rig.call())

    @precondition(lambda self: self.open)
    @rule(
        which=st.integers(0, 7),
        outcome=st.sampled_from([SENT, CUT, LIMITED, DOWN, REFUSED, Gone("blocked")]),
        after_s=st.sampled_from([0.0, 20.0, 400.0]),
    )
    def end(self, which: int, outcome: Outcome, after_s: float) -> None:
        if outcome is DOWN:
            outcome = Retry(after_s, "down", platform_wide=True)
            self.barred_until = max(self.barred_until, self.rig.now + after_s)
        self.rig.end(self.open.pop(which % len(self.open)), outcome)

    @rule(seconds=st.sampled_from([0.5, 5.0, 11.0, 61.0, 301.0]))
    def wait(self, seconds: float) -> None:
        self.rig.wait(seconds)

    @precondition(lambda self: self.rig.line.probe_due(self.rig.now))
    @rule(outcome=st.sampled_from([None, CUT, REFUSED]))
    def probe(self, outcome: Outcome | None) -> None:
        assert self.rig.now >= self.barred_until
        self.rig.probe(outcome)

    @invariant()
    def slots_are_kept(self) -> None:
        assert 0 <= self.rig.line.free() + len(self.open) <= 8 or self.rig.line.free() == 0

    @invariant()
    def there_is_always_something_to_wait_for(self) -> None:
        assert 0 < self.rig.line.next_change(self.rig.now) <= 10

    def teardown(self) -> None:
        while self.open:
            self.rig.end(self.open.pop())
        for _ in range(20):
            self.rig.wait(401)
            if self.rig.line.probe_due(self.rig.now):
                self.rig.probe()
        assert self.rig.line.free() == 8


TestAnyLife = AnyLife.TestCase
