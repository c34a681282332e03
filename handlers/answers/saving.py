"""A rule on its way: stored, told to the engine, said in full, and proved where it is personal."""

from bot.delivery.outcomes import Delivered, Gone, Outcome
from bot.events import RuleSaved
from bot.rules import Destination, Rule, RuleState
from bot.typed.rule_text import Draft, link_payload
from bot.wording.rules import saved_message
from bot.wording.text import Message
from handlers.answers.rights import in_private, may_change, private_link, refusal
from handlers.answers.screens import inside, with_line
from handlers.answers.standing import found_again, quiet_line
from handlers.talk import House, Reply, Request

PERSON_LIMIT = 50
PLACE_LIMIT = 200

PROOF_S = 10.0
"""How long the proof of a direct message may take, in real seconds."""


async def store(draft: Draft, destination: Destination, author: int, house: House) -> Rule:
    """The rule as stored; the engine knows it too. Raises ``UserError`` as ``Rulebook.add``."""
    rule = Rule(
        0,
        destination,
        author,
        draft.coin,
        draft.exchange,
        draft.window,
        draft.metric,
        draft.threshold,
        draft.floor,
        created_ms=house.clock.now_ms(),
    )
    stored = await house.rulebook.add(rule, PERSON_LIMIT if destination.direct else PLACE_LIMIT)
    await house.tell(RuleSaved(stored, RuleState(stored.id)))
    return stored


async def save_for(request: Request, draft: Draft, house: House) -> Reply:
    """Save where the asker may: here, else for himself alone, else say how he could."""
    notifier = house.notifiers.get(request.destination.platform)
    if await may_change(request):
        if request.elsewhere and notifier is not None:
            return await _save_privately(request, draft, house)
        rule = await store(draft, request.destination, request.author, house)
        await found_again(request.destination, house)
        return Reply(await _said(rule, house), edit=request.pressed)
    if notifier is None or private_link(request, house):
        denied = await refusal(request, house, link_payload(draft))
        return denied or Reply(None)
    return await _save_privately(request, draft, house)


async def proved(rule: Rule, message: Message, house: House) -> Message:
    """Send the message to the rule's person at once; the same with a line on how that ended."""
    notifier = house.notifiers.get(rule.destination.platform)
    if notifier is None:
        return message
    try:
        async with house.clock.timeout(PROOF_S):
            outcome = await notifier.deliver(rule.destination, message, f"S{rule.id}")
    except TimeoutError:
        outcome = None
    if isinstance(outcome, Delivered):
        await found_again(rule.destination, house)
    return with_line(message, (_ending(outcome),))


async def _save_privately(request: Request, draft: Draft, house: House) -> Reply:
    rule = await store(draft, in_private(request), request.author, house)
    message = await proved(rule, await _said(rule, house), house)
    return Reply(message, edit=request.pressed and request.private)


def _ending(outcome: Outcome | None) -> str:
    if isinstance(outcome, Delivered):
        return "Look, I have just sent you a DM."
    if isinstance(outcome, Gone):
        return "Saved, but I cannot DM you: allow DMs from this server (Server → Privacy)."
    return "Saved, but the DM to prove it has not arrived yet; /test tries again."


async def _said(rule: Rule, house: House) -> Message:
    """The rule as understood, and why it would not be heard now where that is so."""
    message = inside(saved_message(rule, house.desk.value(rule)))
    quiet = await quiet_line(rule.destination, house)
    return with_line(message, quiet) if quiet else message
