"""``/test``: a marked test alert, here, so that the whole way is proved."""

from bot.ports import Ledger
from bot.rules import Destination
from bot.wording.text import Line, Message
from handlers.answers.rights import in_private, may_change, private_link, refusal
from handlers.answers.standing import quiet_line, take_up
from handlers.answers.trial import put_trial
from handlers.talk import Form, House, Reply, Request

BY_DM = "A test alert comes to you by DM"


class Test:
    """An alert about nothing."""

    name = "test"
    summary = "A marked test alert, here"
    usage = ""
    forms = (Form("", summary),)
    verbs = ("test",)

    async def answer(self, request: Request, house: House) -> Reply:
        """What comes next, or why nothing would."""
        if await may_change(request):
            said = BY_DM if request.elsewhere else "A test alert is on its way"
            return await _sent(request.destination, request, house, said)
        notified = request.author and request.destination.platform in house.notifiers
        if private_link(request, house) or not notified:
            return await refusal(request, house) or Reply(None)
        return await _sent(in_private(request), request, house, BY_DM)


async def _sent(destination: Destination, request: Request, house: House, said: str) -> Reply:
    async def work(ledger: Ledger) -> Line | None:
        """Why nothing would come, if so; else a test is on its way."""
        if destination == request.destination:
            await take_up(ledger, destination)
        quiet = quiet_line(await ledger.chat(destination), house)
        if quiet is None:
            await put_trial(ledger, destination, request.author, house)
        return quiet

    if quiet := await house.keep(work, request):
        return Reply(Message(("No test sent. ", *quiet)))
    return Reply(Message((f"{said}, marked TEST. Its numbers are invented.",)))
