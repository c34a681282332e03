"""``/unmute``: alerts here again, before the mute has run out."""

from msgspec.structs import replace

from bot.ports import Chat, Ledger
from bot.wording.text import Code, Message
from handlers.answers.rights import refusal
from handlers.answers.standing import here, is_muted
from handlers.talk import Form, House, Reply, Request


class Unmute:
    """The end of a pause."""

    name = "unmute"
    summary = "Alerts here again, before the mute has run out"
    usage = ""
    forms = (Form("", summary),)
    verbs = ("unmute",)

    async def answer(self, request: Request, house: House) -> Reply:
        """What holds from now on; a stop stays a stop."""
        if refused := await refusal(request, house):
            return refused

        async def work(ledger: Ledger) -> Chat:
            """As it was before."""
            before = await ledger.chat(request.destination)
            if before.muted_until_ms:
                await ledger.change(
                    request.destination, lambda chat: replace(chat, muted_until_ms=0)
                )
            return before

        chat = await house.keep(work, request)
        if chat.state == "stopped":
            return Reply(Message(("Still paused by /stop: ", Code("/start"), " goes on.")))
        where = here(request.destination)
        if is_muted(chat, house):
            return Reply(Message((f"Alerts come{where} again.",)))
        return Reply(Message((f"Nothing was muted{where}: alerts come.",)))
