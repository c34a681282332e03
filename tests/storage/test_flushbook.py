"""Flushes, followers, tellings and pictures: kept as they were told, on either database."""

import pytest
from msgspec.structs import replace

from bot.clock import DAY_MS, HOUR_MS
from bot.delivery.outcomes import Delivered, Gone
from bot.errors import UserError
from bot.events import FlushMuted, FollowRemoved, FollowSaved
from bot.flush.flush import Entry, Flush, Severity, Span, Stage, Wave
from bot.pictures.chart import Picture
from bot.ports import Ledger, Notification
from bot.rules import Destination, Page
from bot.story.batch import Batch, Telling
from bot.story.follow import Follow, How, Step
from bot.story.page import Post, Reader
from bot.wording.text import Bold, Message, Moment, Note, Paragraph, Table
from storage import Storage, open_report
from tests.storage.conftest import Home
from tests.storage.samples import ALICE, BOB, GROUP, NOW, a_rule, an_alert
from tests.storage.steps import added, claimed, settled, stored

NO_SPAN = Span(3, 1, NOW)


def a_flush(number: int, coin: str | None = None, start_ms: int = NOW) -> Flush:
    wave = Wave(start_ms, None, 3, 1, 2, None, NO_SPAN, NO_SPAN, NO_SPAN, NO_SPAN)
    entry = Entry(Stage.ONSET, start_ms)
    return Flush(coin, Stage.ONSET, (entry,), (wave,), 1, 2, Severity.MAJOR, number)


def a_page(words: str = "Building", step: Step = Step.START, quotes: str = "") -> Page:
    blocks = (
        Paragraph((("Longs ", Bold("$4M")), ("at ", Moment(NOW)))),
        Table((("BTC", "91%"),)),
        Note(("As of",)),
    )
    return Page(1, step, NOW, Message((words,), blocks, loud=True), "F1.0", "", quotes)


def a_post(to: Destination = ALICE, words: str = "Building", key: str = "F1") -> Post:
    return Post(to, a_page(words), key)


async def told(storage: Storage, *posts: Post, at: int = NOW) -> None:
    await storage.flushes.store(Batch(posts), at)


async def only(storage: Storage, at: int = NOW) -> Notification:
    (one,) = await claimed(storage, at)
    return one


async def test_a_page_arrives_as_it_was_worded(storage: Storage) -> None:
    await told(storage, a_post())
    assert (await only(storage)).payload == a_page()


async def test_a_page_told_again_edits_the_message_that_was_sent(storage: Storage) -> None:
    await told(storage, a_post())
    await settled(storage, Delivered(77))
    await told(storage, a_post())
    assert await claimed(storage) == [], "the same words change nothing"
    await told(storage, a_post(words="Fading"))
    edit = await only(storage)
    assert (edit.message, edit.payload) == (77, a_page("Fading"))


async def test_a_page_that_waits_goes_out_with_its_newer_words(storage: Storage) -> None:
    await told(storage, a_post())
    await told(storage, a_post(words="Fading"))
    one = await only(storage)
    assert (one.message, one.payload) == (None, a_page("Fading"))


async def test_an_edit_does_not_bring_back_what_was_given_up(storage: Storage) -> None:
    await told(storage, a_post())
    await settled(storage, Gone("blocked", chat_wide=False))
    await told(storage, a_post(words="Fading"))
    assert await claimed(storage) == []


async def test_a_later_page_answers_the_first_once_that_was_delivered(storage: Storage) -> None:
    end = Post(ALICE, a_page("Over", Step.END, quotes="F1"), "F1:end")
    await told(storage, a_post(), end)
    assert (await settled(storage, Delivered(77))).quotes is None
    assert (await only(storage)).quotes == 77


async def test_what_it_would_answer_may_be_in_another_chat(storage: Storage) -> None:
    await told(storage, a_post(BOB))
    await settled(storage, Delivered(77))
    await told(storage, Post(ALICE, a_page("Over", Step.END, quotes="F1"), "F1:end"))
    assert (await only(storage)).quotes is None


async def test_a_page_between_two_alerts_is_a_message_of_its_own(storage: Storage) -> None:
    rules = [await added(storage, a_rule(threshold=n)) for n in (1, 2, 3)]
    await stored(storage, an_alert(rules[0]))
    await told(storage, a_post())
    await stored(storage, an_alert(rules[1]), an_alert(rules[2]))
    sent = [await settled(storage, Delivered(n)) for n in (1, 2, 3)]
    assert [type(one.payload).__name__ for one in sent] == ["Alert", "Page", "Alert"]
    assert [len(one.merged) for one in sent] == [0, 0, 1]


async def test_an_alert_is_held_for_its_companions(storage: Storage) -> None:
    rules = [await added(storage, a_rule(threshold=n)) for n in (1, 2)]
    await stored(storage, replace(an_alert(rules[0]), hold_ms=15_000))
    assert await claimed(storage, NOW + 14_999) == []
    await stored(storage, an_alert(rules[1]))
    one = await only(storage, NOW + 15_000)
    assert len(one.merged) == 1


async def test_a_batch_is_stored_with_the_alerts_it_belongs_to(storage: Storage) -> None:
    alert = an_alert(await added(storage, a_rule()))
    telling = Telling("BTC.1h.x", 0, "alert", NOW, b"{}")
    batch = Batch(tellings=(telling,), readers=(Reader(1, ALICE, rung=True),))
    await storage.outbox.store([replace(alert, why="BTC.1h.x")], [], NOW, story=batch)
    one = await only(storage)
    assert await storage.flushes.telling("BTC.1h.x") == telling
    assert await storage.flushes.telling_of(one.id) == "BTC.1h.x"
    assert await storage.flushes.telling_of(one.id + 1) is None
    assert await storage.flushes.readers([1]) == [Reader(1, ALICE, rung=True)]


async def test_flushes_are_told_by_number_and_the_latest_first(storage: Storage) -> None:
    book = storage.flushes
    assert (await book.next_id(), await book.get(1), await book.latest(5)) == (1, None, [])
    market, older = a_flush(2), a_flush(1, start_ms=NOW - HOUR_MS)
    bitcoin = a_flush(3, "BTC", NOW + 1)
    ether = replace(a_flush(4, "ETH"), within=2)
    await book.store(Batch(flushes=(market, older, bitcoin, ether)), NOW)
    assert await book.next_id() == 5
    assert await book.get(2) == market
    assert await book.latest(5) == [market, older]
    assert await book.latest(1) == [market]
    assert await book.latest(5, "ETH") == [ether]
    assert await book.latest(5, "") == [bitcoin, market, older]
    over = replace(market, stage=Stage.OVER)
    await book.store(Batch(flushes=(over,)), NOW)
    assert await book.get(2) == over


async def test_the_machines_state_is_the_one_that_was_stored_last(storage: Storage) -> None:
    assert await storage.flushes.state() is None
    for state in (b'{"now_ms":1}', b'{"now_ms":2}'):
        await storage.flushes.store(Batch(state=state), NOW)
    await storage.flushes.store(Batch(), NOW)
    assert await storage.flushes.state() == b'{"now_ms":2}'


async def test_tellings_of_a_flush_come_oldest_first(storage: Storage) -> None:
    first, second = (Telling(f"F1.{n}", 1, "start", NOW + n, bytes([n])) for n in (0, 1))
    await storage.flushes.store(Batch(tellings=(second, first)), NOW)
    assert await storage.flushes.tellings(1) == [first, second]
    assert await storage.flushes.tellings(2) == []
    assert await storage.flushes.telling("F1.7") is None


async def follow(storage: Storage, follow: Follow, limit: int = 20) -> list[object]:
    async def work(ledger: Ledger) -> Follow:
        return await ledger.follow(follow, limit)

    return list((await storage.books.keep(work, None, NOW))[1])


async def test_a_follow_takes_the_place_of_the_one_before(storage: Storage) -> None:
    market = Follow(ALICE, 5, None, Severity.NOTABLE, {}, NOW)
    bitcoin = Follow(ALICE, 5, "BTC", Severity.SEVERE, {Step.END: How.OFF}, NOW)
    assert await follow(storage, bitcoin) == [FollowSaved(bitcoin)]
    await follow(storage, market)
    await follow(storage, Follow(GROUP, 6))
    quieter = replace(market, how={Step.START: How.SILENT})
    await follow(storage, quieter)
    assert await storage.flushes.following(ALICE) == [quieter, bitcoin]
    assert len(await storage.flushes.follows()) == 3


async def test_no_more_are_followed_than_allowed_but_those_can_be_changed(
    storage: Storage,
) -> None:
    await follow(storage, Follow(ALICE, 5, "BTC"), limit=1)
    with pytest.raises(UserError, match="the most I can"):
        await follow(storage, Follow(ALICE, 5, "ETH"), limit=1)
    await follow(storage, Follow(ALICE, 5, "BTC", Severity.MAJOR), limit=1)
    assert await storage.flushes.following(ALICE) == [Follow(ALICE, 5, "BTC", Severity.MAJOR)]


async def test_who_follows_no_more_is_gone_and_the_story_is_told(storage: Storage) -> None:
    await follow(storage, Follow(ALICE, 5, "BTC"))

    async def work(ledger: Ledger) -> list[Follow | None]:
        assert await ledger.follows(ALICE) == [Follow(ALICE, 5, "BTC")]
        return [await ledger.unfollow(ALICE, coin) for coin in ("BTC", "BTC", None)]

    dropped, events = await storage.books.keep(work, None, NOW)
    assert dropped == [Follow(ALICE, 5, "BTC"), None, None]
    assert events == [FollowRemoved(ALICE, "BTC")]
    assert await storage.flushes.follows() == []


async def test_who_wants_no_more_of_a_flush_stays_so_whatever_is_told(storage: Storage) -> None:
    async def work(ledger: Ledger) -> None:
        await ledger.hush(ALICE, 1)

    reader = Reader(1, ALICE, "F1", Step.START, NOW, rung=True)
    await storage.flushes.store(Batch(readers=(reader, Reader(2, BOB))), NOW)
    _, events = await storage.books.keep(work, None, NOW)
    assert events == [FlushMuted(ALICE, 1)]
    await storage.flushes.store(Batch(readers=(replace(reader, step=Step.END),)), NOW)
    assert await storage.flushes.readers([1]) == [replace(reader, step=Step.END, muted=True)]
    assert await storage.flushes.readers([2, 3]) == [Reader(2, BOB)]
    assert await storage.flushes.readers([]) == []


async def test_a_chat_with_a_new_id_takes_what_it_follows_along(storage: Storage) -> None:
    moved = replace(GROUP, chat=GROUP.chat - 1)
    for coin in ("BTC", "ETH"):
        await follow(storage, Follow(GROUP, 6, coin))
    await follow(storage, Follow(moved, 6, "ETH", Severity.SEVERE))
    await storage.flushes.store(Batch(readers=(Reader(1, GROUP, "F1"),)), NOW)

    async def work(ledger: Ledger) -> None:
        await ledger.move(GROUP.platform, GROUP.chat, moved.chat)

    await storage.books.keep(work, None, NOW)
    assert await storage.flushes.follows() == [
        Follow(moved, 6, "BTC"),
        Follow(moved, 6, "ETH", Severity.SEVERE),
    ]
    assert await storage.flushes.readers([1]) == [Reader(1, moved, "F1")]
    await storage.flushes.store(Batch(readers=(Reader(2, GROUP),)), NOW)
    assert await storage.flushes.readers([2]) == [Reader(2, moved)], "told just before the move"


async def test_pictures_go_after_a_week(storage: Storage) -> None:
    picture = Picture(b"\x89PNG\r\n", "d1", "a chart 🔻")
    await storage.pictures.keep(picture, NOW)
    await storage.pictures.keep(picture, NOW + DAY_MS)
    await storage.pictures.thin(NOW + 8 * DAY_MS)
    assert await storage.pictures.find("d1") == picture
    await storage.pictures.thin(NOW + 8 * DAY_MS + 1)
    assert await storage.pictures.find("d1") is None


async def test_readers_go_after_two_days_and_tellings_after_ninety(storage: Storage) -> None:
    book = storage.flushes
    running = a_flush(2, start_ms=NOW + 2 * DAY_MS)
    readers = (Reader(1, ALICE, told_ms=NOW), Reader(2, ALICE, muted=True))
    telling = Telling("F1.0", 1, "start", NOW, b"{}")
    await book.store(Batch((), (telling,), (a_flush(1), running), readers), NOW)
    await book.thin(NOW + 2 * DAY_MS + 1)
    assert await book.readers([1, 2]) == [readers[1]], "who was muted may be told again else"
    assert await book.telling("F1.0") == telling
    await book.thin(NOW + 90 * DAY_MS + 1)
    assert await book.readers([1, 2]) == []
    assert await book.telling("F1.0") is None
    assert await book.get(1) == a_flush(1), "flushes stay"


async def test_two_thousand_pages_are_one_statement(storage: Storage) -> None:
    places = [Destination("telegram", 1_000 + n, 0, direct=True) for n in range(2_000)]
    await told(storage, *(a_post(place) for place in places))
    await told(storage, *(a_post(place, "Fading") for place in places))
    taken = await storage.outbox.claim("telegram", NOW, 5_000, 60_000, set())
    assert len(taken) == 2_000
    assert {one.payload for one in taken if isinstance(one.payload, Page)} == {a_page("Fading")}


async def test_a_case_can_be_read_beside_the_bot(home: Home, storage: Storage) -> None:
    await storage.flushes.store(Batch(flushes=(a_flush(7),)), NOW)
    async with open_report(home.url, home.data_dir) as report:
        assert await report.flushes.get(7) == a_flush(7)
