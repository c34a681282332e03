"""``/flush``, ``/flushes`` and ``/why``: what happened, its files, and the numbers behind it."""

import asyncio

import pytest
from msgspec.structs import replace

from bot.clock import HOUR_MS
from bot.errors import StoreError
from bot.flush.flush import Flush
from bot.sentences.judging import judge
from bot.sentences.record import record
from bot.story.batch import Batch, Telling
from bot.wording.flush_case import flush_message
from bot.wording.why import why_message
from handlers.answers.flushes import PICTURE_S
from handlers.answers.questions import UNFOUND
from handlers.talk import Reply
from tests.bot.sentences.golden import CASE
from tests.bot.sentences.later import CLOSED, FADING
from tests.fake_flushbook import FakeFlushbook
from tests.fakes import NOW_MS
from tests.handlers.asking import GROUP, SERVER, actions, ask, push, words
from tests.handlers.commands.flushed import (
    GOING_ON,
    OF_SOL,
    OVER,
    PICTURE,
    flushing,
    told,
)


async def test_flush_tells_the_one_that_goes_on_with_its_chart() -> None:
    here = await flushing(OVER, running=(GOING_ON, OF_SOL))
    reply = await ask("/flush", here)
    assert "F311" in words(reply)
    assert reply.message is not None
    assert reply.message.picture == PICTURE
    assert {"why|F311", "casefiles|311", "hush|311"} & set(actions(reply))


async def test_else_the_last_of_the_market_else_the_last_of_any_coin() -> None:
    assert "F300" in words(await ask("/flush", await flushing(OVER, OF_SOL)))
    assert "F312" in words(await ask("/flush", await flushing(OF_SOL)))
    said = words(await ask("/flush", await flushing()))
    assert said.startswith("I have seen no flush yet.\n/follow market")


async def test_of_a_coin_its_own_is_told() -> None:
    here = await flushing(OVER, OF_SOL, running=(GOING_ON,))
    assert "F312" in words(await ask("/flush sol", here))
    assert "F312" in words(await ask("/flush", here, SERVER, options={"coin": "SOL"}))
    assert words(await ask("/flush btc", here)).startswith("I have seen no flush of BTC yet.")
    assert "Did you mean BTC or BCH?" in words(await ask("/flush btcc", here))
    assert "over all exchanges" in words(await ask("/flush sol 4h", here))


@pytest.mark.parametrize("typed", ["F311", "f311", "311"])
async def test_one_is_told_by_its_number_as_it_is_now(typed: str) -> None:
    stored = replace(GOING_ON, waves=(replace(GOING_ON.first, long=1),))
    here = await flushing(stored, OVER, running=(GOING_ON,))
    pressed = await push("flush|311", here)
    assert pressed == await ask(f"/flush {typed}", here)
    assert not pressed.edit
    assert pressed == await ask("/flush", here, options={"number": typed})


@pytest.mark.parametrize("number", ["F9", "0", "9" * 18])
async def test_a_number_that_was_never_given_is_refused(number: str) -> None:
    here = await flushing(OVER)
    assert "I know no flush F" in words(await ask(f"/flush {number}", here))
    assert "I know no flush F" in words(await ask(f"/why {number}", here))
    assert "I know no flush F" in (await push(f"hush|{number}", here)).toast


async def test_the_words_do_not_wait_for_a_chart() -> None:
    here = await flushing(running=(GOING_ON,))
    here.charts.slow = True
    asked = asyncio.create_task(ask("/flush", here))
    await here.clock.advance(PICTURE_S - 0.1)
    assert not asked.done()
    await here.clock.advance(0.2)
    reply = await asked
    assert reply.message is not None
    assert reply.message.picture is None
    here.charts.slow, here.charts.picture = False, None
    assert await ask("/flush", here) == reply


async def test_its_files_come_below_a_line_that_names_them() -> None:
    here = await flushing(OVER)
    reply = await push("casefiles|300", here, GROUP)
    assert [one.name for one in reply.files] == ["F300.png", "F300.csv", "F300.json"]
    assert words(reply) == "F300: F300.png, F300.csv, F300.json"
    assert not reply.edit
    here.files.broken = True
    assert (await push("casefiles|300", here)).toast == UNFOUND
    assert "no such flush" in (await push("casefiles|x", here)).toast


async def test_what_is_closed_is_told_by_what_was_known_then() -> None:
    here = await flushing(OVER)
    await here.flushbook.store(Batch(tellings=(told("F300.1", CLOSED, 300),)), NOW_MS)
    case = replace(CLOSED, flush=OVER)
    reply = await ask("/flush F300", here)
    assert reply.message == replace(flush_message(case, judge(case)), picture=PICTURE)
    broken = Telling("F300.2", 300, "all clear", CLOSED.at_ms + 1, b"{}")
    await here.flushbook.store(Batch(tellings=(broken,)), NOW_MS)
    assert "F300" in words(await ask("/flush F300", here))


async def test_flushes_lists_the_last_ten_with_a_button_each() -> None:
    many = [replace(OVER, id=n, waves=(replace(OVER.first, start_ms=n),)) for n in range(1, 13)]
    here = await flushing(*many, replace(OF_SOL, waves=(replace(OF_SOL.first, start_ms=99),)))
    reply = await ask("/flushes", here)
    shown = [action for action in actions(reply) if action.startswith("flush|")]
    assert shown == ["flush|312", *(f"flush|{number}" for number in range(12, 3, -1))]
    assert "F12" in words(await push(shown[1], here))
    assert actions(await ask("/flushes sol", here)) == ["flush|312"]
    assert "flush|312" not in actions(await ask("/flushes market", here))
    assert (await ask("/flushes", await flushing())).message is not None


async def test_why_tells_again_what_was_said_from_its_record() -> None:
    here = await flushing(OVER, GOING_ON, running=(GOING_ON,))
    tellings = (told("F311.1", CASE), told("F311.2", FADING), told("F300.9", CLOSED, 300))
    await here.flushbook.store(Batch(tellings=tellings), NOW_MS)
    first = why_message(CASE, judge(CASE))
    latest = why_message(FADING, judge(FADING))
    assert await ask("/why F311.1", here) == await ask("/why f311.1", here) == Reply(first)
    assert await push("why|F311.1", here, GROUP) == Reply(first)
    for typed in ("/why F311", "/why 311", "/why"):
        assert await ask(typed, here) == Reply(latest)
    here.flushbook.whys[5] = "F311.1"
    assert await ask("/why L5", here) == await ask("/why l5", here) == Reply(first)
    alert = told("BTC.bybit.1h.lqz4k2f9", replace(CASE, flush=None), 0)
    await here.flushbook.store(Batch(tellings=(alert,)), NOW_MS)
    assert words(await push(f"why|{alert.key}", here)).startswith("Why? · all coins · 1 h")
    assert await ask("/why f300", here) == Reply(why_message(CLOSED, judge(CLOSED)))


async def test_without_a_record_what_goes_on_is_explained_as_it_is_now() -> None:
    here = await flushing(OVER, running=(GOING_ON,))
    assert "Why?" in words(await ask("/why", here))
    assert words(await ask("/why F300", here)) == "Nothing was told of F300 that I still have."
    assert "nothing to explain" in words(await ask("/why", await flushing()))


@pytest.mark.parametrize("typed", ["L6", "l999", "L" + "9" * 19, "F311.99", "moon", "F1 F2", "L"])
async def test_what_was_never_said_cannot_be_explained(typed: str) -> None:
    assert words(await ask(f"/why {typed}", await flushing(OVER))).startswith("I have no record")


async def test_other_rules_than_then_are_named() -> None:
    here = await flushing(GOING_ON)
    older = record(CASE).replace(b'"rank":', b'"rank":7', 1)
    assert older != record(CASE)
    await here.flushbook.store(
        Batch(tellings=(Telling("F311.1", 311, "start", CASE.at_ms, older),)), NOW_MS
    )
    said = words(await ask("/why F311", here))
    assert said.endswith("Judged by other rules than then: rank. It may differ.")
    await here.flushbook.store(
        Batch(tellings=(Telling("F311.2", 311, "start", CASE.at_ms + HOUR_MS, b"{}"),)), NOW_MS
    )
    assert "was damaged" in words(await ask("/why F311", here))


async def test_a_book_that_cannot_be_read_has_nothing_to_do_with_saving() -> None:
    class TornBook(FakeFlushbook):
        async def get(self, flush: int) -> Flush | None:
            raise StoreError("disk I/O error (OperationalError)")

    here = await flushing()
    here.house.flushes = replace(here.house.flushes, book=TornBook())
    for typed in ("/flush F3", "/why F3"):
        assert words(await ask(typed, here)) == UNFOUND
    for press in ("casefiles|3", "why|F3"):
        assert (await push(press, here)).toast == UNFOUND
