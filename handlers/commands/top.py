"""``/top``: the coins and exchanges that lead a window."""

from bot.wording.reading import top_message
from handlers.answers.questions import SHARE, WINDOW, asked, shared
from handlers.talk import Form, House, Reply, Request


class Top:
    """Who leads, by what was liquidated."""

    name = "top"
    summary = "The coins and exchanges with the most liquidations"
    usage = "[window]"
    forms = (Form("", summary, (WINDOW, SHARE)),)
    verbs = ("top",)

    async def answer(self, request: Request, house: House) -> Reply:
        """The leaders of one window."""
        question = asked(request, house)
        reading = house.desk.reading(question.coin, question.exchange, question.window)
        return Reply(top_message(reading), edit=request.pressed, share=await shared(request, house))
