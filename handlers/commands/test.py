"""``/test``: a marked test alert, here, so that the whole way is proved."""

from bot.rules import Destination
from bot.wording.text import Message
from handlers.answers.rights import in_private, may_change, private_link, refusal
from handlers.answers.standing import found_again, quiet_line
from handlers.answers.trial import send_trial
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
        if private_link(request, house) or request.destination.platform not in house.notifiers:
            return await refusal(request, house) or Reply(None)
        return await _sent(in_private(request), request, house, BY_DM)


async def _sent(destination: Destination, request: Request, house: House, said: str) -> Reply:
    if destination == request.destination:
        await found_again(destination, house)
    if quiet := await quiet_line(destination, house):
        return Reply(Message(("No test sent. ", *quiet)))
    await send_trial(destination, request.author, house)
    return Reply(Message((f"{said}, marked TEST. Its numbers are invented.",)))
