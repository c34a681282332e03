"""Whatever comes: the dialects answer, or raise ``ParseError`` and nothing else."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ParseError
from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import Events, Parsed
from bot.market import LARGEST_ORDER, usd
from tests.bot.exchanges.frames import BTCUSD_PERP, ETH_SWAP, RECEIVED, binance, bybit, okx, table

FRAMES: dict[str, list[Any]] = {
    "binance": [
        binance(), binance({"st": 2}, s="BTCUSD_PERP"), {"stream": "x", "data": binance()},
        [binance(), binance(z="0")], {"result": None, "id": 1}, {"code": 2, "msg": "x"},
    ],
    "bybit": [
        bybit(), bybit({"s": "BTCUSD"}, {}), {"success": True, "op": "subscribe", "req_id": "1"},
        {"topic": "liquidation.X", "data": {"symbol": "X", "side": "Buy", "price": "1",
                                            "size": "2", "updatedTime": 1673251091822}},
    ],
    "okx": [
        okx(), okx({}, {}, inst="BTC-USD_UM_XPERP-310404", kind="FUTURES"),
        {"id": "1", "event": "error", "code": "1", "msg": "x"},
        {"table": "swap/liquidation", "data": [{"instrument_id": "X-USD-SWAP", "type": "3",
         "price": "1", "size": "2", "created_at": "2020-12-18T00:30:58.374Z"}]},
    ],
}  # fmt: skip
LISTED = table(BTCUSD_PERP, ETH_SWAP)

ODD = st.one_of(
    st.sampled_from(
        ["NaN", "sNaN", "Infinity", "1e309", "1e400000", "-1", "0", "", "١", "9" * 60, None, True,
         [], {}, [[]], -1, 0, 1 << 70, 1e300, 1e-300, "SELL", "Buy", "\u202e", "ping"]
    ),
    st.text(max_size=6),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where a value can be changed, the whole of it included."""
    if not isinstance(value, dict | list):
        return [path]
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    return [path, *(place for key, each in inner for place in places(each, (*path, key)))]


def changed(value: Any, path: tuple[Any, ...], odd: Any, drop: bool) -> Any:
    if not path:
        return odd
    copy = dict(value) if isinstance(value, dict) else list(value)
    if drop and len(path) == 1:
        del copy[path[0]]
    else:
        copy[path[0]] = changed(copy[path[0]], path[1:], odd, drop)
    return copy


def answer(exchange: str, frame: bytes | str) -> Parsed | None:
    try:
        parsed = EXCHANGES[exchange].parse(frame, RECEIVED, LISTED)
    except ParseError:
        return None
    if isinstance(parsed, Events):
        for event in parsed.liquidations:
            assert event.price > 0
            assert event.quantity > 0
            assert event.notional is None or 0 <= usd(event.notional) <= LARGEST_ORDER
            assert hash(event.key) == hash(event.key)
    return parsed


@pytest.mark.parametrize("exchange", FRAMES)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_changed_frame_raises_nothing_but_parse_error(exchange: str, data: st.DataObject) -> None:
    message = data.draw(st.sampled_from(FRAMES[exchange]))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(places(message)))
        message = changed(message, path, data.draw(ODD), data.draw(st.booleans()))
    answer(exchange, json.dumps(message))


@pytest.mark.parametrize("exchange", FRAMES)
@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_a_damaged_frame_raises_nothing_but_parse_error(exchange: str, data: st.DataObject) -> None:
    frame = bytearray(json.dumps(data.draw(st.sampled_from(FRAMES[exchange]))).encode())
    start = data.draw(st.integers(0, len(frame)))
    frame[start : start + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    cut = data.draw(st.integers(0, len(frame)))
    answer(exchange, bytes(frame))
    answer(exchange, bytes(frame[:cut]))


@given(st.binary(max_size=40) | st.text(st.characters(exclude_categories=[]), max_size=40))
@settings(max_examples=150, deadline=None)
def test_any_bytes_raise_nothing_but_parse_error(frame: bytes | str) -> None:
    for exchange in EXCHANGES:
        answer(exchange, frame)


@pytest.mark.parametrize("exchange", FRAMES)
def test_the_frames_that_are_changed_are_understood_unchanged(exchange: str) -> None:
    for message in FRAMES[exchange]:
        assert answer(exchange, json.dumps(message)) is not None
        assert answer(exchange, json.dumps(message).encode()) is not None
