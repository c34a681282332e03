"""Short ways to ask, press and read in the tests of the commands."""

from bot.ports import Mark
from bot.rules import Destination
from bot.wording.text import Button, Details, Line, Message, Note, Paragraph, Table, plain
from handlers.routing.pressing import armed, presser
from handlers.routing.router import act, answer, overheard, press
from handlers.talk import Reply, Request
from tests.fakes import Furnished

ANNA = 4711
BORIS = 4712
PRIVATE = Destination("telegram", ANNA, direct=True)
GROUP = Destination("telegram", -100123, 7)
SERVER = Destination("discord", 900_000_000_000_000_001)


def a_request(
    text: str = "",
    at: Destination = PRIVATE,
    by: int = ANNA,
    *,
    admin: bool = False,
    form: str = "",
    options: dict[str, str] | None = None,
    elsewhere: bool = False,
    message: int = 0,
    mark: Mark | None = None,
) -> Request:
    """Anna, in private unless said otherwise; in groups an admin only when said so."""

    async def may_manage() -> bool:
        return admin or at.direct

    return Request(
        at,
        by,
        text,
        form=form,
        options=options,
        private=at.direct,
        elsewhere=elsewhere,
        place=at.chat,
        message=message,
        mark=mark,
        may_manage=may_manage,
    )


async def ask(
    typed: str,
    here: Furnished,
    at: Destination = PRIVATE,
    by: int = ANNA,
    *,
    admin: bool = False,
    form: str = "",
    options: dict[str, str] | None = None,
) -> Reply:
    """``/alert 50m`` as a platform would hand it over."""
    name, _, text = typed.removeprefix("/").partition(" ")
    request = a_request(text, at, by, admin=admin, form=form, options=options)
    return await answer(name, request, here.house)


async def push(
    action: str, here: Furnished, at: Destination = PRIVATE, by: int = ANNA, *, admin: bool = False
) -> Reply:
    """What a press of a button does, once it was found."""
    return await act(action, a_request("", at, by, admin=admin), here.house)


async def show(
    reply: Reply,
    here: Furnished,
    at: Destination = PRIVATE,
    by: int = ANNA,
    *,
    place: int | None = None,
) -> list[str]:
    """What the buttons of a reply carry once a platform has shown it."""
    assert reply.message is not None
    person = presser(reply, a_request(at=at, by=by))
    where = at.chat if place is None else place
    armed_message = await armed(
        reply.message, at.platform, where, person, here.keyboards, here.clock.now_ms()
    )
    return actions(Reply(armed_message))


async def tap(
    data: str,
    here: Furnished,
    at: Destination = PRIVATE,
    by: int = ANNA,
    *,
    admin: bool = False,
    message: int = 1,
) -> Reply:
    """A press as a platform hands it over: what the button carries, and where it was shown."""
    return await press(data, a_request("", at, by, admin=admin, message=message), here.house)


async def say(text: str, here: Furnished, at: Destination = PRIVATE) -> Reply:
    """Words without a command."""
    return await overheard(a_request(text, at), here.house)


def words(reply: Reply) -> str:
    """All that a person reads, buttons aside."""
    if reply.message is None:
        return reply.toast
    message: Message = reply.message
    lines: list[str] = [plain(message.head)]
    for block in message.blocks:
        match block:
            case Paragraph(lines=told) | Details(lines=told):
                lines += [_read(line) for line in told]
            case Table(rows=rows):
                lines += ["  ".join(row) for row in rows]
            case Note(line=line):
                lines.append(_read(line))
    return "\n".join(lines)


def buttons(reply: Reply) -> list[Button]:
    rows = reply.message.buttons if reply.message else ()
    return [button for row in rows for button in row]


def actions(reply: Reply) -> list[str]:
    return [button.action for button in buttons(reply)]


def labelled(reply: Reply, label: str) -> Button:
    """The button of this label."""
    return next(button for button in buttons(reply) if button.label == label)


def _read(line: Line) -> str:
    return plain(line)
