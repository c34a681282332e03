"""``/flushes``: the last flushes, one line and one button each."""

from bot.typed.words import ALL
from bot.wording.flush_case import flushes_message
from handlers.answers.flushes import coin_of, last
from handlers.answers.questions import COIN, SHARE, filled, looked_up, shared
from handlers.talk import Form, House, Reply, Request

MOST = 10


class Flushes:
    """What has happened, latest first."""

    name = "flushes"
    summary = "The last flushes, of all coins or of one"
    usage = "[market|coin]"
    forms = (Form("", summary, (COIN, SHARE)),)
    verbs = ("flushes",)

    async def answer(self, request: Request, house: House) -> Reply:
        """The list of every scope, of one coin, or of the whole market alone."""
        typed = request.text or filled(request, "coin")
        coin = coin_of(typed, house)
        scope = coin if coin or typed.lower() in ALL else ""
        with looked_up():
            message = flushes_message(await last(MOST, scope, house), coin)
            return Reply(message, edit=request.pressed, share=await shared(request, house))
