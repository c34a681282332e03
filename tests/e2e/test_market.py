"""``/market`` through the whole bot, against a stand-in of the exchanges' REST APIs."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from bot.clock import SystemClock
from bot.setting_names import url_name
from bot.structure import STRUCTURE
from tests.doubles.exchanges import Exchanges
from tests.doubles.structure import StructureDouble
from tests.e2e.rig import World


@pytest.fixture
async def structure() -> AsyncIterator[StructureDouble]:
    async with StructureDouble(SystemClock()) as double:
        yield double


@pytest.fixture
async def exchanges() -> AsyncIterator[Exchanges]:
    async with Exchanges() as running:
        running.set_price("BTC", Decimal(60_000))
        yield running


def urls(world: World, exchanges: Exchanges, structure: StructureDouble) -> dict[str, str]:
    told = {
        url_name(source, role): url
        for source in STRUCTURE
        for role, url in structure.urls(source).items()
    }
    return {**world.settings().urls, **exchanges.urls(), **told}


async def told(world: World, *words: str) -> str:
    """Ask until the answer has these words; each time another person, for nobody may flood."""
    text = ""
    for _ in range(60):
        world.people += 1
        text = (await world.telegram.ask("/market BTC", world.people, "BTC")).text
        if all(word in text for word in words):
            return text
        await asyncio.sleep(1.0)
    raise AssertionError(f"{words} are not in:\n{text}")


async def test_the_market_is_that_of_four_exchanges(
    world: World, exchanges: Exchanges, structure: StructureDouble
) -> None:
    settings = {"exchanges": "kraken", "coins": "BTC"}
    async with world.bot("telegram", **settings, urls=urls(world, exchanges, structure)):
        text = await told(world, "Binance, Bybit, Hyperliquid and OKX heard", "Levels", "bought")
    assert text.splitlines()[:4] == [
        "Market · BTC",
        "$60,000 on Binance",
        "Open interest $240M · 4.0k BTC",
        "Funding +0.008% per 8 h · 60% of accounts long",
    ]
    assert "futures  $0.6M  $0.3M  $0.6M  $1.2M" in text
    assert "Futures trade 10× spot" in text
    assert "Missing" not in text


async def test_what_a_source_does_not_tell_is_not_shown_and_named(
    world: World, exchanges: Exchanges, structure: StructureDouble
) -> None:
    depths = (
        "/binance/fapi/v1/depth", "/binance-spot/api/v3/depth", "/bybit/v5/market/orderbook",
        "/bybit/v5/market/full_orderbook", "/okx/api/v5/market/books",
    )  # fmt: skip
    structure.faults.update(dict.fromkeys(depths, 500))
    structure.faults["/hyperliquid"] = "html"
    settings = {"exchanges": "kraken", "coins": "BTC"}
    async with world.bot("telegram", **settings, urls=urls(world, exchanges, structure)):
        text = await told(world, "$180M · 3.0k BTC", "Binance, Bybit and OKX heard", "bought")
    assert "book" not in text.partition("Missing: ")[0]
    assert "spot bids" not in text
    assert "order book depth of Binance" in text
    assert "(answered 500)" in text
    assert "Hyperliquid" not in text.partition(" heard")[0]
