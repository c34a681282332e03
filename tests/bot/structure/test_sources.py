"""What holds for every source of market structure, and all of them over real sockets."""

import asyncio
import json
import math
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import ParseError
from bot.exchanges import EXCHANGES
from bot.feed.web import open_session
from bot.feed.wire import Limits, Wire
from bot.structure import STRUCTURE
from bot.structure.facts import ALL, Fact, Measure
from bot.structure.poller import Poller
from bot.structure.source import Question, Source, Told
from tests.bot.feed.toy import eventually
from tests.bot.structure.asking import NOW, Asked
from tests.bot.structure.hurried import HurriedClock
from tests.doubles.structure import KEY, Fault, StructureDouble
from tests.torture import times

HURRY = 400.0
COINS = ("BTC", "ETH")
M = Measure

LIVE: dict[str, set[Measure]] = {
    "binance": set(Measure) - {M.OI_USD, M.LIQUIDATED},
    "bybit": set(Measure) - {M.LIQUIDATED},
    "okx": set(Measure) - {M.LIQUIDATED},
    "hyperliquid": {M.OI, M.OI_USD, M.FUNDING, M.MARK, M.VOLUME},
    "coinglass": {M.OI, M.OI_USD, M.FUNDING, M.LIQUIDATED},
}
"""What each source tells of a coin."""

names = pytest.mark.parametrize("name", STRUCTURE)


@names
def test_a_source_is_known_by_its_name_and_titled_as_its_exchange(name: str) -> None:
    source = STRUCTURE[name]()
    assert source.name == name
    if name in EXCHANGES:
        exchange = EXCHANGES[name]
        assert source.title == exchange.title
        assert all(exchange.urls.get(role, url) == url for role, url in source.urls.items())
    assert all(url.startswith("https://") and url[-1] != "/" for url in source.urls.values())


@names
def test_each_run_has_a_source_of_its_own(name: str) -> None:
    first, second = Asked(name).ask(), STRUCTURE[name]()
    fresh = STRUCTURE[name]().questions(["NOSUCH"], NOW)
    assert second.questions(["NOSUCH"], NOW) == fresh
    assert first.source is not second


@names
def test_questions_ask_known_hosts_within_the_allowance(name: str) -> None:
    source = STRUCTURE[name]()
    questions = source.questions(COINS, NOW)
    assert all(one.role in source.urls for one in questions)
    assert all(one.path.startswith("/") and " " not in one.path for one in questions)
    assert all(0 < one.weight <= source.allowance.weight for one in questions)
    assert all(one.every_s == 0 or one.every_s >= 30 for one in questions)


@names
def test_ten_coins_fit_into_the_allowance(name: str) -> None:
    source = STRUCTURE[name]()
    questions = source.questions([f"C{number}" for number in range(10)], NOW)
    per_s = sum(one.weight / one.every_s for one in questions if one.every_s)
    assert per_s <= 1.3 * source.allowance.weight / source.allowance.per_s


@names
def test_a_question_is_the_same_one_again_later(name: str) -> None:
    source = STRUCTURE[name]()

    def keys(now_ms: int) -> list[tuple[str, str, str, str]]:
        return [(q.role, q.what, q.coin, q.kind) for q in source.questions(COINS, now_ms)]

    assert keys(NOW) == keys(NOW + 17 * 60_000) == keys(NOW + 59 * 60_000)


@names
def test_a_source_tells_what_it_can_of_each_coin_and_nothing_of_others(name: str) -> None:
    told = Asked(name, coins=COINS).ask()
    for coin in COINS:
        assert {one.measure for one in told.facts if one.coin == coin} == LIVE[name]
    assert {one.coin for one in told.facts} <= {*COINS, ALL}
    assert {one.coin for one in told.candles} <= set(COINS)
    assert {one.source for one in told.facts} == {name}
    assert {one.source for one in told.candles} <= {name}


@pytest.mark.parametrize("spot", [False, True])
def test_the_first_answer_already_has_fifteen_whole_minutes(spot: bool) -> None:
    """What takers bought, and how much prices moved, is told over so many."""
    for name in ("binance",) if spot else ("binance", "bybit", "okx", "hyperliquid"):
        told = Asked(name).ask("spot candles" if spot else "candles").bars(60_000, spot=spot)
        assert sum(bar.end_ms <= NOW for bar in told.values()) >= 15


@names
def test_a_coins_share_is_formed_by_the_same_rule_as_the_whole(name: str) -> None:
    told = Asked(name, coins=COINS).ask()
    whole = told.now(M.OI_USD, ALL)
    if whole is not None:
        assert sum(told.now(M.OI_USD, coin) or 0.0 for coin in COINS) == pytest.approx(whole)


@cache
def documents() -> tuple[tuple[str, Question, bytes], ...]:
    """Every kind of answer once, and no long ones: the shape is the same."""
    found: dict[tuple[str, str, str], tuple[str, Question, bytes]] = {}
    for name in STRUCTURE:
        asked = Asked(name).ask()
        for question in asked.asked:
            document = asked.document(question)
            known = found.setdefault(
                (name, question.role, question.kind), (name, question, document)
            )
            if len(document) < len(known[2]):
                found[name, question.role, question.kind] = (name, question, document)
    return tuple(found.values())


@settings(max_examples=times(20))
@given(st.data(), st.binary(max_size=200))
def test_random_bytes_are_refused_or_told_and_nothing_else(
    data: st.DataObject, body: bytes
) -> None:
    name, question, _ = data.draw(st.sampled_from(documents()))
    _check(name, question, body)


JUNK: st.SearchStrategy[object] = st.sampled_from(
    [
        None,
        True,
        "",
        "nan",
        "inf",
        "-1",
        "-1e30",
        "1e400",
        "x",
        [],
        {},
        [[]],
        0,
        -1,
        1e308,
        10**40,
        -5.5,
    ]
)


@settings(max_examples=times(60), suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_changed_document_is_refused_or_told_soundly(data: st.DataObject) -> None:
    name, question, body = data.draw(st.sampled_from(documents()))
    tree = {"root": json.loads(body)}
    for _ in range(data.draw(st.integers(1, 2))):
        holder, key = data.draw(st.sampled_from(list(_places(tree))))
        if isinstance(holder, dict) and holder is not tree and data.draw(st.booleans()):
            del holder[key]
        else:
            holder[key] = deepcopy(data.draw(JUNK))
        if not isinstance(tree["root"], list | dict) or not tree["root"]:
            break
    _check(name, question, json.dumps(tree["root"]).encode())


@settings(max_examples=60)
@given(st.data())
def test_a_cut_document_is_refused(data: st.DataObject) -> None:
    name, question, body = data.draw(st.sampled_from(documents()))
    cut = body[: data.draw(st.integers(0, len(body) - 1))]
    with pytest.raises(ParseError):
        _fresh(name).read(question, cut, NOW)


@names
def test_a_document_that_nests_for_ever_is_refused(name: str) -> None:
    for kind in {question.kind: question for n, question, _ in documents() if n == name}.values():
        with pytest.raises(ParseError):
            _fresh(name).read(kind, b"[" * 100_000, NOW)


def _fresh(name: str) -> Source:
    """One that knows what other answers need: sizes of contracts and intervals of funding."""
    source = STRUCTURE[name]()
    source.questions(("BTC",), NOW)
    for whose, question, document in documents():
        if whose == name and question.kind in ("sizes", "intervals"):
            source.read(question, document, NOW)
    return source


def _check(name: str, question: Question, body: bytes) -> None:
    source = _fresh(name)
    try:
        told = source.read(question, body, NOW)
    except ParseError:
        return
    for fact in told.facts:
        assert math.isfinite(fact.value)
        assert fact.value >= 0 or fact.measure is M.FUNDING
        assert isinstance(fact.at_ms, int)
        if fact.measure is M.FUNDING:
            assert abs(fact.value) <= 1
        if fact.measure is M.LONG_ACCOUNTS:
            assert fact.value <= 1
    for bar in told.candles:
        assert 0 < bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high
        assert math.isfinite(bar.high)
        assert bar.volume is None or 0 <= bar.volume < math.inf


def _places(tree: Any, most: int = 300) -> Iterator[tuple[Any, Any]]:
    """Up to so many holders with a key or an index, breadth first."""
    waiting = [tree]
    while waiting and most > 0:
        holder = waiting.pop(0)
        for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
            most -= 1
            yield holder, key
            if isinstance(holder[key], list | dict):
                waiting.append(holder[key])


class Polled:
    """One source that a poller asks over sockets."""

    def __init__(self, poller: Poller, double: StructureDouble, told: list[Told]) -> None:
        self.poller = poller
        self.double = double
        self._told = told

    def facts(self) -> list[Fact]:
        return [fact for told in self._told for fact in told.facts]

    def measures(self) -> set[Measure]:
        return {fact.measure for fact in self.facts() if fact.coin == "BTC"}

    def missing(self) -> dict[str, str]:
        return {one.what: one.reason for one in self.poller.missing()}

    def tells(self, measures: set[Measure]) -> Callable[[], bool]:
        return lambda: measures <= self.measures()


@asynccontextmanager
async def polling(name: str, faults: dict[str, Fault] | None = None) -> AsyncIterator[Polled]:
    clock, told = HurriedClock(HURRY, NOW), list[Told]()
    async with StructureDouble(clock, faults or {}) as double, open_session() as session:
        wire = Wire(session, clock, clock, limits=Limits(fetch_s=100.0), random=lambda: 0.5)
        poller = Poller(STRUCTURE[name](), ("BTC",), double.urls(name), wire, told.append, KEY)
        running = asyncio.create_task(poller.run())
        try:
            yield Polled(poller, double, told)
        finally:
            running.cancel()
            await asyncio.wait([running])


@names
async def test_a_source_that_is_well_lacks_nothing(name: str) -> None:
    async with polling(name) as polled:
        await eventually(polled.tells(LIVE[name]))
        await eventually(lambda: polled.missing() == {})


@names
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (500, "answered 500"),
        (429, "answered 429"),
        (418, "answered 418"),
        (451, "answered 451"),
        ("html", "answered something unreadable"),
        ("hang", "timed out"),
    ],
)
async def test_a_source_that_fails_is_named_with_its_reason_and_tells_nothing(
    name: str, fault: Fault, reason: str
) -> None:
    async with polling(name, {f"/{name}": fault}) as polled:
        await eventually(
            lambda: reason in {one[-len(reason) :] for one in polled.missing().values()}
        )
        assert not polled.facts()


async def test_what_one_address_does_not_tell_is_missing_and_the_rest_is_told() -> None:
    async with polling("binance", {"/binance/fapi/v1/depth": 500}) as polled:
        await eventually(polled.tells(LIVE["binance"] - {M.BIDS_1, M.ASKS_1, M.BIDS_2, M.ASKS_2}))
        assert polled.missing() == {"order book depth": "answered 500"}
        polled.double.faults.clear()
        await eventually(polled.tells(LIVE["binance"]))
        await eventually(lambda: polled.missing() == {})


async def test_spot_may_be_away_while_futures_are_told() -> None:
    async with polling("binance", {"/binance-spot": 451}) as polled:
        await eventually(polled.tells({M.OI, M.MARK, M.FUNDING, M.BIDS_1}))
        await eventually(lambda: "spot candles" in polled.missing())
        assert not {one for one in polled.measures() if one.startswith("spot")}
        assert {one.removeprefix("spot ") for one in polled.missing().values()} == {"answered 451"}
