"""``/liqs``: what was liquidated in a window, edited in place as one looks around."""

from bot.wording.reading import liqs_message
from handlers.answers.questions import COIN, EXCHANGE, SHARE, WINDOW, asked, beside, shared
from handlers.talk import Form, House, Reply, Request


class Liqs:
    """Figures of one coin or all, one exchange or all."""

    name = "liqs"
    summary = "What was liquidated: longs, shorts, coins, exchanges"
    usage = "[coin] [window]"
    forms = (Form("", summary, (COIN, WINDOW, EXCHANGE, SHARE)),)
    verbs = ("liqs",)

    async def answer(self, request: Request, house: House) -> Reply:
        """The reading asked for, with the other windows beside it."""
        question = asked(request, house)
        reading = house.desk.reading(question.coin, question.exchange, question.window)
        standing = house.history.standing(reading)
        message = liqs_message(reading, beside(question, house), standing)
        return Reply(message, edit=request.pressed, share=await shared(request, house))
