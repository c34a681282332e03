"""Brings a question to its command and a mistake back as a sentence."""

import structlog

from bot.errors import HandledBeforeError, StoreError, UserError
from bot.ports import Press
from bot.typed.rule_text import parse_question, parse_rule
from bot.wording.text import Code, Message
from handlers.answers.questions import UNFOUND, watched
from handlers.commands import COMMANDS, VERBS
from handlers.routing.allowed import turned_away
from handlers.routing.flood import Verdict
from handlers.routing.pressing import ANYONE, parsed
from handlers.routing.repairs import RUN, repaired, repeated
from handlers.routing.typed import parse_typed, readable
from handlers.talk import Command, House, Reply, Request

__all__ = ["act", "acted", "answer", "overheard", "parse_typed", "press", "refused", "unlocked"]

log = structlog.get_logger()

TOO_FAST = "That was a lot at once. Give me half a minute."
EXPIRED = "This button has expired; /liqs makes a new one."
UNSAVED = "⚠️ I could not save that: nothing has changed. Please try again in a minute."
FOREIGN = "This button belongs to someone else."
DONE = "That is done: I was interrupted before I could say so. /alerts shows what is set."


async def answer(name: str, request: Request, house: House) -> Reply:
    """The reply to one command as typed or filled in.

    A group is not told about commands that are not ours: ``Reply(None)``.
    """
    if refusal := refused(request, house):
        return refusal
    _written(request, house)
    return await _answered(name.lower(), request, house)


async def press(data: str, request: Request, house: House) -> Reply:
    """The reply to a button by what it shows; see ``unlocked``."""
    found = await unlocked(data, request, house)
    return found if isinstance(found, Reply) else await acted(found, request, house)


async def unlocked(data: str, request: Request, house: House) -> str | Reply:
    """The action behind what a button shows (``pressing``), or the reply to who may not press it.

    ``request`` names the presser, and by ``place`` and ``message`` what he pressed. A toast alone,
    and no effect, for a button that is forged, too old, another message's or another person's.
    """
    if refusal := refused(request, house, pressed=True):
        return refusal
    if (pressed := parsed(data)) is None:
        return Reply(None, toast=EXPIRED)
    try:
        found = await house.keyboards.find(pressed.token, _press(request), house.clock.now_ms())
    except StoreError as error:
        log.error("a button could not be looked up", reason=str(error))
        return Reply(None, toast=UNFOUND)
    if found is None:
        return Reply(None, toast=EXPIRED)
    if found.person not in (ANYONE, request.author):
        return Reply(None, toast=FOREIGN)
    if pressed.index >= len(found.actions):
        return Reply(None, toast=EXPIRED)
    return found.actions[pressed.index]


def _press(request: Request) -> Press:
    return Press(
        request.destination.platform,
        request.place,
        request.message,
        request.author,
        request.shown,
    )


async def act(action: str, request: Request, house: House) -> Reply:
    """The reply to ``verb|argument|...`` itself, where nobody could forge a button."""
    return refused(request, house, pressed=True) or await acted(action, request, house)


async def overheard(request: Request, house: House) -> Reply:
    """The reply to words without a command: in private a rule or a question, elsewhere nothing."""
    if not request.private:
        return Reply(None)
    if refusal := refused(request, house):
        return refusal
    _written(request, house)
    name = _meant(request, house)
    if name is not None:
        return await _asked(COMMANDS[name], request, house)
    return Reply(Message(("I read commands: ", Code("/help"), " lists them.")))


async def _answered(name: str, request: Request, house: House) -> Reply:
    if (command := COMMANDS.get(name)) is not None:
        return await _asked(command, request, house)
    if not request.private:
        return Reply(None)
    return Reply(Message(("I do not know that command. ", Code("/help"), " lists mine.")))


async def acted(action: str, request: Request, house: House) -> Reply:
    """The reply to an action whose presser was judged before."""
    reply = await _acted(action, request, house)
    if reply.message is not None and not reply.edit:
        _written(request, house)
    return reply


def _written(request: Request, house: House) -> None:
    """There is something below what stood last in a place: a story goes on below it."""
    if not request.elsewhere:
        house.spoke(request.destination)


async def _acted(action: str, request: Request, house: House) -> Reply:
    verb, *arguments = action.split("|")
    request.pressed = True
    if verb == RUN and len(arguments) == 2 and arguments[0] in COMMANDS:
        request.form, request.text = "", arguments[1]
        return await _asked(COMMANDS[arguments[0]], request, house)
    if (command := VERBS.get(verb)) is None:
        return Reply(None, toast=EXPIRED)
    request.form, request.text = verb, " ".join(arguments)
    return await _asked(command, request, house)


async def _asked(command: Command, request: Request, house: House) -> Reply:
    try:
        _read(request)
        return await command.answer(request, house)
    except UserError as mistake:
        return _mistaken(command, request, mistake)
    except HandledBeforeError:
        return _said(DONE, request)
    except StoreError as error:
        log.error("a command could not be kept", command=command.name, reason=str(error))
        return _said(UNSAVED, request)


def _said(sentence: str, request: Request) -> Reply:
    return Reply(None, toast=sentence) if request.pressed else Reply(Message((sentence,)))


def _meant(request: Request, house: House) -> str | None:
    """The command that bare words would make sense to: a rule has an amount, a question none."""
    coins, exchanges = house.desk.coins(), watched(house)
    for name, parse in (("alert", parse_rule), ("liqs", parse_question)):
        try:
            parse(readable(request.text), coins, exchanges)
        except UserError:
            continue
        return name
    return None


def _read(request: Request) -> None:
    request.text = readable(request.text)
    request.options = {name: readable(value) for name, value in request.options.items()}


def _mistaken(command: Command, request: Request, mistake: UserError) -> Reply:
    if request.pressed:
        return Reply(None, toast=mistake.sentence[:200])
    buttons = repaired(command.name, request, mistake)
    return Reply(Message(repeated(mistake.sentence), buttons=(buttons,) if buttons else ()))


def refused(request: Request, house: House, pressed: bool = False) -> Reply | None:
    """None for who may ask and asks in time; who may not leaves no trace in the counting."""
    return turned_away(request, house, pressed) or _too_fast(request, house, pressed)


def _too_fast(request: Request, house: House, pressed: bool) -> Reply | None:
    """None in time; a refusal is a sentence once a minute."""
    if request.alone:
        return None
    place = request.destination
    group = 0 if place.direct else place.chat
    verdict = house.flood.judge(place.platform, request.author, group, request.mark)
    if verdict is Verdict.ADMITTED:
        return None
    if pressed or verdict is Verdict.SILENCE:
        return Reply(None, toast=TOO_FAST)
    return Reply(Message((TOO_FAST,)))
