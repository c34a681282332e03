"""The page for monitors, asked over a real loopback socket."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from msgspec.structs import replace
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as read_openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families

from bot.delivery.outcomes import Delivered, Gone
from bot.errors import ConfigError, StoreError
from bot.events import Heard
from bot.inbox import Inbox
from bot.market import USD
from bot.monitor.gauges import STATES
from bot.monitor.page import HOST, PATH, MetricsPage
from bot.ports import Accounts
from bot.rules import Destination, Notice
from bot.wording.reasons import KINDS
from tests.fakes import NOW_MS, FakeDesk, FakeOutbox, a_source
from tests.storage.samples import a_liquidation

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


class MuteOutbox(FakeOutbox):
    """Storage that cannot say now."""

    async def accounts(self) -> Accounts:
        raise StoreError("the disk is full")


class CountedOutbox(FakeOutbox):
    """Has the numbers that it was given."""

    def __init__(self, numbers: Accounts) -> None:
        super().__init__()
        self.numbers = numbers

    async def accounts(self) -> Accounts:
        return self.numbers


def free_port() -> int:
    with socket.socket() as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])


@asynccontextmanager
async def served(
    desk: FakeDesk, inbox: Inbox | None = None, outbox: FakeOutbox | None = None
) -> AsyncIterator[str]:
    """The page's address, once it answers."""
    port = free_port()
    page = MetricsPage(desk, inbox or Inbox(), outbox or FakeOutbox())
    task = asyncio.create_task(page.serve(port))
    try:
        while not task.done():
            try:
                _, writer = await asyncio.open_connection(HOST, port)
            except ConnectionRefusedError:
                await asyncio.sleep(0)
                continue
            writer.close()
            break
        yield f"http://{HOST}:{port}{PATH}"
    finally:
        task.cancel()
        await asyncio.wait([task])


async def ask(url: str, **headers: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, await answer.text()


async def scraped(
    desk: FakeDesk, inbox: Inbox | None = None, outbox: FakeOutbox | None = None
) -> Samples:
    async with served(desk, inbox, outbox) as url:
        status, text = await ask(url)
    assert status == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def of(samples: Samples, name: str, **labels: str) -> float | None:
    return samples.get((f"liqwatch_{name}", frozenset(labels.items())))


async def test_an_exchange_is_told_in_base_units() -> None:
    desk = FakeDesk("gate")
    desk.statuses = [
        replace(a_source("gate"), hour=1.0, day=0.97, ratio=0.9, inverted=True, usd=1_500 * USD)
    ]
    samples = await scraped(desk)
    expected = {
        "liquidations_24h": 1_234,
        "liquidated_24h_usd": 1_500,
        "unpriced_24h": 3,
        "coverage_1h_ratio": 1.0,
        "coverage_24h_ratio": 0.97,
        "own_sums_ratio": 0.9,
        "sides_inverted": 1,
        "bad_frames_total": 2,
        "late_liquidations_total": 1,
        "reconnects_total": 4,
        "last_liquidation_age_seconds": 5.0,
        "last_data_age_seconds": 1.0,
    }
    assert {name: of(samples, name, exchange="gate") for name in expected} == expected


async def test_an_exchange_is_in_one_state() -> None:
    desk = FakeDesk()
    desk.statuses = [a_source("okx", "mute"), a_source("bybit")]
    samples = await scraped(desk)
    for exchange, its in (("okx", "mute"), ("bybit", "live")):
        told = {s: of(samples, "exchange_state", exchange=exchange, state=s) for s in STATES}
        assert told == {state: float(state == its) for state in STATES}


async def test_what_is_unknown_has_no_sample_rather_than_zero() -> None:
    desk = FakeDesk()
    desk.statuses = [
        replace(
            a_source("okx", "deaf"), events=0, usd=0, day=0.4, last_event_ms=None, last_data_ms=None
        )
    ]
    samples = await scraped(desk)
    for name in (
        "liquidations_24h",
        "liquidated_24h_usd",
        "own_sums_ratio",
        "last_liquidation_age_seconds",
        "last_data_age_seconds",
    ):
        assert of(samples, name, exchange="okx") is None
    assert of(samples, "coverage_24h_ratio", exchange="okx") == 0.4


async def test_the_inbox_and_the_notifications_are_counted() -> None:
    inbox, outbox = Inbox(liquidations=3), FakeOutbox()
    inbox.hear(Heard("okx", tuple(a_liquidation() for _ in range(3)), NOW_MS))
    inbox.hear(Heard("okx", (a_liquidation(), a_liquidation()), NOW_MS))
    places = [Destination("telegram", chat, direct=True) for chat in range(4)]
    for place in places:
        await outbox.put(place, Notice("hello", NOW_MS), "once", NOW_MS)
    claimed = await outbox.claim("telegram", NOW_MS, 3, 1_000, ())
    await outbox.settle(claimed[0], Delivered(1), NOW_MS)
    await outbox.settle(claimed[1], Gone("blocked"), NOW_MS)
    samples = await scraped(FakeDesk(), inbox, outbox)
    assert of(samples, "inbox_waiting") == 3
    assert of(samples, "inbox_dropped_total") == 2
    told = {
        state: of(samples, "notifications", state=state)
        for state in ("sent", "merged", "dead", "open")
    }
    assert told == {"sent": 1, "merged": 0, "dead": 1, "open": 2}


async def test_the_dead_are_counted_by_a_handful_of_reasons() -> None:
    reasons = (("gone: blocked by the user", 3), ("unknown", 2), ("gone: kicked", 1), ("odd", 1))
    outbox = CountedOutbox(Accounts(20, 10, 2, 7, 1, reasons))
    samples = await scraped(FakeDesk(), outbox=outbox)
    told = {kind: of(samples, "notifications_dead_total", reason=kind) for kind in KINDS}
    expected = dict.fromkeys(KINDS, 0) | {"gone": 4, "unknown": 2, "other": 1}
    assert told == expected


@pytest.mark.parametrize(("still_open", "adds_up"), [(1, 1), (2, 0)])
async def test_whether_notifications_add_up_is_told(still_open: int, adds_up: int) -> None:
    outbox = CountedOutbox(Accounts(20, 10, 2, 7, still_open))
    samples = await scraped(FakeDesk(), outbox=outbox)
    assert of(samples, "notifications_add_up") == adds_up


async def test_where_storage_cannot_say_the_rest_is_told() -> None:
    samples = await scraped(FakeDesk("okx"), outbox=MuteOutbox())
    assert not [name for name, _ in samples if name.startswith("liqwatch_notifications")]
    assert of(samples, "reconnects_total", exchange="okx") == 4


async def test_every_name_is_ours_and_the_only_labels_are_few() -> None:
    samples = await scraped(FakeDesk())
    assert all(name.startswith("liqwatch_") for name, _ in samples)
    assert {label for _, labels in samples for label, _ in labels} == {
        "exchange",
        "state",
        "reason",
    }


async def test_each_look_is_of_its_own_moment() -> None:
    desk = FakeDesk("okx")
    async with served(desk) as url:
        assert 'liqwatch_reconnects_total{exchange="okx"} 4.0' in (await ask(url))[1]
        desk.statuses = [replace(a_source("okx"), reconnects=5)]
        assert 'liqwatch_reconnects_total{exchange="okx"} 5.0' in (await ask(url))[1]


async def test_openmetrics_is_spoken_with_who_asks_for_it() -> None:
    async with served(FakeDesk()) as url:
        _, text = await ask(url, Accept="application/openmetrics-text; version=1.0.0")
    assert [family.name for family in read_openmetrics(text)]


async def test_nothing_else_is_served() -> None:
    async with served(FakeDesk()) as url:
        assert (await ask(url.removesuffix(PATH)))[0] == 404


async def test_a_port_that_is_taken_is_said_in_one_sentence() -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ConfigError) as error:
            await MetricsPage(FakeDesk(), Inbox(), FakeOutbox()).serve(port)
    assert str(error.value) == (
        f"METRICS_PORT: {HOST}:{port} cannot be used (Address already in use)."
    )
