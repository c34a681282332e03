"""Pages between their telling and their arrival: in whose turn, in which chat, and to whom none."""

import pytest
from msgspec.structs import replace
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from bot.clock import SECOND_MS
from bot.delivery.outcomes import Delivered, Moved, Refused
from bot.ports import Chat, Ledger
from bot.rules import Destination, Notice
from bot.story.batch import Batch
from bot.story.follow import Step
from bot.story.page import Post, Reader
from storage import Storage
from storage.pruning import KEPT_MS
from tests.storage.samples import ALICE, GROUP, NOW, a_rule, an_alert
from tests.storage.steps import added, claimed, settled, stored, wish
from tests.storage.test_flushbook import a_page, a_post, only, told

NEW = replace(GROUP, chat=GROUP.chat - 1)


def the_end(to: Destination = ALICE) -> Post:
    return Post(to, a_page("Over", Step.END, quotes="F1"), "F1:end1")


async def move(storage: Storage) -> None:
    async def work(ledger: Ledger) -> None:
        await ledger.move(GROUP.platform, GROUP.chat, NEW.chat)

    await storage.books.keep(work, None, NOW)


async def test_a_muted_chat_hears_of_no_flush_but_what_it_asked_for(storage: Storage) -> None:
    await wish(storage, Chat(ALICE, muted_until_ms=NOW + 1))
    rule = await added(storage, a_rule())
    await stored(storage, an_alert(rule))
    await told(storage, a_post())
    await storage.outbox.put(ALICE, Notice("a test", NOW, "test"), "test", NOW)
    await told(storage, the_end())
    assert isinstance((await settled(storage, Delivered(1))).payload, Notice)
    assert await claimed(storage) == []
    accounts = await storage.outbox.accounts()
    assert (accounts.sent, accounts.reasons) == (1, (("muted", 3),))


async def test_what_a_mute_swallowed_does_not_come_later(storage: Storage) -> None:
    await wish(storage, Chat(ALICE, muted_until_ms=NOW + 1))
    await told(storage, a_post())
    assert await claimed(storage) == []
    await told(storage, a_post(words="Fading"), the_end(), at=NOW + 1)
    one = await settled(storage, Delivered(2), NOW + 1)
    assert (one.payload, one.quotes) == (the_end().payload, None)
    assert await claimed(storage, NOW + 1) == []


async def test_after_a_mute_the_message_from_before_it_is_edited_again(storage: Storage) -> None:
    await told(storage, a_post())
    await settled(storage, Delivered(77))
    await wish(storage, Chat(ALICE, muted_until_ms=NOW + 1))
    await told(storage, a_post(words="Peak"))
    assert await claimed(storage) == []
    await told(storage, a_post(words="Fading"), at=NOW + 1)
    edit = await only(storage, NOW + 1)
    assert (edit.message, edit.payload) == (77, a_page("Fading"))


@pytest.mark.parametrize("state", ["stopped", "gone"])
async def test_who_is_not_there_gets_no_page_and_no_edit(storage: Storage, state: str) -> None:
    await wish(storage, Chat(ALICE, state=state))
    await told(storage, a_post())
    assert await claimed(storage) == []
    await wish(storage, Chat(ALICE))
    await told(storage, a_post(words="Fading"))
    assert await claimed(storage) == []
    assert (await storage.outbox.accounts()).reasons == ((state, 1),)


async def test_a_page_for_a_person_goes_before_one_for_a_group(storage: Storage) -> None:
    await told(storage, a_post(GROUP))
    await told(storage, a_post(ALICE), at=NOW + 1)
    assert [one.destination for one in await claimed(storage, NOW + 1)] == [ALICE, GROUP]


async def test_a_group_that_waited_long_enough_has_its_turn(storage: Storage) -> None:
    later = NOW + 21 * SECOND_MS
    await told(storage, a_post(GROUP))
    await told(storage, a_post(ALICE), at=later)
    assert [one.destination for one in await claimed(storage, later)] == [GROUP, ALICE]


async def test_pages_that_wait_for_each_other_are_never_one_message(storage: Storage) -> None:
    await told(storage, a_post(), the_end())
    sent = [await settled(storage, Delivered(n)) for n in (1, 2)]
    assert [one.payload for one in sent] == [a_page(), the_end().payload]
    assert [one.merged for one in sent] == [(), ()]


async def test_a_page_waits_behind_an_alert_that_is_held(storage: Storage) -> None:
    rule = await added(storage, a_rule())
    await stored(storage, replace(an_alert(rule), hold_ms=15 * SECOND_MS))
    await told(storage, a_post())
    assert await claimed(storage, NOW + 15 * SECOND_MS - 1) == []
    sent = [await settled(storage, Delivered(n), NOW + 15 * SECOND_MS) for n in (1, 2)]
    assert [type(one.payload).__name__ for one in sent] == ["Alert", "Page"]


async def test_the_edit_of_an_alert_that_was_held_waits_for_nobody(storage: Storage) -> None:
    alert = replace(an_alert(await added(storage, a_rule())), hold_ms=15 * SECOND_MS)
    await stored(storage, alert)
    sent_ms = NOW + 15 * SECOND_MS
    await settled(storage, Delivered(5), sent_ms)
    await storage.outbox.store([replace(alert, orders=3)], [], sent_ms)
    assert (await only(storage, sent_ms)).message == 5


async def test_a_page_whose_chat_moved_as_it_was_sent_is_edited_there(storage: Storage) -> None:
    await told(storage, a_post(GROUP))
    await settled(storage, Moved(NEW.chat))
    await settled(storage, Delivered(77))
    await told(storage, a_post(NEW, "Fading"))
    edit = await settled(storage, Delivered(77))
    assert (edit.destination, edit.message, edit.payload) == (NEW, 77, a_page("Fading"))
    await told(storage, the_end(NEW))
    assert (await only(storage)).quotes == 77


async def test_a_story_that_has_not_heard_of_the_move_writes_to_the_same_page(
    storage: Storage,
) -> None:
    await told(storage, a_post(GROUP))
    await move(storage)
    await told(storage, a_post(GROUP, "Peak"))
    await told(storage, a_post(NEW, "Fading"))
    one = await settled(storage, Delivered(77))
    assert (one.destination, one.message, one.payload) == (NEW, None, a_page("Fading"))
    assert await claimed(storage) == []


async def test_what_was_delivered_before_a_move_is_told_anew_in_the_new_chat(
    storage: Storage,
) -> None:
    await told(storage, a_post(GROUP))
    await settled(storage, Delivered(77))
    await move(storage)
    await told(storage, a_post(GROUP, "Peak"))
    one = await only(storage)
    assert (one.destination, one.message) == (NEW, None)


async def test_an_edit_that_moved_along_is_not_what_the_new_chat_is_told_by(
    storage: Storage,
) -> None:
    await told(storage, a_post(GROUP))
    await settled(storage, Delivered(77))
    await told(storage, a_post(GROUP, "Peak"))
    await move(storage)
    await told(storage, a_post(NEW, "Fading"))
    edit = await settled(storage, Refused("no such message"))
    assert (edit.message, edit.payload) == (77, a_page("Peak"))
    one = await only(storage)
    assert (one.message, one.payload) == (None, a_page("Fading"))


async def test_a_page_that_both_chats_wait_for_is_lost_in_neither(storage: Storage) -> None:
    await told(storage, a_post(GROUP, "here"), a_post(NEW, "there"))
    await move(storage)
    sent = [await settled(storage, Delivered(n)) for n in (1, 2)]
    assert [one.payload for one in sent] == [a_page("here"), a_page("there")]
    await told(storage, a_post(NEW, "Fading"))
    assert (await only(storage)).message == 2


async def test_a_refused_edit_leaves_the_page_to_be_answered(storage: Storage) -> None:
    await told(storage, a_post())
    await settled(storage, Delivered(77))
    await told(storage, a_post(words="Fading"))
    await settled(storage, Refused("message is too old"))
    await told(storage, the_end())
    assert (await only(storage)).quotes == 77


async def test_the_first_page_may_be_forgotten_before_it_is_answered(storage: Storage) -> None:
    await told(storage, a_post())
    await settled(storage, Delivered(77))
    later = NOW + KEPT_MS + 1
    await storage.outbox.thin(later)
    await told(storage, the_end(), at=later)
    assert (await only(storage, later)).quotes is None
    assert (await storage.outbox.accounts()).whole


async def test_an_alert_and_its_story_are_stored_together_or_not_at_all(storage: Storage) -> None:
    nobody = replace(Reader(1, ALICE), told_ms=None)
    batch = Batch(posts=(a_post(),), readers=(nobody,), state=b"{}")
    alert = an_alert(await added(storage, a_rule()))
    with pytest.raises(IntegrityError):
        await storage.outbox.store([alert], [], NOW, story=batch)
    assert await claimed(storage) == []
    assert await storage.flushes.state() is None


async def test_however_many_pages_a_batch_has_they_are_one_statement(storage: Storage) -> None:
    statements: list[tuple[str, bool]] = []
    engine = storage.flushes._database._writer.sync_engine

    def note(_a: object, _b: object, statement: str, _c: object, _d: object, many: bool) -> None:
        statements.append((statement, many))

    event.listen(engine, "before_cursor_execute", note)
    places = [replace(ALICE, chat=1_000 + n) for n in range(2_000)]
    await told(storage, *(a_post(place) for place in places))
    inserts = [many for text, many in statements if text.startswith("INSERT INTO notification")]
    assert inserts == [True]
    assert len(statements) < 10
