"""``/why``: the numbers, thresholds and times behind what was said, from the record of it."""

import re

from bot.errors import ParseError, UserError
from bot.flush.flush import Stage
from bot.sentences.judging import judge
from bot.sentences.record import case_of, changed, retold
from bot.story.batch import Telling
from bot.wording.numbers import together
from bot.wording.text import Message
from bot.wording.why import why_message
from handlers.answers.flushes import current, number_of, numbered
from handlers.answers.questions import filled, looked_up
from handlers.answers.screens import with_line
from handlers.talk import Form, House, Option, Reply, Request

KEY = Option("of", "What you ask about: F311, F311.7 or L123; the last flush if left out", "text")
UNKNOWN = "I have no record of that: name a flush like F311, or a message like L123."

_NOTIFICATION = re.compile(r"[Ll]([0-9]{1,18})", re.ASCII)
_OF_FLUSH = re.compile(r"[Ff][0-9]{1,18}[.][0-9]{1,9}", re.ASCII)
LONGEST_KEY = 100


class Why:
    """One moment that was told, told again with its evidence."""

    name = "why"
    summary = "The numbers behind a flush or an alert, and what could not be checked"
    usage = "[F311|L123]"
    forms = (Form("", summary, (KEY,)),)
    verbs = ("why",)

    async def answer(self, request: Request, house: House) -> Reply:
        """Never an edit: what was said stays as it was. Raises ``UserError``."""
        typed = request.text or filled(request, "of")
        number = number_of(typed)
        with looked_up():
            if typed and number is None:
                return Reply(_retold(await _told(typed, house)))
            return Reply(await _of_flush(number, house))


async def _of_flush(number: int | None, house: House) -> Message:
    """Its latest telling; before there is one, what can be said of it now."""
    flush = await (current(None, house) if number is None else numbered(number, house))
    if flush is None:
        raise UserError("I have seen no flush yet, so there is nothing to explain.")
    tellings = await house.flushes.book.tellings(flush.id)
    if tellings:
        return _retold(tellings[-1])
    if flush.stage is Stage.CLOSED:
        raise UserError(f"Nothing was told of {flush.short_id} that I still have.")
    case = house.flushes.cases.of_flush(flush)
    return why_message(case, judge(case))


async def _told(typed: str, house: House) -> Telling:
    kept = house.flushes.book
    key: str | None = typed
    if found := _NOTIFICATION.fullmatch(typed):
        key = await kept.telling_of(int(found[1]))
    elif _OF_FLUSH.fullmatch(typed):
        key = typed.upper()
    telling = await kept.telling(key) if key and len(key) <= LONGEST_KEY else None
    if telling is None:
        raise UserError(UNKNOWN)
    return telling


def _retold(telling: Telling) -> Message:
    """Raises ``UserError`` for a record that was altered."""
    try:
        message = why_message(case_of(telling.record), retold(telling.record))
        others = changed(telling.record)
    except ParseError:
        raise UserError("The record of that was damaged; I cannot tell it again.") from None
    if not others:
        return message
    names = together([name.replace("_", " ") for name in others])
    return with_line(message, (f"Judged by other rules than then: {names}. It may differ.",))
