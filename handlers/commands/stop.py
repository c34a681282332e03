"""``/stop``: nothing is sent here until ``/start``; the alerts are kept."""

from msgspec.structs import replace

from bot.ports import Ledger
from bot.wording.text import Code, Message, Paragraph
from handlers.answers.rights import refusal
from handlers.answers.standing import of_oneself
from handlers.talk import Form, House, Reply, Request


class Stop:
    """A pause without an end."""

    name = "stop"
    summary = "Send nothing here until /start; alerts are kept"
    usage = ""
    forms = (Form("", summary),)
    verbs = ()

    async def answer(self, request: Request, house: House) -> Reply:
        """The pause, confirmed when it is stored."""
        if refused := await refusal(request, house):
            return refused
        at = request.destination

        async def work(ledger: Ledger) -> bool:
            """Whether flushes are followed here."""
            await ledger.change(at, lambda chat: replace(chat, state="stopped", reason=""))
            return bool(await ledger.follows(at))

        followed = await house.keep(work, request)
        kept = "Your alerts and what you follow are kept" if followed else "Your alerts are kept"
        said = ("Paused. Nothing will come until ", Code("/start"), f". {kept}.")
        own = of_oneself(request)
        return Reply(Message(said, (Paragraph(own),) if own else ()))
