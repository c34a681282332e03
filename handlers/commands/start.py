"""``/start``: three taps to a working alert, or a deep link that carries one."""

from bot.errors import UserError
from bot.ports import Ledger
from bot.typed.rule_text import Draft, from_link_payload
from bot.wording.text import Line
from handlers.answers import welcome
from handlers.answers.pace import Chosen, choose, expected, preset_called
from handlers.answers.rights import may_change, refusal
from handlers.answers.saving import rule_proved, save_awake
from handlers.answers.standing import awaken, quiet_line
from handlers.answers.trial import put_trial
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
        if request.pressed or not await may_change(request):
            return await _greeting(request, house)
        if (draft := _carried(request.text)) is not None:
            return await save_awake(request, draft, house)
        return await _awakened(request, house)


async def _awakened(request: Request, house: House) -> Reply:
    """The greeting, and writing again if it had been stopped or given up."""
    if (await house.chats.get(request.destination)).state == "active":
        return await _greeting(request, house)

    async def work(ledger: Ledger) -> int | None:
        """How many rules are on again; None where nothing was stopped."""
        before = await awaken(ledger, request.destination)
        kept = await ledger.rules(request.destination)
        return len(kept) if before.state == "stopped" else None

    return await _greeting(request, house, await house.keep(work, request))


async def _greeting(request: Request, house: House, kept: int | None = None) -> Reply:
    if request.destination.direct:
        return Reply(welcome.first_screen(house, kept), edit=request.pressed)
    return Reply(welcome.group_screen(house, kept), edit=request.pressed, anyone=True)


def _carried(payload: str) -> Draft | None:
    """The rule that a deep link carries; None for any other payload."""
    try:
        return from_link_payload(payload)
    except UserError:
        return None


async def _pace(request: Request, house: House) -> Reply:
    if refused := await refusal(request, house):
        return refused
    if request.text == "own":
        return Reply(welcome.own_number(), edit=True)
    if request.text == "none":
        return Reply(welcome.not_here(), edit=True)
    preset = preset_called(request.text, house)

    async def work(ledger: Ledger) -> Chosen:
        await awaken(ledger, request.destination)
        return await choose(ledger, preset, request.destination, request.author, house)

    chosen = await house.keep(work, request)
    value = house.desk.value(chosen.rule)
    often = await expected(preset, house)
    if request.destination.direct:
        screen = welcome.set_screen(chosen, value, often)
        if request.elsewhere:
            screen = await rule_proved(chosen.rule, screen, house)
        return Reply(screen, edit=True)
    return Reply(welcome.group_set(chosen, value, often), edit=True)


async def _trial(request: Request, house: House) -> Reply:
    if refused := await refusal(request, house):
        return refused

    async def work(ledger: Ledger) -> Line | None:
        """Why nothing would come, if so; else a test is on its way."""
        quiet = quiet_line(await ledger.chat(request.destination), house)
        if quiet is None:
            await put_trial(ledger, request.destination, request.author, house)
        return quiet

    return Reply(welcome.ready_screen(await house.keep(work, request)), edit=True)
