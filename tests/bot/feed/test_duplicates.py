"""What was heard in an earlier frame is dropped; equal entries of one frame are kept."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.feed.duplicates import Duplicates
from bot.market import Liquidation, Side


def liquidation(number: int, received_ms: int = 0) -> Liquidation:
    """The ``number`` alone tells events apart."""
    quantity = Decimal(number + 1)
    at = 1_700_000_000_000
    return Liquidation(
        "bybit", "X", "X", Side.LONG, Decimal(1), quantity, quantity, at, received_ms
    )


class CountingOracle:
    """For every key the most copies that one earlier frame held; written to be obvious."""

    def __init__(self) -> None:
        self._most: Counter[int] = Counter()

    def fresh(self, frame: Sequence[int]) -> list[int]:
        kept = []
        for place, number in enumerate(frame):
            if frame[: place + 1].count(number) > self._most[number]:
                kept.append(number)
        self._most |= Counter(frame)
        return kept


def numbers(events: Sequence[Liquidation]) -> list[int]:
    return [int(event.quantity) - 1 for event in events]


FRAMES = st.lists(st.lists(st.integers(0, 4), max_size=6), max_size=12)


@given(FRAMES)
@settings(max_examples=150)
def test_it_agrees_with_counting_the_copies_of_each_earlier_frame(frames: list[list[int]]) -> None:
    unbounded, bounded, oracle = Duplicates(None), Duplicates(1_000), CountingOracle()
    for at, frame in enumerate(frames):
        events = [liquidation(number, received_ms=at) for number in frame]
        expected = oracle.fresh(frame)
        assert numbers(unbounded.fresh(events)) == expected
        assert numbers(bounded.fresh(events)) == expected
    kept = sum(len(frame) for frame in frames) - unbounded.dropped
    assert kept == sum((Counter[int]() | _most(frames)).values())


def _most(frames: list[list[int]]) -> Counter[int]:
    most: Counter[int] = Counter()
    for frame in frames:
        most |= Counter(frame)
    return most


def test_two_equal_entries_of_one_frame_are_two_events() -> None:
    twice = [liquidation(1), liquidation(1)]
    duplicates = Duplicates()
    assert duplicates.fresh(twice) == twice
    assert duplicates.fresh(twice) == []
    assert duplicates.fresh([*twice, liquidation(1)]) == [liquidation(1)]
    assert duplicates.dropped == 4


def test_a_frame_of_one_event_and_a_longer_frame_share_their_memory() -> None:
    duplicates = Duplicates()
    duplicates.fresh([liquidation(1)])
    assert numbers(duplicates.fresh([liquidation(2), liquidation(1)])) == [2]
    assert duplicates.fresh([liquidation(2)]) == []


def test_the_time_it_was_received_does_not_make_it_another_event() -> None:
    duplicates = Duplicates()
    duplicates.fresh([liquidation(1, received_ms=10)])
    assert duplicates.fresh([liquidation(1, received_ms=9_999)]) == []


def test_the_oldest_are_forgotten_first() -> None:
    duplicates = Duplicates(limit=3)
    for number in range(5):
        duplicates.fresh([liquidation(number)])
    assert numbers(duplicates.fresh([liquidation(4)])) == []
    assert numbers(duplicates.fresh([liquidation(2)])) == []
    assert numbers(duplicates.fresh([liquidation(0)])) == [0]


def test_the_exchanges_own_id_tells_equal_events_apart() -> None:
    at = 1_700_000_000_000
    first, second = (
        Liquidation("okx", "X", "X", Side.LONG, Decimal(1), Decimal(1), None, at, at, own)
        for own in ("1", "2")
    )
    duplicates = Duplicates()
    assert duplicates.fresh([first]) == [first]
    assert duplicates.fresh([second]) == [second]
    assert duplicates.fresh([first]) == []
