"""A fetch from CoinGlass: what the plan gives, at its rate, going on where it stopped."""

import asyncio
import io
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from aiohttp import web
from pydantic import SecretStr
from rich.console import Console

from bot.clock import DAY_MS, HOUR_MS
from bot.errors import ConfigError, UserError
from bot.market import usd
from bot.past.asking import Pace
from bot.past.fetching import COINS, Fetch
from bot.settings import Settings
from tests.bot.past.furniture import NOW_MS, FakePast, HastyClock
from tests.doubles.coinglass import KEY, CoinGlassDouble, told

END_MS = NOW_MS // HOUR_MS * HOUR_MS


class Rig:
    """A double, books and a clock; ``said`` is what was printed."""

    def __init__(self, double: CoinGlassDouble, clock: HastyClock) -> None:
        self.double = double
        self.clock = clock
        self.past = FakePast()
        self.key = KEY
        self._out = io.StringIO()

    async def fetch(
        self, coins: str | None = "BTC", days: int | None = 90, again: bool = False
    ) -> None:
        settings = Settings(coinglass_api_key=SecretStr(self.key), coinglass_url=self.double.url)
        out = Console(file=self._out, width=200)
        await Fetch(coins, days, again, settings, self.clock, out).run(self.past)

    async def refused(self, coins: str | None = "BTC", days: int | None = 90) -> str:
        with pytest.raises(UserError) as mistake:
            await self.fetch(coins, days)
        assert KEY not in mistake.value.sentence
        return mistake.value.sentence

    @property
    def said(self) -> str:
        return self._out.getvalue()


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    clock = HastyClock()
    async with CoinGlassDouble(clock) as double:
        yield Rig(double, clock)


async def test_hourly_sums_come_over_several_pages_and_none_is_missing(rig: Rig) -> None:
    await rig.fetch("BTC,eth", 90)
    expected = list(range(END_MS - 90 * DAY_MS, END_MS, HOUR_MS))
    assert rig.past.starts("BTC") == rig.past.starts("ETH") == expected
    for one in rig.past.rows.values():
        long, short = told(one.coin, one.start_ms)
        assert (one.long, one.short) == (usd(Decimal(str(long))), usd(Decimal(short)))
        assert (one.exchange, one.span_ms) == ("", HOUR_MS)
    assert len(rig.double.asked) == 1 + 2 * 3
    assert "4,320" in rig.said and "BTC and ETH" in rig.said


async def test_without_a_wish_it_is_a_few_coins_and_half_a_year(rig: Rig) -> None:
    await rig.fetch(None, None)
    assert {one.coin for one in rig.past.rows.values()} == set(COINS)
    assert rig.past.starts("BTC")[0] == END_MS - 180 * DAY_MS + HOUR_MS  # the plan's reach


async def test_a_plan_without_hours_gives_four_hours_and_says_so(rig: Rig) -> None:
    rig.double.plan = "HOBBYIST"
    await rig.fetch("BTC", 10)
    assert {one.span_ms for one in rig.past.rows.values()} == {4 * HOUR_MS}
    assert len(rig.past.rows) == 60
    assert "cannot tell how unusual an hour is" in rig.said


@pytest.mark.parametrize(
    ("plan", "key", "sentence"),
    [
        (None, KEY, "plan does not include the liquidation history"),
        ("STARTUP", "a-wrong-key", "does not accept COINGLASS_API_KEY"),
    ],
)
async def test_a_key_or_a_plan_that_does_not_do_is_one_sentence(
    rig: Rig, plan: str | None, key: str, sentence: str
) -> None:
    rig.double.plan, rig.key = plan, key
    assert sentence in await rig.refused()
    assert not rig.past.rows
    assert rig.said == ""


async def test_an_unknown_coin_is_what_coinglass_says(rig: Rig) -> None:
    assert "The requested coin is not supported[2J." in await rig.refused("NOSUCH")


async def test_the_rate_of_the_plan_is_kept(rig: Rig) -> None:
    rig.double.allowed = 5
    await rig.fetch("BTC,ETH,SOL", 90)
    assert rig.double.refused == 0
    assert rig.clock.slept == [15.0] * 9


async def test_what_others_use_of_the_key_is_waited_for(rig: Rig) -> None:
    rig.double.used = 79
    await rig.fetch("BTC", 1)
    assert rig.clock.slept[0] == 60
    assert len(rig.past.rows) == 24


@pytest.mark.parametrize(("headers", "wait_s"), [({}, 60), ({"Retry-After": "17"}, 17)])
async def test_too_many_requests_waits_and_goes_on(
    rig: Rig, headers: dict[str, str], wait_s: int
) -> None:
    rig.double.faults[2] = web.Response(status=429, headers=headers)
    await rig.fetch("BTC", 90)
    assert wait_s in rig.clock.slept
    assert len(rig.past.rows) == 90 * 24


async def test_too_many_requests_for_ever_is_a_sentence(rig: Rig) -> None:
    rig.double.faults = {n: web.Response(status=429) for n in range(100)}
    assert "try again in a few minutes" in await rig.refused()
    assert len(rig.double.asked) == 4


async def test_after_a_break_it_goes_on_and_asks_nothing_twice(rig: Rig) -> None:
    rig.double.faults[3] = web.Response(status=503)
    assert "answered with HTTP 503" in await rig.refused("BTC,ETH")
    assert len(rig.past.rows) == 2000
    assert "goes on from there" in rig.said and "2,000" in rig.said
    rig.double.asked.clear()
    rig.double.faults.clear()
    await rig.fetch("BTC,ETH")
    assert [query["symbol"] for query in rig.double.asked[1:]] == ["BTC", "ETH", "ETH", "ETH"]
    expected = list(range(END_MS - 90 * DAY_MS, END_MS, HOUR_MS))
    assert rig.past.starts("BTC") == rig.past.starts("ETH") == expected


async def test_a_second_fetch_asks_for_the_last_sum_again_and_for_what_is_new(rig: Rig) -> None:
    await rig.fetch("BTC", 2)
    rig.clock.slept.append(2 * 3600.0)
    await rig.fetch("BTC", 2)
    assert rig.double.asked[-1]["start_time"] == str(END_MS - HOUR_MS)
    assert rig.past.starts("BTC") == list(
        range(END_MS - 48 * HOUR_MS, END_MS + 2 * HOUR_MS, HOUR_MS)
    )


async def test_a_span_that_has_not_ended_is_not_stored(rig: Rig) -> None:
    rig.double.end_belongs = True
    await rig.fetch("BTC", 90)
    assert rig.past.starts("BTC") == list(range(END_MS - 90 * DAY_MS, END_MS, HOUR_MS))


async def test_a_longer_time_is_fetched_when_it_is_asked_for_again(rig: Rig) -> None:
    await rig.fetch("BTC", 1)
    await rig.fetch("BTC", 3)
    assert len(rig.past.rows) == 24
    await rig.fetch("BTC", 3, again=True)
    assert len(rig.past.rows) == 72


async def test_a_coin_keeps_its_name_when_coinglass_lists_a_multiple(rig: Rig) -> None:
    await rig.fetch("1000PEPE", 1)
    await rig.fetch("1000PEPE", 1)
    assert rig.double.asked[-1]["start_time"] == str(END_MS - HOUR_MS)
    assert len(rig.past.starts("PEPE")) == 24


async def test_beyond_what_a_plan_reaches_it_takes_what_there_is(rig: Rig) -> None:
    await rig.fetch("BTC", 720)
    assert rig.past.starts("BTC") == list(range(END_MS - 180 * DAY_MS + HOUR_MS, END_MS, HOUR_MS))


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (web.Response(status=500, text="oops"), "answered with HTTP 500"),
        (web.Response(status=403, text="<html>"), "blocked in this region"),
        (web.Response(text="<html>"), "what its documentation does not say"),
        (web.Response(body=bytes(9 * 1024 * 1024)), "more than 8 MiB"),
    ],
)
async def test_what_is_no_answer_is_one_sentence(
    rig: Rig, fault: web.Response, sentence: str
) -> None:
    rig.double.faults[1] = fault
    assert sentence in await rig.refused()


async def test_the_key_does_not_follow_a_redirection(rig: Rig) -> None:
    rig.double.faults[0] = web.Response(status=302, headers={"Location": f"{rig.double.url}/x"})
    assert "answered with HTTP 302" in await rig.refused()
    assert len(rig.double.asked) == 1


async def test_a_server_that_is_away_is_one_sentence(rig: Rig) -> None:
    rig.double.url = "http://127.0.0.1:1"
    assert await rig.refused() == "CoinGlass cannot be asked: 127.0.0.1:1 refuses the connection."


async def test_what_was_stored_before_a_cancellation_stays_and_is_told(rig: Rig) -> None:
    rig.double.held = 2
    fetching = asyncio.create_task(rig.fetch("BTC", 90))
    await rig.double.holding.wait()
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    assert len(rig.past.rows) == 1000
    assert "goes on from there" in rig.said


def test_no_key_and_no_coin_are_refused_before_anything_is_asked() -> None:
    def fetch(coins: str | None, key: SecretStr | None) -> Fetch:
        return Fetch(coins, 1, False, Settings(coinglass_api_key=key), HastyClock(), Console())

    with pytest.raises(ConfigError, match="COINGLASS_API_KEY is not set"):
        fetch(None, None)
    for coins in ("", " , ", "a b", "BTC,\x1b"):
        with pytest.raises(UserError, match="a list such as BTC,ETH"):
            fetch(coins, SecretStr(KEY))


@pytest.mark.parametrize("value", ["", "none", "-1", "１２", "9" * 30])
def test_a_header_that_is_no_number_changes_no_pace(value: str) -> None:
    pace = Pace()
    pace.told({"API-KEY-MAX-LIMIT": value, "API-KEY-USE-LIMIT": value}, 100.0)
    assert pace.wait_s(100.0) == 0
