"""The three exchanges' own dialects, over real sockets."""

import asyncio
from decimal import Decimal

import pytest

from bot.demo.exchanges import LoopbackExchanges
from bot.demo.wire import FORCE_ORDERS, Frame
from bot.exchanges import EXCHANGES
from bot.market import Side
from tests.bot.feed.conftest import Rig
from tests.bot.feed.test_feed import lasting
from tests.bot.feed.toy import eventually
from tests.clocks import ManualClock

BINANCE = (
    '{"e":"forceOrder","E":%d,"o":{"s":"BTCUSDT","S":"SELL","o":"LIMIT","f":"IOC","q":"0.014",'
    '"p":"9910","ap":"9910","X":"FILLED","l":"0.014","z":"0.014","T":%d},"st":1}'
)
BYBIT = (
    '{"topic":"allLiquidation.BTCUSDT","type":"snapshot","ts":%d,'
    '"data":[{"T":%d,"s":"BTCUSDT","S":"Buy","v":"0.014","p":"9910"}]}'
)
OKX = (
    '{"arg":{"channel":"liquidation-orders","instType":"SWAP"},"data":[{"details":[{"bkLoss":"0",'
    '"bkPx":"9910","ccy":"","posSide":"long","side":"sell","sz":"%d","ts":"%d"}],'
    '"instFamily":"BTC-USDT","instId":"BTC-USDT-SWAP","instType":"SWAP","uly":"BTC-USDT"}]}'
)


@pytest.mark.parametrize(
    ("name", "topic", "text"),
    [
        ("binance", FORCE_ORDERS, BINANCE),
        ("bybit", "allLiquidation.BTCUSDT", BYBIT),
        ("okx", "SWAP", OKX),
    ],
)
async def test_every_exchange_is_subscribed_heard_and_priced(
    rig: Rig, market: ManualClock, name: str, topic: str, text: str
) -> None:
    exchange = EXCHANGES[name]
    async with LoopbackExchanges(market.now_ms()) as loopback:
        settings = loopback.urls()
        urls = {role: settings[f"{name}_{role}_URL".upper()] for role in exchange.urls}
        async with rig.running(exchange, urls, lasting(ack_s=5, pong_s=10)) as feed:
            await eventually(lambda: rig.live)
            now = market.now_ms()
            numbers = (14, now) if name == "okx" else (now, now)
            async with asyncio.timeout(5):
                await loopback.send(Frame(name, topic, text % numbers, 1, now))
            await eventually(lambda: rig.liquidations)
            status = feed.status()
    (event,) = rig.liquidations
    assert (event.coin, event.side, event.price) == ("BTC", Side.LONG, 9910)
    assert event.notional is not None and event.notional > 0
    if name != "okx":
        assert event.notional == Decimal("138.740")
    assert (status.bad, status.unpriced, status.refused) == (0, 0, 0)
    assert status.stale == (1 if name == "okx" else 0)
