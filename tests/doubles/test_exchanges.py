"""A plain client hears every exchange's double as the documentation says it would be heard."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from tests.doubles.documented import DOCUMENTED, Documented, Found
from tests.doubles.documented_history import HISTORIES
from tests.doubles.exchanges import DOUBLES, ExchangeDouble, Exchanges, Order
from tests.doubles.exchanges.bitmex import Bitmex
from tests.doubles.exchanges.deribit import Deribit
from tests.doubles.exchanges.dydx import Dydx
from tests.doubles.exchanges.htx import Htx
from tests.doubles.exchanges.order import now_ms

LONG = Order("BTC", "long", Decimal("60123.5"), Decimal("0.5"))
SHORT = Order("BTC", "short", Decimal("60007"), Decimal("1.25"))
LISTINGS = {
    "binance": ("/fapi/v1/exchangeInfo", "/dapi/v1/exchangeInfo"),
    "aster": ("/fapi/v1/exchangeInfo",),
    "bybit": tuple(
        f"/v5/market/instruments-info?category={each}&limit=1000" for each in ("linear", "inverse")
    ),
    "okx": tuple(f"/api/v5/public/instruments?instType={each}" for each in ("SWAP", "FUTURES")),
    "gate": tuple(f"/api/v4/futures/{each}/contracts" for each in ("usdt", "btc", "usd1")),
    "bitget": tuple(
        f"/api/v3/market/instruments?category={each}" for each in ("USDT-FUTURES", "USDC-FUTURES")
    ),
    "htx": (
        "/linear-swap-api/v1/swap_contract_info?business_type=all",
        "/swap-api/v1/swap_contract_info",
        "/api/v1/contract_contract_info",
    ),
    "deribit": ("/api/v2/public/get_instruments?currency=any",),
    "bitmex": ("/api/v1/instrument/active",),
    "dydx": ("/v4/perpetualMarkets",),
    "kraken": ("/derivatives/api/v3/instruments",),
    "lighter": ("/api/v1/orderBooks",),
    "bitfinex": ("/v2/conf/pub:list:pair:futures",),
}


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


async def frames(ws: ClientWebSocketResponse) -> AsyncIterator[Any]:
    """All JSON that comes within five seconds."""
    async with asyncio.timeout(5):
        async for message in ws:
            packed = message.type is WSMsgType.BINARY
            said = gzip.decompress(message.data) if packed else message.data
            yield json.loads(said) if said[:1] in ("{", "[", b"{", b"[") else {}


async def hear(ws: ClientWebSocketResponse, told: Documented, count: int) -> list[Found]:
    """``count`` liquidations and one canary, in whatever order."""
    found: list[Found] = []
    price: object = None
    async for frame in frames(ws):
        found += told.read(frame)
        price = price or told.canary(frame)
        if len(found) >= count and price is not None:
            return found
    raise AssertionError("the double closed the connection")


def linear_btc(double: ExchangeDouble) -> str:
    """The contract that a documented client subscribes to."""
    return next(c.symbol for c in double.contracts if c.coin == "BTC" and not c.inverse)


async def connected(
    session: ClientSession, double: ExchangeDouble, told: Documented
) -> ClientWebSocketResponse:
    ws = await session.ws_connect(f"ws://{double.host}{told.path}")
    for ask in told.asks:
        await ws.send_json(ask)
    await double.listening(linear_btc(double))
    return ws


@pytest.mark.parametrize("name", DOUBLES)
async def test_a_client_that_follows_the_documentation_hears_what_was_published(
    name: str, session: ClientSession
) -> None:
    told = DOCUMENTED[name]
    async with DOUBLES[name](canary_s=0.02) as double:
        ws = await connected(session, double, told)
        taken = await double.publish(LONG, SHORT, SHORT)
        found = (await hear(ws, told, 3))[-3:]
    assert taken.count == 3
    assert sum(usd for usd, long in found if long) == taken.long_usd
    assert sum(usd for usd, long in found if not long) == taken.short_usd
    assert double.breaches == []


@pytest.mark.parametrize("name", DOUBLES)
async def test_every_contract_of_a_double_stands_in_its_listing(
    name: str, session: ClientSession
) -> None:
    async with DOUBLES[name]() as double:
        tables = ""
        for path in LISTINGS[name]:
            async with session.get(f"http://{double.host}{path}") as answer:
                tables += await answer.text()
    missing = [c.symbol for c in double.contracts if f'"{c.symbol}"' not in tables]
    assert not missing


@pytest.mark.parametrize("name", HISTORIES)
async def test_history_tells_page_by_page_what_nobody_heard(
    name: str, session: ClientSession
) -> None:
    paged, start = HISTORIES[name], now_ms()
    orders = [
        Order("BTC", "long" if n % 3 else "short", 60_000 + Decimal(n), Decimal(n) / 10, start - n)
        for n in range(1, 60)
    ]
    found: dict[object, Found] = {}
    async with DOUBLES[name]() as double:
        taken = await double.publish(*orders)
        turn: str | None = ""
        while turn is not None:
            async with session.get(f"http://{double.host}{paged.path}{turn}") as answer:
                body = await answer.json()
            rows = paged.rows(body)
            found |= {key: one for key, time, one in rows if time >= start - 2000}
            turn = paged.turn(body, rows)
    assert len(found) == taken.count == 59
    assert sum(usd for usd, long in found.values() if long) == taken.long_usd
    assert sum(usd for usd, long in found.values() if not long) == taken.short_usd


@pytest.mark.parametrize(
    ("name", "path"),
    [("binance", "/ws"), ("bitget", "/v2/ws/public")],
)
async def test_an_old_address_acknowledges_and_is_silent(
    name: str, path: str, session: ClientSession
) -> None:
    told = DOCUMENTED[name]
    async with DOUBLES[name](canary_s=0.01) as double:
        ws = await session.ws_connect(f"ws://{double.host}{path}")
        for ask in told.asks:
            await ws.send_json(ask)
        assert await anext(frames(ws))
        await double.publish(LONG)
        assert linear_btc(double) in double.unheard()
        await double.drop()
        rest = [frame async for frame in frames(ws)]
    assert not any(told.read(frame) or told.canary(frame) for frame in rest)


async def test_deribit_counts_both_parties_of_one_trade_and_leaves_out_raw(
    session: ClientSession,
) -> None:
    async with Deribit() as double:
        double.party = "MT"
        ws = await connected(session, double, DOCUMENTED["deribit"])
        acknowledged = await anext(frames(ws))
        taken = await double.publish(LONG)
    assert "trades.BTC-PERPETUAL.raw" not in acknowledged["result"]
    assert taken.count == 2
    assert taken.long_usd == taken.short_usd == Decimal("30061.75")


async def test_deribit_turns_the_direction_where_the_maker_was_liquidated() -> None:
    double = Deribit()
    double.party = "M"
    await double.publish(LONG)
    trade = double.trade(double.fills[-1])
    assert (trade["liquidation"], trade["direction"]) == ("M", "buy")


async def test_bitmex_inserts_updates_and_deletes_an_order(session: ClientSession) -> None:
    actions: list[str] = []
    async with Bitmex() as double:
        double.open_s = 0.05
        ws = await connected(session, double, DOCUMENTED["bitmex"])
        await double.publish(LONG)
        async for frame in frames(ws):
            if frame.get("table") == "liquidation":
                actions.append(frame["action"])
            if "delete" in actions:
                break
    assert actions == ["partial", "insert", "update", "delete"]


async def test_dydx_allows_32_markets_on_a_connection(session: ClientSession) -> None:
    async with Dydx() as double:
        more = [type(double.contracts[0])(f"C{n}-USD", "BTC") for n in range(40)]
        double.contracts = (*double.contracts, *more)
        async with session.ws_connect(f"ws://{double.host}/v4/ws") as ws:
            for contract in more[:33]:
                ask = {"type": "subscribe", "channel": "v4_trades", "id": contract.symbol}
                await ws.send_json(ask)
            async for frame in frames(ws):
                if frame["type"] == "error":
                    break
    assert "(limit=32)" in frame["message"]
    assert double.breaches == ["more than 32 of v4_trades"]


async def test_htx_wants_its_pings_echoed_as_they_came(session: ClientSession) -> None:
    async with Htx(canary_s=0.01) as double:
        double.ping_s = 0.01
        async with session.ws_connect(f"ws://{double.host}/linear-swap-notification") as ws:
            ping = await anext(frames(ws))
            await ws.send_json({"op": "pong", "ts": 1})
            await ws.send_json({"op": "sub", "topic": "public.XYZ.liquidation_orders"})
            async for frame in frames(ws):
                if frame["op"] == "sub":
                    break
    assert ping["op"] == "ping"
    assert frame["err-code"] == 2011
    assert len(double.breaches) == 1


async def test_gates_own_sums_are_those_of_its_orders(session: ClientSession) -> None:
    async with DOUBLES["gate"]() as double:
        taken = await double.publish(LONG, SHORT)
        hour = now_ms() // 3_600_000 * 3600
        query = f"contract=BTC_USDT&interval=1h&limit=2&from={hour - 3600}"
        url = f"http://{double.host}/api/v4/futures/usdt/contract_stats?{query}"
        async with session.get(url) as answer:
            rows = await answer.json()
    assert sum(Decimal(str(row["long_liq_usd"])) for row in rows) == taken.long_usd
    assert sum(Decimal(str(row["short_liq_usd"])) for row in rows) == taken.short_usd


async def test_all_thirteen_run_at_once_and_name_their_settings() -> None:
    async with Exchanges() as exchanges:
        urls = exchanges.urls()
        ports = {double.host for double in exchanges}
    assert len(ports) == 13
    assert len(urls) == 28
    assert urls["BINANCE_COIN_REST_URL"] == urls["BINANCE_REST_URL"]
