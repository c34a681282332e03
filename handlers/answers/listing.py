"""The alerts of a place as screens: the list, one alert, and what can be done with it."""

from collections.abc import Awaitable, Callable
from functools import partial

from msgspec.structs import replace

from bot.errors import UserError
from bot.ports import Ledger
from bot.rules import Rule
from bot.typed.rule_text import draft_of, draft_text
from bot.wording.rules import deleted_message, rule_message, rules_message
from bot.wording.text import Button
from handlers.answers.follow_screens import followed_line
from handlers.answers.rights import in_private, private_link, refusal
from handlers.answers.saving import add_rule, set_message
from handlers.answers.screens import inside, with_line
from handlers.answers.standing import quiet_line
from handlers.answers.understood import understood
from handlers.routing.repairs import RUN
from handlers.talk import House, Reply, Request

LONGEST_NUMBER = 18
"""Digits of a rule's number; more would not be one of ours."""


async def listing(request: Request, house: House, page: int = 1) -> Reply:
    """The place's rules, nearest to firing first, with what each reads now, and whether any of
    them would be sent."""
    rules = await house.rulebook.of(request.destination)
    if not request.destination.direct and not private_link(request, house):
        rules += await house.rulebook.of(in_private(request))
    entries = [(rule, house.desk.value(rule)) for rule in rules]
    message = inside(rules_message(entries, page))
    if follows := await house.flushes.book.following(request.destination):
        message = with_line(message, followed_line(follows))
    quiet = quiet_line(await house.chats.get(request.destination), house)
    return Reply(with_line(message, quiet) if quiet else message, edit=request.pressed)


async def show(number: str, request: Request, house: House) -> Reply:
    """One rule with its buttons."""
    rule, refused = await _found(number, request, house)
    return refused or _screen(rule, request, house)


async def pause(number: str, request: Request, house: House) -> Reply:
    """The rule, silent from now on."""
    return await _changed(number, request, house, partial(_paused, True), _screen)


async def resume(number: str, request: Request, house: House) -> Reply:
    """The rule, watching again."""
    return await _changed(number, request, house, partial(_paused, False), _screen)


async def delete(number: str, request: Request, house: House) -> Reply:
    """The rule gone, with a button that makes it anew."""
    return await _changed(number, request, house, _removed, _farewell)


async def swap(number: str, text: str, request: Request, house: House) -> Reply:
    """Another rule in the place of this one, said as if it had just been set."""
    draft = (await understood(text, house)).draft
    judged, refused = await _found(number, request, house)
    if refused:
        return refused

    async def work(ledger: Ledger) -> Rule:
        rule = await _still(ledger, judged)
        await ledger.remove(rule.id)
        return await add_rule(ledger, draft, rule.destination, rule.author, house)

    rule = await house.keep(work, request)
    return Reply(await set_message(rule, house), edit=request.pressed)


async def _paused(wanted: bool, ledger: Ledger, rule: Rule) -> Rule | None:
    """A rule that is as wanted already goes on where it is: a change would begin it anew."""
    return rule if rule.paused == wanted else await ledger.pause(rule.id, wanted)


async def _removed(ledger: Ledger, rule: Rule) -> Rule | None:
    return await ledger.remove(rule.id)


def _screen(rule: Rule, request: Request, house: House) -> Reply:
    message = rule_message(rule, house.desk.value(rule))
    return Reply(inside(message), edit=request.pressed)


def _farewell(removed: Rule, request: Request, house: House) -> Reply:
    undo = Button("Undo", f"{RUN}|alert|{draft_text(draft_of(removed))}")
    row = (undo, Button("All alerts", "alerts|1"))
    message = replace(deleted_message(removed), buttons=(row,))
    return Reply(inside(message), edit=request.pressed)


async def _changed(
    number: str,
    request: Request,
    house: House,
    change: Callable[[Ledger, Rule], Awaitable[Rule | None]],
    say: Callable[[Rule, Request, House], Reply],
) -> Reply:
    judged, refused = await _found(number, request, house)
    if refused:
        return refused

    async def work(ledger: Ledger) -> Rule:
        rule = await _still(ledger, judged)
        return await change(ledger, rule) or rule

    return say(await house.keep(work, request), request, house)


async def _still(ledger: Ledger, judged: Rule) -> Rule:
    """The rule is still where the asker's rights were judged, or it is not his to change."""
    rule = await ledger.rule(judged.id)
    if rule is None or rule.destination != judged.destination:
        raise _lost()
    return rule


async def _found(number: str, request: Request, house: House) -> tuple[Rule, Reply | None]:
    """The rule, and a refusal unless it is the asker's own or he may change this place.

    Raises ``UserError`` for a rule of another place: that it exists is nobody's business.
    """
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER):
        raise _lost()
    rule = await house.rulebook.get(int(number))
    if rule is None or rule.destination not in (request.destination, in_private(request)):
        raise _lost()
    own = rule.destination == in_private(request)
    return rule, None if own else await refusal(request, house)


def _lost() -> UserError:
    return UserError("I find no such alert here any more; /alerts shows them.")
