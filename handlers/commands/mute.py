"""``/mute``: no alerts here for a while; what fires meanwhile is not sent later."""

from msgspec.structs import replace

from bot.typed.amounts import parse_span
from bot.wording.text import Code, Line, Message, Paragraph
from handlers.answers.questions import filled
from handlers.answers.rights import refusal
from handlers.answers.standing import here, of_oneself, until
from handlers.talk import Form, House, Option, Reply, Request

DEFAULT = "1h"


class Mute:
    """A pause with an end."""

    name = "mute"
    summary = "No alerts here for a while: 1h, or as long as you say"
    usage = "[2h]"
    forms = (Form("", summary, (Option("span", "How long, such as 30m, 2h or 1d", "text"),)),)
    verbs = ("mute",)

    async def answer(self, request: Request, house: House) -> Reply:
        """Until when nothing comes; a second mute replaces the first."""
        span_ms = parse_span(request.text or filled(request, "span") or DEFAULT)
        if refused := await refusal(request, house):
            return refused
        end_ms = house.clock.now_ms() + span_ms
        muted = await house.keep(
            lambda ledger: ledger.change(
                request.destination, lambda chat: replace(chat, muted_until_ms=end_ms)
            ),
            request,
        )
        end: Line = (Code("/unmute"), " ends it sooner. Your alerts are kept.")
        lines = (end, *of_oneself(request))
        head = (f"Muted{here(request.destination)} until ", until(muted), ".")
        return Reply(Message(head, (Paragraph(lines),)))
