"""Whatever comes: every dialect answers, or raises ``ParseError`` and nothing else.

What is changed are the samples in ``test_<name>.py`` of every registered exchange: ``SAMPLES`` of
frames, ``TABLES`` of instruments, ``PAGES`` of its history and ``SUMS`` of its own sums, where it
has them, all read with ``LISTED``. ``make torture`` sets ``TORTURE`` for ten times as many changes.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from importlib import import_module
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ParseError
from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import Ack, Answer, Closing, Events, Exchange, Marks, Missed, Parsed
from bot.market import LARGEST_ORDER, Instrument, Liquidation, usd
from tests.bot.exchanges.frames import RECEIVED
from tests.bot.exchanges.mutations import mutated, written
from tests.torture import times

MUTATIONS = times(2_000)
"""Of each exchange's frames; of its other answers a tenth."""

HOUR_MS = 3_600_000
SINCE = RECEIVED - HOUR_MS
ADDRESSES = {"ws": "ws://127.0.0.1:1", "rest": "http://127.0.0.1:1"}


def samples(exchange: str, kind: str) -> list[bytes]:
    module = import_module(f"tests.bot.exchanges.test_{exchange}")
    return [written(sample) for sample in getattr(module, kind)]


def listed(exchange: str) -> Mapping[str, Instrument]:
    table: Mapping[str, Instrument] = import_module(f"tests.bot.exchanges.test_{exchange}").LISTED
    return table


def dialects(exchange: str) -> list[Exchange]:
    """As it is by default, and with each of its choices made otherwise."""
    default = EXCHANGES[exchange]
    others = [(name, each) for name, values in default.choices.items() for each in values[1:]]
    return [default, *(default.choose({name: each}) for name, each in others)]


def addresses(exchange: Exchange) -> dict[str, str]:
    return {role: ADDRESSES["ws" if "ws" in role else "rest"] for role in exchange.urls}


def judge_events(exchange: str, events: list[Liquidation]) -> None:
    for event in events:
        assert event.exchange == exchange
        assert event.symbol and event.coin and (event.symbol + event.coin).isprintable()
        assert event.price.is_finite() and event.price > 0
        assert event.quantity.is_finite() and event.quantity > 0
        assert event.notional is None or event.notional.is_finite()
        assert event.notional is None or 0 <= usd(event.notional) <= LARGEST_ORDER
        assert 1_262_304_000_000 < event.time_ms < 4_102_444_800_000
        assert event.received_ms == RECEIVED
        assert hash(event.key) == hash(event.key)


def judge(exchange: str, parsed: Parsed) -> None:
    match parsed:
        case Events(liquidations=liquidations):
            assert liquidations
            judge_events(exchange, liquidations)
        case Marks(prices=prices):
            assert all(isinstance(symbol, str) and 0.0 < price < inf for symbol, price in prices)
        case Ack(request=request, reason=reason):
            assert isinstance(request, str) and isinstance(reason, str)
        case Answer(payload=text) | Closing(reason=text):
            assert isinstance(text, str)


def judge_table(exchange: str, answer: tuple[list[Instrument], str | None]) -> None:
    for found in answer[0]:
        assert found.exchange == exchange
        assert found.symbol and found.coin and (found.symbol + found.coin).isprintable()
        assert found.size.is_finite() and found.size > 0
    assert answer[1] is None or answer[1].startswith("http")


def judge_sums(sums: tuple[Decimal, Decimal] | None) -> None:
    assert sums is None or all(each.is_finite() and each >= 0 for each in sums)


def torture(changed: list[bytes], count: int, read: Callable[[bytes, int], None]) -> None:
    """Read ``count`` changed samples. Some have to be understood, and some refused.

    A failure tells the seed and what was read.
    """
    ends: Counter[str] = Counter()
    for seed in range(count):
        frame = mutated(changed, seed)
        try:
            read(frame, seed)
            ends["understood"] += 1
        except ParseError:
            ends["refused"] += 1
        except BaseException as error:
            error.add_note(f"seed {seed}: {frame[:4_000]!r}")
            raise
    assert min(ends["understood"], ends["refused"]) > count // 50, ends


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_changed_frames_raise_nothing_but_parse_error(exchange: str) -> None:
    choices, table = dialects(exchange), listed(exchange)

    def read(changed: bytes, seed: int) -> None:
        frame = changed.decode(errors="surrogateescape") if seed % 10 == 0 else changed
        judge(exchange, choices[seed % len(choices)].parse(frame, RECEIVED, table))

    torture(samples(exchange, "SAMPLES"), MUTATIONS, read)


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_changed_tables_raise_nothing_but_parse_error(exchange: str) -> None:
    dialect = EXCHANGES[exchange]
    urls = ("", *dialect.listings(addresses(dialect)))

    def read(body: bytes, seed: int) -> None:
        judge_table(exchange, dialect.instruments(body, urls[seed % len(urls)]))

    torture(samples(exchange, "TABLES"), MUTATIONS // 10, read)


@pytest.mark.parametrize("exchange", [name for name, each in EXCHANGES.items() if each.history])
def test_changed_histories_raise_nothing_but_parse_error(exchange: str) -> None:
    dialect, table = EXCHANGES[exchange], listed(exchange)
    history, own = dialect.history, addresses(dialect)
    assert history is not None
    streams = dialect.streams(table, own)
    gaps = [Missed(stream, SINCE, RECEIVED, table, own) for stream in streams]
    asked = [(url, missed) for missed in gaps for url in history.pages(missed)]

    def read(body: bytes, seed: int) -> None:
        url, missed = asked[seed % len(asked)]
        events, following = history.read(body, url, missed, RECEIVED)
        judge_events(exchange, events)
        assert following is None or (following.startswith("http") and following != url)

    torture(samples(exchange, "PAGES"), MUTATIONS // 10, read)


@pytest.mark.parametrize("exchange", [name for name, each in EXCHANGES.items() if each.own_sums])
def test_changed_sums_raise_nothing_but_parse_error(exchange: str) -> None:
    own_sums = EXCHANGES[exchange].own_sums
    assert own_sums is not None
    hour_ms = RECEIVED // HOUR_MS * HOUR_MS

    def read(body: bytes, seed: int) -> None:
        judge_sums(own_sums.read(body, hour_ms))

    torture(samples(exchange, "SUMS"), MUTATIONS // 10, read)


@given(st.binary(max_size=40) | st.text(st.characters(exclude_categories=[]), max_size=40))
@settings(max_examples=150, deadline=None)
def test_any_bytes_raise_nothing_but_parse_error(frame: bytes | str) -> None:
    for exchange, dialect in EXCHANGES.items():
        try:
            judge(exchange, dialect.parse(frame, RECEIVED, listed(exchange)))
        except ParseError:
            continue


@pytest.mark.parametrize("exchange", EXCHANGES)
@given(data=st.data())
@settings(max_examples=50, deadline=None)
def test_a_piece_of_a_frame_says_the_same_whenever_it_is_read(
    exchange: str, data: st.DataObject
) -> None:
    """A dialect remembers nothing."""
    dialect, table = EXCHANGES[exchange], listed(exchange)
    frame = data.draw(st.sampled_from(samples(exchange, "SAMPLES")))
    start, end = (data.draw(st.integers(0, len(frame))) for _ in range(2))
    piece = frame[:start] + data.draw(st.binary(max_size=4)) + frame[end:]
    answers: list[Parsed | None] = []
    for _ in range(2):
        try:
            answers.append(dialect.parse(piece, RECEIVED, table))
        except ParseError:
            answers.append(None)
    assert answers[0] == answers[1]


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_the_samples_that_are_changed_are_understood_unchanged(exchange: str) -> None:
    kinds = set()
    for frame in samples(exchange, "SAMPLES"):
        for dialect in dialects(exchange):
            parsed = dialect.parse(frame, RECEIVED, listed(exchange))
            judge(exchange, parsed)
            kinds.add(type(parsed))
        if not frame.startswith(b"\x1f\x8b"):
            assert dialect.parse(frame.decode(), RECEIVED, listed(exchange)) == parsed
    assert {Events, Ack} <= kinds
    assert Marks in kinds or EXCHANGES[exchange].data_s is None


def test_an_error_tells_the_seed_and_the_frame() -> None:
    def read(frame: bytes, seed: int) -> None:
        raise LookupError("a dialect's mistake")

    with pytest.raises(LookupError) as mistake:
        torture([json.dumps({"a": 1}).encode()], 5, read)
    assert mistake.value.__notes__[0].startswith("seed 0: ")
