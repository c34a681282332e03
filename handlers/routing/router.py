"""Brings a question to its command and a mistake back as a sentence."""

import structlog

from bot.errors import StoreError, UserError
from bot.typed.rule_text import parse_question, parse_rule
from bot.wording.text import Code, Message
from handlers.answers.questions import watched
from handlers.commands import COMMANDS, VERBS
from handlers.routing.flood import Verdict
from handlers.routing.ownership import foreign, owned, without_owner
from handlers.routing.repairs import RUN, repaired
from handlers.routing.typed import parse_typed, readable
from handlers.talk import Command, House, Reply, Request

__all__ = ["answer", "overheard", "parse_typed", "press"]

log = structlog.get_logger()

TOO_FAST = "That was a lot at once. Give me half a minute."
EXPIRED = "This button has expired; /liqs makes a new one."
UNSAVED = "⚠️ I could not save that: nothing has changed. Please try again in a minute."
FOREIGN = "This button belongs to someone else."


async def answer(name: str, request: Request, house: House) -> Reply:
    """The reply to one command as typed or filled in.

    A group is not told about commands that are not ours: ``Reply(None)``.
    """
    return _too_fast(request, house) or await _answered(name.lower(), request, house)


async def press(action: str, request: Request, house: House) -> Reply:
    """The reply to a button: ``verb|argument|...``, perhaps with its owner at the end."""
    if refused := _too_fast(request, house, pressed=True):
        return refused
    if foreign(action, request.author):
        return Reply(None, toast=FOREIGN)
    verb, *arguments = without_owner(action).split("|")
    if verb == RUN and len(arguments) == 2 and arguments[0] in COMMANDS:
        return await _asked(COMMANDS[arguments[0]], _pressing(request, "", arguments[1:]), house)
    if (command := VERBS.get(verb)) is None:
        return Reply(None, toast=EXPIRED)
    return await _asked(command, _pressing(request, verb, arguments), house)


async def overheard(request: Request, house: House) -> Reply:
    """The reply to words without a command: in private a rule or a question, elsewhere nothing."""
    if not request.private:
        return Reply(None)
    if refused := _too_fast(request, house):
        return refused
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


async def _asked(command: Command, request: Request, house: House) -> Reply:
    try:
        _read(request)
        reply = await command.answer(request, house)
    except UserError as mistake:
        reply = _mistaken(command, request, mistake)
    except StoreError as error:
        log.error("a command could not be kept", command=command.name, reason=str(error))
        reply = Reply(None, toast=UNSAVED) if request.pressed else Reply(Message((UNSAVED,)))
    return _finished(reply, request)


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
    return Reply(Message((mistake.sentence,), buttons=(buttons,) if buttons else ()))


def _finished(reply: Reply, request: Request) -> Reply:
    """In company, buttons belong to who asked."""
    return reply if request.private else owned(reply, request.author)


def _pressing(request: Request, verb: str, arguments: list[str]) -> Request:
    return Request(
        request.destination,
        request.author,
        " ".join(arguments),
        form=verb,
        private=request.private,
        pressed=True,
        elsewhere=request.elsewhere,
        may_manage=request.may_manage,
    )


def _too_fast(request: Request, house: House, pressed: bool = False) -> Reply | None:
    """None in time; a refusal is a sentence once a minute. Who has no name counts as his place."""
    if request.alone:
        return None
    who = request.author or request.destination.chat
    verdict = house.flood.judge(request.destination.platform, who)
    if verdict is Verdict.ADMITTED:
        return None
    if pressed or verdict is Verdict.SILENCE:
        return Reply(None, toast=TOO_FAST)
    return Reply(Message((TOO_FAST,)))
