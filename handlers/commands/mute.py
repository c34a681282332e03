"""``/mute``: nothing here for a while, or nothing more of one flush; it is not sent later."""

from msgspec.structs import replace

from bot.typed.amounts import parse_span
from bot.wording.text import Code, Line, Message, Paragraph
from handlers.answers.flushes import FLUSH, called
from handlers.answers.questions import filled
from handlers.answers.rights import refusal
from handlers.answers.standing import here, of_oneself, until
from handlers.talk import Form, House, Option, Reply, Request

DEFAULT = "1h"
HUSH = "hush"


class Mute:
    """A pause with an end."""

    name = "mute"
    summary = "No alerts here for a while, or nothing more of one flush"
    usage = "[2h|F311]"
    forms = (Form("", summary, (Option("span", "30m, 2h or 1d; or a flush: F311", "text"),)),)
    verbs = ("mute", HUSH)

    async def answer(self, request: Request, house: House) -> Reply:
        """Until when nothing comes; a second mute replaces the first."""
        typed = request.text or filled(request, "span") or DEFAULT
        if request.form == HUSH or FLUSH.fullmatch(typed):
            return await _hushed(typed, request, house)
        span_ms = parse_span(typed)
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


async def _hushed(typed: str, request: Request, house: House) -> Reply:
    """Nothing more of one flush here. Raises ``UserError`` for one that is not known."""
    if refused := await refusal(request, house):
        return refused
    flush = await called(typed, house)
    await house.keep(lambda ledger: ledger.hush(request.destination, flush.id), request)
    said = f"Nothing more of {flush.short_id} here."
    return Reply(None, toast=said) if request.pressed else Reply(Message((said,)))
