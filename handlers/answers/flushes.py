"""Flushes as somebody asks for them: by number, by coin, or the one that goes on."""

import re
from collections.abc import Awaitable
from contextlib import suppress

from msgspec.structs import replace

from bot.errors import ParseError, UserError
from bot.flush.flush import Flush, Stage
from bot.pictures.chart import Picture
from bot.sentences.case import Case
from bot.sentences.record import case_of
from bot.typed.rule_text import DEFAULT_WINDOW, parse_question
from handlers.answers.questions import watched
from handlers.talk import House

PICTURE_S = 3.0
"""How long a chart may take before the answer goes without it, in real seconds."""

FLUSH = re.compile(r"[Ff]([0-9]{1,18})", re.ASCII)
"""A flush by its name: ``F311``."""

_NUMBER = re.compile(r"[Ff]?([0-9]{1,18})", re.ASCII)


def number_of(text: str) -> int | None:
    """``F311`` and ``311``; None for what is no number of a flush."""
    found = _NUMBER.fullmatch(text)
    return int(found[1]) if found else None


async def numbered(number: int, house: House) -> Flush:
    """The flush as it is now. Raises ``UserError`` where there is none of that number."""
    kept = house.flushes.book
    flush = next((one for one in running(house) if one.id == number), None)
    if flush is None and (flush := await kept.get(number)) is None:
        raise UserError(f"I know no flush F{number}; /flushes shows the last ones.")
    return flush


async def called(text: str, house: House) -> Flush:
    """The flush of a number as typed. Raises ``UserError``."""
    number = number_of(text)
    if number is None:
        raise UserError("I know no such flush; /flushes shows the last ones.")
    return await numbered(number, house)


async def current(coin: str | None, house: House) -> Flush | None:
    """The one that goes on, else the last; without a coin the whole market's first."""
    kept = house.flushes.book
    going_on = [one for one in running(house) if coin is None or one.coin == coin]
    if going_on:
        return going_on[0]
    found = await kept.latest(1, coin)
    if not found and coin is None:
        found = await kept.latest(1, "")
    return found[0] if found else None


async def last(limit: int, scope: str | None, house: House) -> list[Flush]:
    """The last ones by start, as they are now; ``scope`` as ``Flushbook.latest``."""
    now = {one.id: one for one in running(house)}
    return [now.get(one.id, one) for one in await house.flushes.book.latest(limit, scope)]


async def case_for(flush: Flush, house: House) -> Case:
    """What goes on as it is now, what is closed as it was told last, where that is kept."""
    if flush.stage is not Stage.CLOSED:
        return house.flushes.cases.of_flush(flush)
    for telling in (await house.flushes.book.tellings(flush.id))[-1:]:
        with suppress(ParseError):
            return replace(case_of(telling.record), flush=flush)
    return house.flushes.cases.of_flush(flush)


def running(house: House) -> list[Flush]:
    """Those that are not closed, market-wide ones first."""
    return list(house.flushes.stories.running())


def coin_of(text: str, house: House) -> str | None:
    """The coin that was typed; None for none. Raises ``UserError`` for anything else."""
    question = parse_question(text, house.desk.coins(), watched(house))
    if question.exchange is not None or question.window != DEFAULT_WINDOW:
        coin = question.coin or "all"
        raise UserError("I tell flushes of a coin over all exchanges: /flush BTC.", (coin,))
    return question.coin


async def in_time(drawing: Awaitable[Picture | None], house: House) -> Picture | None:
    """A chart, if it is drawn before the answer must go."""
    with suppress(TimeoutError):
        async with house.clock.timeout(PICTURE_S):
            return await drawing
    return None
