"""``/imbalance``: which side is hit, over all windows at once."""

from bot.wording.reading import imbalance_message
from handlers.answers.questions import COIN, SHARE, WINDOW, asked, beside, shared
from handlers.talk import Form, House, Reply, Request


class Imbalance:
    """Longs against shorts."""

    name = "imbalance"
    summary = "Which side is hit harder, and by how much"
    usage = "[coin] [window]"
    forms = (Form("", summary, (COIN, WINDOW, SHARE)),)
    verbs = ("imbalance",)

    async def answer(self, request: Request, house: House) -> Reply:
        """The imbalance asked for, with the other windows beside it."""
        question = asked(request, house)
        reading = house.desk.reading(question.coin, question.exchange, question.window)
        sides = house.history.sidedness(question.coin, reading.span_ms, question.exchange)
        message = imbalance_message(reading, beside(question, house), sides)
        return Reply(message, edit=request.pressed, share=await shared(request, house))
