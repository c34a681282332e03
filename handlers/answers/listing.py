"""The alerts of a place as screens: the list, one alert, and what can be done with it."""

from collections.abc import Awaitable, Callable

from msgspec.structs import replace

from bot.errors import UserError
from bot.events import RuleRemoved, RuleSaved
from bot.rules import Rule, RuleState
from bot.typed.rule_text import draft_of, draft_text
from bot.wording.rules import deleted_message, rule_message, rules_message
from bot.wording.text import Button
from handlers.answers.rights import in_private, private_link, refusal
from handlers.answers.screens import inside
from handlers.routing.ownership import fits
from handlers.routing.repairs import RUN
from handlers.talk import House, Reply, Request

LONGEST_NUMBER = 18
"""Digits of a rule's number; more would not be one of ours."""


async def listing(request: Request, house: House, page: int = 1) -> Reply:
    """The place's rules, nearest to firing first, with what each reads now."""
    rules = await house.rulebook.of(request.destination)
    if not request.destination.direct and not private_link(request, house):
        rules += await house.rulebook.of(in_private(request))
    entries = [(rule, house.desk.value(rule)) for rule in rules]
    return Reply(inside(rules_message(entries, page)), edit=request.pressed)


async def show(number: str, request: Request, house: House) -> Reply:
    """One rule with its buttons."""
    return await _changed(number, request, house, lambda rule: _same(rule))


async def pause(number: str, request: Request, house: House) -> Reply:
    """The rule, silent from now on."""
    return await _changed(number, request, house, lambda rule: _paused(rule, True, house))


async def resume(number: str, request: Request, house: House) -> Reply:
    """The rule, watching again."""
    return await _changed(number, request, house, lambda rule: _paused(rule, False, house))


async def delete(number: str, request: Request, house: House) -> Reply:
    """The rule gone, with a button that makes it anew."""
    rule, refused = await _found(number, request, house)
    if refused:
        return refused
    removed = await house.rulebook.remove(rule.id)
    if removed is None:
        raise _lost()
    await house.tell(RuleRemoved(removed.id))
    undo = Button("Undo", f"{RUN}|alert|{draft_text(draft_of(removed))}")
    buttons = (undo,) if fits(undo.action) else ()
    row = (*buttons, Button("All alerts", "alerts|1"))
    message = replace(deleted_message(removed), buttons=(row,))
    return Reply(message, edit=request.pressed)


async def _changed(
    number: str,
    request: Request,
    house: House,
    change: Callable[[Rule], Awaitable[Rule | None]],
) -> Reply:
    rule, refused = await _found(number, request, house)
    if refused:
        return refused
    changed = await change(rule)
    if changed is None:
        raise _lost()
    message = rule_message(changed, house.desk.value(changed))
    return Reply(inside(message), edit=request.pressed)


async def _same(rule: Rule) -> Rule:
    return rule


async def _paused(rule: Rule, paused: bool, house: House) -> Rule | None:
    """Storage first, then the engine."""
    changed = await house.rulebook.pause(rule.id, paused)
    if changed is not None:
        await house.tell(RuleSaved(changed, RuleState(changed.id)))
    return changed


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
