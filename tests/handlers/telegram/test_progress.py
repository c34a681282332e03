"""What may be confirmed to Telegram, against all orders in which updates can be handled."""

from hypothesis import given
from hypothesis import strategies as st

from handlers.telegram.progress import Progress


@given(st.permutations(range(8)))
def test_the_offset_never_passes_what_is_still_under_way(order: list[int]) -> None:
    progress = Progress()
    assert progress.offset is None
    assert all(progress.admit(100 + number) for number in range(8))
    waiting = set(range(8))
    for number in order:
        progress.handled(100 + number)
        waiting.discard(number)
        assert progress.offset == 100 + min(waiting, default=8)
    assert progress.idle


def test_what_is_repeated_while_an_older_one_is_under_way_is_not_handled_twice() -> None:
    progress = Progress()
    progress.admit(5)
    progress.admit(6)
    progress.handled(6)
    progress.confirmed(progress.offset)
    assert not progress.admit(5)
    assert not progress.admit(6)
    assert progress.admit(7)


def test_ids_that_start_anew_after_a_quiet_week_are_followed() -> None:
    progress = Progress()
    progress.admit(900)
    progress.handled(900)
    progress.confirmed(progress.offset)
    assert progress.admit(12)
    progress.handled(12)
    assert progress.offset == 13
