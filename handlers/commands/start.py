"""``/start``: three taps to a working alert, or a deep link that carries one."""

from bot.errors import UserError
from bot.typed.rule_text import from_link_payload
from bot.wording.text import Message
from handlers.answers import welcome
from handlers.answers.pace import choose
from handlers.answers.rights import may_change, refusal
from handlers.answers.saving import proved, save_for
from handlers.answers.standing import awaken, quiet_line
from handlers.answers.trial import send_trial
from handlers.talk import Form, House, Reply, Request


class Start:
    """The first words, and every screen that follows them."""

    name = "start"
    summary = "Set up alerts here in three taps, or go on after /stop"
    usage = ""
    forms = (Form("", summary),)
    verbs = ("hello", "pace", "trial")

    async def answer(self, request: Request, house: House) -> Reply:
        """The screen that the tap or the link asks for."""
        if request.pressed and request.form == "pace":
            return await _pace(request, house)
        if request.pressed and request.form == "trial":
            return await _trial(request, house)
        if not request.pressed and await may_change(request):
            before = await awaken(request.destination, house)
            if reply := await _linked(request, house):
                return reply
            if before.state == "stopped":
                return Reply(await _greeting(request, house, back=True))
        return Reply(await _greeting(request, house), edit=request.pressed)


async def _greeting(request: Request, house: House, back: bool = False) -> Message:
    kept = len(await house.rulebook.of(request.destination)) if back else None
    if request.destination.direct:
        return welcome.first_screen(house, kept)
    return welcome.group_screen(house, kept)


async def _linked(request: Request, house: House) -> Reply | None:
    """The rule that a deep link carries; None for any other payload."""
    try:
        draft = from_link_payload(request.text)
    except UserError:
        return None
    return await save_for(request, draft, house)


async def _pace(request: Request, house: House) -> Reply:
    if refused := await refusal(request, house):
        return refused
    if request.text == "own":
        return Reply(welcome.own_number(), edit=True)
    if request.text == "none":
        return Reply(welcome.not_here(), edit=True)
    chosen = await choose(request.text, request.destination, request.author, house)
    value = house.desk.value(chosen.rule)
    if request.destination.direct:
        screen = welcome.set_screen(chosen, value)
        if request.elsewhere:
            screen = await proved(chosen.rule, screen, house)
        return Reply(screen, edit=True)
    return Reply(welcome.group_set(chosen, value), edit=True)


async def _trial(request: Request, house: House) -> Reply:
    if refused := await refusal(request, house):
        return refused
    quiet = await quiet_line(request.destination, house)
    if quiet is None:
        await send_trial(request.destination, request.author, house)
    return Reply(welcome.ready_screen(quiet), edit=True)
