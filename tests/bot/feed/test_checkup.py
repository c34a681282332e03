"""What ``liqwatch check`` finds out about an exchange."""

import socket

import pytest

from bot.clock import SystemClock
from bot.feed.checkup import Finding, check_exchange
from bot.feed.web import open_session
from tests.bot.feed.conftest import SHORT
from tests.bot.feed.toy import Toy, ToyServer


async def check(urls: dict[str, str], proxy: str | None = None) -> Finding:
    async with open_session() as session:
        return await check_exchange(Toy(), urls, session, SystemClock(), proxy, SHORT)


async def test_a_reachable_exchange_is_well(server: ToyServer) -> None:
    finding = await check(server.urls)
    assert finding == Finding("toy", True, "TOY: live feed acknowledged, 2 instruments listed")


@pytest.mark.parametrize("status", [403, 451])
async def test_a_block_by_region_is_named_with_a_way_out(server: ToyServer, status: int) -> None:
    server.ws_status = status
    finding = await check(server.urls)
    assert finding.sentence == f"TOY: live feed: blocked in this region (HTTP {status})"
    assert "HTTPS_PROXY" in finding.remedy and "TOY_WS_URL" in finding.remedy


async def test_a_feed_that_never_acknowledges_is_named(server: ToyServer) -> None:
    server.acknowledge = lambda topics: None
    finding = await check(server.urls)
    assert finding.sentence == "TOY: live feed: subscription not acknowledged in 0.3 s"


async def test_a_rest_failure_is_named(server: ToyServer) -> None:
    server.rest_body = b"<html>hello</html>"
    finding = await check(server.urls)
    assert finding.sentence == "TOY: instruments: the instrument table cannot be read: not a table"


async def test_a_port_that_nobody_listens_on_is_refused() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    finding = await check({"ws": f"ws://127.0.0.1:{port}", "rest": f"http://127.0.0.1:{port}"})
    assert finding.sentence == f"TOY: instruments: 127.0.0.1:{port} refuses the connection"
