"""Symbols on connections: the limit is kept, and nobody moves without need."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.exchanges.spreading import spread


def names(count: int) -> list[str]:
    return [f"COIN{number:04}-USD" for number in range(count)]


@pytest.mark.parametrize("count", [0, 1, 28, 29, 200, 900])
def test_every_symbol_has_one_connection_and_none_has_too_many(count: int) -> None:
    parts = spread(names(count), 28)
    assert sorted(name for _, part in parts for name in part) == names(count)
    assert all(0 < len(part) <= 28 for _, part in parts)


def test_nothing_listed_needs_no_connection() -> None:
    assert spread([], 28) == ()


@given(
    st.sets(st.text("ABCDEFGH", min_size=3, max_size=6), min_size=1, max_size=120), st.text("XY")
)
def test_a_newcomer_moves_no_symbol_to_a_connection_that_is_open(
    symbols: set[str], newcomer: str
) -> None:
    before = {name: number for number, part in spread(symbols, 12) for name in part}
    after = {name: number for number, part in spread(symbols | {newcomer}, 12) for name in part}
    opened = set(before.values())
    for name, number in before.items():
        assert after[name] == number or after[name] not in opened
