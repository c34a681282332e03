"""``/history``: the largest hours and days, what is normal, and how long and well was watched."""

from bot.errors import UserError
from bot.typed.rule_text import DEFAULT_WINDOW
from bot.wording.history import history_message
from handlers.answers.questions import COIN, SHARE, asked, shared
from handlers.talk import Form, House, Reply, Request


class History:
    """What was heard here, and what was imported, each by itself."""

    name = "history"
    summary = "The largest hours and days, and what is normal"
    usage = "[coin]"
    forms = (Form("", summary, (COIN, SHARE)),)
    verbs = ("history",)

    async def answer(self, request: Request, house: House) -> Reply:
        """The past of one coin, or of all together."""
        question = asked(request, house)
        if question.exchange is not None or question.window != DEFAULT_WINDOW:
            coin = question.coin or "all"
            raise UserError("I tell the past of a coin over all exchanges: /history BTC.", (coin,))
        chapters = await house.history.chapters(question.coin)
        message = history_message(question.coin, chapters)
        return Reply(message, edit=request.pressed, share=await shared(request, house))
