"""``/flush``: the flush that goes on, or the last, or one by its number, with its files."""

from msgspec.structs import replace

from bot.sentences.judging import judge
from bot.wording.flush_case import flush_message
from bot.wording.text import Code, Message, Paragraph
from handlers.answers.flushes import (
    called,
    case_for,
    coin_of,
    current,
    in_time,
    number_of,
    numbered,
)
from handlers.answers.questions import COIN, SHARE, filled, looked_up, shared
from handlers.talk import Form, House, Option, Reply, Request

FILES = "casefiles"
NUMBER = Option("number", "Its number, such as F311", "text")


class Flush:
    """One flush, told as it is now."""

    name = "flush"
    summary = "The flush that goes on, or the last one: figures, chart, files"
    usage = "[coin|F311]"
    forms = (Form("", summary, (COIN, NUMBER, SHARE)),)
    verbs = ("flush", FILES)

    async def answer(self, request: Request, house: House) -> Reply:
        """The case, as a message of its own: it has a picture. Raises ``UserError``."""
        typed = request.text or filled(request, "number") or filled(request, "coin")
        with looked_up():
            if request.form == FILES:
                return await _files(typed, house)
            message = await _message(typed, house)
            return Reply(message, share=await shared(request, house))


async def _message(typed: str, house: House) -> Message:
    number = number_of(typed)
    coin = coin_of(typed, house) if number is None else None
    flush = await (current(coin, house) if number is None else numbered(number, house))
    if flush is None:
        return _none(coin)
    case = await case_for(flush, house)
    message = flush_message(case, judge(case))
    drawing = house.flushes.charts.of_flush(flush)
    return replace(message, picture=await in_time(drawing, house))


async def _files(typed: str, house: House) -> Reply:
    flush = await called(typed, house)
    files = await house.flushes.files.of_flush(flush)
    names = ", ".join(one.name for one in files)
    return Reply(Message((f"{flush.short_id}: {names}",)), files=files)


def _none(coin: str | None) -> Message:
    scope = f" of {coin}" if coin else ""
    line = (Code(f"/follow {coin or 'market'}"), " tells you when one starts.")
    return Message((f"I have seen no flush{scope} yet.",), (Paragraph((line,)),))
