"""Can an exchange be reached from here, and how to mend it when not; for ``liqwatch check``."""

import asyncio
from collections.abc import Mapping

import aiohttp
import msgspec

from bot.clock import Clock
from bot.exchanges.dialect import Exchange, Stream
from bot.feed.connection import Connection
from bot.feed.intake import Intake
from bot.feed.listing import ask
from bot.feed.web import Failure, Kind
from bot.feed.wire import Limits, Wire
from bot.inbox import Inbox
from bot.market import Instrument
from bot.wording.numbers import named

PATIENCE = Limits(connect_s=5.0, ack_s=4.0, fetch_s=6.0)
"""A person waits for the answer: shorter than what a running feed allows."""

WHOLE_S = 15.0


class Finding(msgspec.Struct, frozen=True):
    """One line of ``liqwatch check``: whose, and a sentence that names it too.

    ``remedy`` is empty where all is well.
    """

    name: str
    ok: bool
    sentence: str
    remedy: str = ""


async def check_exchange(
    exchange: Exchange,
    urls: Mapping[str, str],
    session: aiohttp.ClientSession,
    clock: Clock,
    proxy: str | None = None,
    limits: Limits = PATIENCE,
) -> Finding:
    """Ask for the instruments and subscribe on each of the feed's addresses; at most 15 s."""
    wire = Wire(session, clock, clock, proxy, limits)
    try:
        async with clock.timeout(WHOLE_S):
            return await _check(exchange, urls, wire)
    except TimeoutError:
        late = Failure("timeout", f"no complete answer in {WHOLE_S:g} s")
        return _bad(exchange, urls, "check", late, proxy)


async def _check(exchange: Exchange, urls: Mapping[str, str], wire: Wire) -> Finding:
    instruments = await ask(exchange, urls, wire)
    known = [] if isinstance(instruments, Failure) else instruments
    streams = exchange.streams({i.symbol: i for i in known}, urls)
    places = {stream.url: stream for stream in reversed(streams)}
    async with asyncio.TaskGroup() as group:
        listening = [
            group.create_task(
                _listen(exchange, stream, known, wire), name=f"check {exchange.name} {stream.url}"
            )
            for stream in places.values()
        ]
    deaf = next((failure for task in listening if (failure := task.result())), None)
    if deaf is not None:
        return _bad(exchange, urls, "live feed", deaf, wire.proxy)
    if isinstance(instruments, Failure):
        return _bad(exchange, urls, "instruments", instruments, wire.proxy)
    return Finding(
        exchange.name,
        True,
        f"{named(exchange.name)}: live feed acknowledged, {len(instruments):,} instruments listed",
    )


async def _listen(
    exchange: Exchange, stream: Stream, instruments: list[Instrument], wire: Wire
) -> Failure | None:
    """Subscribe the stream's first batch on a connection of its own; None when acknowledged."""
    batches = exchange.batches(stream.topics)
    first = Stream(stream.name, stream.url, batches[0] if batches else ())
    intake = Intake(exchange, Inbox(), wire.real)
    intake.instruments = {instrument.symbol: instrument for instrument in instruments}
    connection = Connection(exchange, first, intake, wire)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(connection.run(), name=f"check {exchange.name} {stream.name}")
        waiting = group.create_task(
            connection.went_live.wait(), name=f"check {exchange.name} acknowledged"
        )
        await asyncio.wait((running, waiting), return_when=asyncio.FIRST_COMPLETED)
        failure = None if connection.went_live.is_set() else running.result()
        running.cancel()
        waiting.cancel()
    return failure


def _bad(
    exchange: Exchange, urls: Mapping[str, str], what: str, failure: Failure, proxy: str | None
) -> Finding:
    settings = " or ".join(f"{exchange.name}_{role}_URL".upper() for role in urls)
    remedy = _remedy(failure.kind, settings, proxy)
    sentence = f"{named(exchange.name)}: {what}: {failure.sentence}"
    return Finding(exchange.name, False, sentence, remedy)


def _remedy(kind: Kind, settings: str, proxy: str | None) -> str:
    match kind:
        case "blocked":
            return (
                f"Set HTTPS_PROXY to a proxy in a region that may, or {settings} to a host that "
                "serves yours; or take the exchange out of EXCHANGES."
            )
        case "proxy":
            return "Check HTTPS_PROXY: address, port, user and password."
        case "name":
            return f"Check the network's DNS, and {settings} for a typing error."
        case "refused":
            return f"Check {settings}, and that nothing between here and there blocks the port."
        case "tls":
            return "Check this machine's clock, and whether a proxy opens TLS on the way."
        case "limited":
            return "Wait a few minutes; other programs on this address may ask too much."
        case "content" | "status":
            return f"Check {settings}: something answers there, but not as this exchange does."
    way = "HTTPS_PROXY" if proxy else "the network and firewall, or set HTTPS_PROXY"
    return f"Try again; then check {way}, and {settings}."
