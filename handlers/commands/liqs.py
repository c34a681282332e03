"""``/liqs``: what was liquidated in a window, edited in place as one looks around."""

from msgspec.structs import replace

from bot.errors import UserError
from bot.figures import Reading
from bot.wording.buttons import question_action
from bot.wording.coverage import coverage_note
from bot.wording.lines import scope
from bot.wording.numbers import duration, window_name
from bot.wording.reading import liqs_message
from bot.wording.text import Button, Message
from handlers.answers.flushes import in_time
from handlers.answers.questions import COIN, EXCHANGE, SHARE, WINDOW, asked, beside, shared
from handlers.talk import Form, House, Reply, Request

CHART = "chart"


class Liqs:
    """Figures of one coin or all, one exchange or all."""

    name = "liqs"
    summary = "What was liquidated: longs, shorts, coins, exchanges"
    usage = "[coin] [window]"
    forms = (Form("", summary, (COIN, WINDOW, EXCHANGE, SHARE)),)
    verbs = ("liqs", CHART)

    async def answer(self, request: Request, house: House) -> Reply:
        """The reading asked for, with the other windows beside it; or its chart.

        Raises ``UserError``.
        """
        question = asked(request, house)
        reading = house.desk.reading(question.coin, question.exchange, question.window)
        if request.form == CHART:
            return await _chart(reading, house)
        standing = house.history.standing(reading)
        message = liqs_message(reading, beside(question, house), standing)
        if reading.total:
            message = _with_chart(message, reading)
        return Reply(message, edit=request.pressed, share=await shared(request, house))


def _with_chart(message: Message, reading: Reading) -> Message:
    """A button more, beside the one that asks anew."""
    action = question_action(CHART, reading.coin, window_name(reading.span_ms), reading.exchange)
    *rows, last = message.buttons
    return replace(message, buttons=(*rows, (last[0], Button("Chart", action), *last[1:])))


async def _chart(reading: Reading, house: House) -> Reply:
    """A message of its own: the figures below the buttons stay as they are."""
    picture = await in_time(house.flushes.charts.of_reading(reading), house)
    if picture is None:
        raise UserError("I have no chart of that now. Please try again in a minute.")
    head = f"{scope(reading.coin, reading.exchange)} · {duration(reading.span_ms)}"
    return Reply(Message((f"Liquidations · {head}",), (coverage_note(reading),), picture=picture))
