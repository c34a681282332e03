"""What rests near the middle is summed as far as the book reaches, and no further."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ParseError
from bot.structure.depth import depth
from bot.structure.facts import Measure
from bot.structure.source import RefusedError

M = Measure


def side(*levels: tuple[float, float]) -> list[list[str]]:
    return [[str(price), str(quantity)] for price, quantity in levels]


def test_bids_and_asks_count_in_dollars_up_to_one_and_two_percent_of_the_middle() -> None:
    bids = side((99.99, 10), (99, 10), (98.5, 10), (98, 10), (97, 10))
    asks = side((100.01, 1), (101, 1), (102, 1), (102.5, 1))
    assert depth(bids, asks, asked=100, spot=False) == pytest.approx(
        {M.BIDS_1: 1989.9, M.BIDS_2: 3954.9, M.ASKS_1: 201.01, M.ASKS_2: 303.01}
    )


def test_a_book_that_does_not_reach_a_limit_gives_no_sum_for_it() -> None:
    bids = side((99.99, 10), (99.5, 10), (98.5, 10))
    asks = side((100.01, 1), (100.5, 1), (100.9, 1))
    assert set(depth(bids, asks, asked=3, spot=True)) == {M.SPOT_BIDS_1}


def test_a_side_with_fewer_rows_than_were_asked_for_is_whole() -> None:
    found = depth(side((99.9, 10)), side((100.1, 1)), asked=2, spot=False)
    assert found == pytest.approx({M.BIDS_1: 999, M.BIDS_2: 999, M.ASKS_1: 100.1, M.ASKS_2: 100.1})


def test_quantities_are_taken_at_the_size_of_a_contract() -> None:
    found = depth(side((99.9, 10)), side((100.1, 1)), asked=2, spot=False, size=0.01)
    assert found[M.BIDS_1] == pytest.approx(9.99)


@pytest.mark.parametrize(
    ("bids", "asks"),
    [
        (side((99, 1), (99, 1)), side((101, 1))),
        (side((99, 1)), side((102, 1), (101, 1))),
        (side((101, 1)), side((100, 1))),
        (side((100, 1)), side((100, 1))),
        (side((99, -1)), side((101, 1))),
        (side((0, 1)), side((101, 1))),
        ([["nan", "1"]], side((101, 1))),
        ([["99"]], side((101, 1))),
    ],
)
def test_a_book_that_cannot_be_is_refused(bids: list[list[str]], asks: list[list[str]]) -> None:
    with pytest.raises(ParseError):
        depth(bids, asks, asked=10, spot=False)


def test_a_book_without_a_side_is_said_to_be_empty() -> None:
    with pytest.raises(RefusedError, match="empty order book"):
        depth([], side((101, 1)), asked=10, spot=False)


distances = st.lists(
    st.integers(1, 400), min_size=1, max_size=30, unique=True
)  # ten-thousandths of the middle
quantities = st.floats(0, 1e6, allow_nan=False)


@settings(max_examples=60)
@given(distances, distances, st.data(), st.integers(1, 40))
def test_sums_are_those_of_a_plain_loop(
    below: list[int], above: list[int], data: st.DataObject, asked: int
) -> None:
    bids = [(10_000 - each, data.draw(quantities)) for each in sorted(below)]
    asks = [(10_000 + each, data.draw(quantities)) for each in sorted(above)]
    middle = (bids[0][0] + asks[0][0]) / 2
    found = depth(side(*bids), side(*asks), asked, spot=False)
    for limit, measures in ((1, (M.BIDS_1, M.ASKS_1)), (2, (M.BIDS_2, M.ASKS_2))):
        for levels, measure in zip((bids, asks), measures, strict=True):
            total, reached = 0.0, len(levels) < asked
            for price, quantity in levels:
                if abs(price - middle) * 100 <= limit * middle:
                    total += price * quantity
                else:
                    reached = True
            assert (measure in found) == reached
            if reached:
                assert found[measure] == pytest.approx(total)
