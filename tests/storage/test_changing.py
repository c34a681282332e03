"""Changes that people ask for: whole or not at all, each once, none lost among many at once."""

import asyncio
import os
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.clock import HOUR_MS
from bot.errors import HandledBeforeError, UserError
from bot.events import ChatMoved, Event, RuleRemoved, RuleSaved
from bot.market import USD
from bot.ports import Books, Chat, Ledger, Mark
from bot.rules import Destination, Notice, Rule, RuleState
from storage import Storage, open_storage
from tests.storage.conftest import Home
from tests.storage.samples import ALICE, BOB, GROUP, NOW, a_rule
from tests.storage.steps import added, ask, claimed
from tests.torture import TENFOLD

MARK = Mark("telegram:7000000001", 815)


async def one_more(ledger: Ledger) -> Chat:
    return await ledger.change(ALICE, lambda chat: replace(chat, role=chat.role + 1))


async def test_an_update_that_comes_again_has_no_second_effect(storage: Storage) -> None:
    books: Books = storage.books
    chat, events = await books.keep(one_more, MARK, NOW)
    assert (chat.role, events) == (1, [])
    with pytest.raises(HandledBeforeError):
        await books.keep(one_more, MARK, NOW)
    assert (await storage.chats.get(ALICE)).role == 1


async def test_the_same_number_of_another_source_is_another_update(storage: Storage) -> None:
    for mark in (MARK, Mark("discord:1", 815), Mark(MARK.source, 816), None, None):
        await storage.books.keep(one_more, mark, NOW)
    assert (await storage.chats.get(ALICE)).role == 5


async def test_of_one_update_handled_twice_at_once_one_has_an_effect(storage: Storage) -> None:
    both = [storage.books.keep(one_more, MARK, NOW) for _ in range(8)]
    ended = await asyncio.gather(*both, return_exceptions=True)
    assert sum(isinstance(end, HandledBeforeError) for end in ended) == 7
    assert (await storage.chats.get(ALICE)).role == 1


async def test_what_goes_wrong_leaves_nothing_behind_not_even_the_mark(storage: Storage) -> None:
    kept = await added(storage, a_rule())
    mistake = UserError("That is no amount.")

    async def half(ledger: Ledger) -> None:
        await one_more(ledger)
        await ledger.add(a_rule(threshold=7), 50)
        await ledger.remove(kept.id)
        await ledger.put(ALICE, Notice("hello", NOW), "hello", NOW)
        raise mistake

    with pytest.raises(UserError) as raised:
        await storage.books.keep(half, MARK, NOW)
    assert raised.value is mistake
    assert await storage.rulebook.of(ALICE) == [kept]
    assert await storage.chats.get(ALICE) == Chat(ALICE)
    assert (await storage.outbox.accounts()).created == 0
    await storage.books.keep(one_more, MARK, NOW)


async def test_a_ledger_sees_its_own_writes_and_tells_the_engine_of_them(storage: Storage) -> None:
    async def work(ledger: Ledger) -> tuple[Rule, Rule]:
        first, second = [await ledger.add(a_rule(threshold=n), 50) for n in (1, 2)]
        assert await ledger.rules(ALICE) == [first, second]
        quiet = await ledger.pause(first.id, True)
        assert quiet == replace(first, paused=True) == await ledger.rule(first.id)
        assert await ledger.remove(second.id) == second
        assert await ledger.rule(second.id) is await ledger.remove(second.id) is None
        assert await ledger.rules(ALICE) == [quiet]
        changed = await ledger.change(GROUP, lambda chat: replace(chat, share=True))
        assert await ledger.chat(GROUP) == changed == Chat(GROUP, share=True)
        await ledger.put(ALICE, Notice("hello", NOW), "hello", NOW)
        await ledger.move("telegram", BOB.chat, GROUP.chat)
        return first, second

    (first, second), events = await storage.books.keep(work, MARK, NOW)
    expected: list[Event] = [
        RuleSaved(first, RuleState(first.id)),
        RuleSaved(second, RuleState(second.id)),
        RuleSaved(replace(first, paused=True), RuleState(first.id)),
        RuleRemoved(second.id),
        ChatMoved("telegram", BOB.chat, GROUP.chat),
    ]
    assert events == expected
    assert [one.payload for one in await claimed(storage)] == [Notice("hello", NOW)]


async def test_a_second_message_under_one_key_amends_the_first(storage: Storage) -> None:
    async def work(ledger: Ledger) -> None:
        await ledger.put(ALICE, Notice("hello", NOW), "greeting", NOW)
        await ledger.put(ALICE, Notice("hello again", NOW), "greeting", NOW)
        await ledger.put(BOB, Notice("hello", NOW), "greeting", NOW)

    await storage.books.keep(work, None, NOW)
    said = {one.destination: one.payload for one in await claimed(storage)}
    assert said == {ALICE: Notice("hello again", NOW), BOB: Notice("hello", NOW)}


async def test_a_failure_is_recorded_without_a_mark_and_the_latest_stays(
    storage: Storage, home: Home
) -> None:
    await storage.books.failed(MARK, "message", "TimeoutError", NOW)
    await storage.books.failed(MARK, "message", "\0 ValueError \ud800", NOW + 1)
    rows = await ask(home, "SELECT number, kind, error, at_ms FROM failure")
    assert rows == [(815, "message", "\ufffd ValueError ?", NOW + 1)]
    await storage.books.keep(one_more, MARK, NOW)


async def test_marks_and_failures_are_kept_for_48_hours(storage: Storage, home: Home) -> None:
    for number in (1, 2):
        mark = Mark("telegram:1", number)
        await storage.books.keep(one_more, mark, NOW + number)
        await storage.books.failed(mark, "press", "TimeoutError", NOW + number)
    await storage.books.thin(NOW + 48 * HOUR_MS + 2)
    assert await ask(home, "SELECT number FROM mark") == [(2,)]
    assert await ask(home, "SELECT number FROM failure") == [(2,)]


async def test_each_transaction_passes_two_places_before_and_after_it_is_on_disk(
    tmp_path: Path,
) -> None:
    seen: list[tuple[str, int]] = []

    def look(place: str) -> None:
        with closing(sqlite3.connect(tmp_path / "liqwatch.db")) as beside:
            seen.append((place, beside.execute("SELECT count(*) FROM rule").fetchone()[0]))

    async with open_storage(None, tmp_path, look) as storage:
        await added(storage, a_rule())
        with pytest.raises(UserError):
            await added(storage, a_rule())
    assert seen == [("write begun", 0), ("write committed", 1)]


async def test_after_a_collision_the_work_runs_again_and_counts_once(
    postgres_home: Home, tmp_path: Path
) -> None:
    """Two commands lock the same two chats in opposite orders: the server ends one of them."""
    met = asyncio.Barrier(2)
    runs = 0

    async def crosswise(ledger: Ledger, first: Destination, second: Destination) -> None:
        nonlocal runs
        runs += 1
        await ledger.change(first, lambda chat: replace(chat, role=chat.role + 1))
        if runs <= 2:
            await met.wait()
        await ledger.change(second, lambda chat: replace(chat, role=chat.role + 1))
        await ledger.add(a_rule(first), 50)

    async with open_storage(postgres_home.url, tmp_path) as storage:
        kept = await asyncio.gather(
            storage.books.keep(lambda ledger: crosswise(ledger, ALICE, BOB), MARK, NOW),
            storage.books.keep(lambda ledger: crosswise(ledger, BOB, ALICE), None, NOW),
        )
        assert runs == 3
        assert [len(events) for _, events in kept] == [1, 1]
        assert [(await storage.chats.get(place)).role for place in (ALICE, BOB)] == [2, 2]


ROUNDS = 100 if os.environ.get(TENFOLD) else 4
CROWD = 50 if os.environ.get(TENFOLD) else 15
PEOPLE = [Destination("telegram", 7_000_000_100 + n, direct=True) for n in range(CROWD)]


async def test_of_many_people_who_change_settings_at_once_none_loses_one(storage: Storage) -> None:
    await asyncio.gather(*(settings_of(storage, place) for place in PEOPLE))
    for place in PEOPLE:
        assert (await storage.chats.get(place)).role == ROUNDS
        assert len(await storage.rulebook.of(place)) == ROUNDS - ROUNDS // 2
    assert (await storage.chats.get(GROUP)).role == len(PEOPLE) * (ROUNDS // 4)


async def settings_of(storage: Storage, place: Destination) -> None:
    """One person: own wishes each time, an alert more or less, the group's wishes at times."""
    for number in range(ROUNDS):
        work = settings(place, number)
        await storage.books.keep(work, Mark(f"telegram:{place.chat}", number), NOW)


def settings(place: Destination, number: int) -> Callable[[Ledger], Awaitable[None]]:
    async def work(ledger: Ledger) -> None:
        before = await ledger.chat(place)
        await ledger.change(place, lambda _: replace(before, role=before.role + 1))
        await ledger.add(a_rule(place, threshold=(number + 1) * USD), 100)
        if number % 2:
            await ledger.remove((await ledger.rules(place))[0].id)
        if number % 4 == 3:
            together = await ledger.chat(GROUP)
            await ledger.change(GROUP, lambda _: replace(together, role=together.role + 1))

    return work
