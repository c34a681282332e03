"""How long to wait before trying again."""

from hypothesis import given
from hypothesis import strategies as st

from bot.backoff import Backoff


@given(st.lists(st.floats(0, 300), max_size=30), st.floats(0, 0.999))
def test_a_wait_lies_below_a_ceiling_that_doubles_and_starts_over_after_a_minute_of_health(
    healths: list[float], chance: float
) -> None:
    backoff = Backoff(lambda: chance)
    failures = 0
    for health_s in healths:
        failures = 0 if health_s >= 60 else failures
        assert backoff.after(health_s) == chance * min(60.0, 0.5 * 2**failures)
        failures += 1


def test_a_thousand_failures_never_wait_longer_than_the_cap() -> None:
    backoff = Backoff(lambda: 0.999)
    assert max(backoff.after() for _ in range(1500)) < 60


def test_waits_are_spread_over_the_whole_span() -> None:
    draws = iter([0.0, 0.5, 0.25])
    backoff = Backoff(lambda: next(draws))
    assert [backoff.after(), backoff.after(), backoff.after()] == [0.0, 0.5, 0.5]
