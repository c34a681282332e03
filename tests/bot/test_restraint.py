"""Notices come a few at once and then now and then; what is held back is counted."""

from hypothesis import given
from hypothesis import strategies as st

from bot.restraint import AT_ONCE, EACH_S, Restraint


def test_five_pass_at_once_and_then_one_in_two_minutes() -> None:
    restraint = Restraint()
    assert [restraint.passed(str(n), 0) for n in range(7)] == ["0", "1", "2", "3", "4", None, None]
    assert restraint.passed("119", 119) is None
    assert restraint.passed("120", 120) == "120 And 3 more notices: see the log."
    assert restraint.passed("121", 121) is None
    assert restraint.passed("240", 240) == "240 And 1 more notice: see the log."
    assert restraint.passed("360", 360) == "360"


def test_what_was_held_back_is_told_though_nothing_follows() -> None:
    restraint = Restraint()
    for n in range(AT_ONCE + 2):
        restraint.passed(str(n), 0)
    assert restraint.rest(119) is None
    assert restraint.rest(120) == "2 more notices: see the log."
    assert restraint.rest(1_000) is None


def test_the_same_text_within_ten_minutes_is_told_once() -> None:
    restraint = Restraint()
    assert restraint.passed("Discord has stopped.", 0) is not None
    assert restraint.passed("Discord has stopped.", 599) is None
    assert restraint.passed("Discord has stopped.", 600) == "Discord has stopped."


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 400)), max_size=80))
def test_every_notice_is_told_or_counted_or_was_told_just_before(
    notices: list[tuple[int, int]],
) -> None:
    restraint, now_s, told, counted, repeats = Restraint(), 0, 0, 0, 0
    last: dict[str, int] = {}
    for text, after_s in [(str(text), after_s) for text, after_s in notices]:
        now_s += after_s
        again = text in last and now_s - last[text] < 600
        passed = restraint.passed(text, now_s)
        repeats += again
        if passed is not None:
            assert not again
            last[text] = now_s
            told += 1
            counted += int(passed.split()[2]) if "And" in passed else 0
    held = restraint.rest(now_s + EACH_S)
    counted += int(held.split()[0]) if held else 0
    assert told + counted + repeats == len(notices)
    assert told <= AT_ONCE + now_s / EACH_S
