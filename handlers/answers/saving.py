"""A rule on its way: stored, said in full, and proved where it is personal."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from bot.delivery.outcomes import Delivered, Gone, Outcome
from bot.errors import StoreError, UserError
from bot.history.known import Often
from bot.ports import Chat, Ledger
from bot.rules import Destination, Rule
from bot.typed.rule_text import Draft, draft_of, link_payload
from bot.wording.rules import saved_message
from bot.wording.text import Message
from handlers.answers.rights import in_private, may_change, private_link, refusal
from handlers.answers.screens import inside, with_line
from handlers.answers.standing import awaken, found_again, quiet_line, take_up
from handlers.talk import House, Reply, Request

log = structlog.get_logger()

PERSON_LIMIT = 50
PLACE_LIMIT = 200

PROOF_S = 10.0
"""How long the proof of a direct message may take, in real seconds."""

OFTEN_S = 3.0
"""How long history may be asked before the answer goes without it, in real seconds."""


async def add_rule(
    ledger: Ledger, draft: Draft, destination: Destination, author: int, house: House
) -> Rule:
    """The rule as stored. Raises ``UserError`` as ``Ledger.add``."""
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
    return await ledger.add(rule, PERSON_LIMIT if destination.direct else PLACE_LIMIT)


async def save_for(request: Request, draft: Draft, house: House, basis: str = "") -> Reply:
    """Save where the asker may: here, else for himself alone, else say how he could.

    ``basis`` says what the draft's dollars stand for: ``p99 of 92 days``.
    """
    notifier = house.notifiers.get(request.destination.platform)
    if await may_change(request):
        if request.elsewhere and notifier is not None:
            return await _save_privately(request, draft, house, basis)
        return await _save_here(request, draft, house, take_up, basis)
    if notifier is None or not request.author or private_link(request, house):
        denied = await refusal(request, house, link_payload(draft))
        return denied or Reply(None)
    return await _save_privately(request, draft, house, basis)


async def save_awake(request: Request, draft: Draft, house: House) -> Reply:
    """Save here and write here again, though it had been stopped; of who may change this place.

    The same alert a second time, or one too many, is a ``UserError``; awake it is all the same.
    """
    try:
        return await _save_here(request, draft, house, awaken)
    except UserError:
        await house.keep(lambda ledger: awaken(ledger, request.destination), request)
        raise


async def rule_proved(rule: Rule, message: Message, house: House) -> Message:
    """As ``proved``, for the person of a rule."""
    nonce = f"S{rule.id}-{rule.created_ms:x}"  # ids of deleted rules come again
    return await proved(rule.destination, message, house, nonce)


async def proved(destination: Destination, message: Message, house: House, nonce: str) -> Message:
    """Send the message to a person at once; the same with a line on how that ended.

    ``nonce`` is the same for no other message to him.
    """
    notifier = house.notifiers.get(destination.platform)
    if notifier is None:
        return message
    try:
        async with house.clock.timeout(PROOF_S):
            outcome = await notifier.deliver(destination, message, nonce)
    except TimeoutError:
        outcome = None
    if isinstance(outcome, Delivered):
        await _reached(destination, house)
    return with_line(message, (_ending(outcome),))


async def _reached(destination: Destination, house: House) -> None:
    """Arrived it has, whether or not that can be written down."""
    try:
        await found_again(destination, house)
    except StoreError as error:
        log.warning("a person could not be taken up again", reason=str(error))


async def _save_here(
    request: Request,
    draft: Draft,
    house: House,
    wake: Callable[[Ledger, Destination], Awaitable[Chat]],
    basis: str = "",
) -> Reply:
    async def work(ledger: Ledger) -> tuple[Rule, Chat]:
        rule = await add_rule(ledger, draft, request.destination, request.author, house)
        await wake(ledger, request.destination)
        return rule, await ledger.chat(request.destination)

    rule, chat = await house.keep(work, request)
    return Reply(await _said(rule, chat, house, basis), edit=request.pressed)


async def _save_privately(request: Request, draft: Draft, house: House, basis: str) -> Reply:
    destination = in_private(request)

    async def work(ledger: Ledger) -> tuple[Rule, Chat]:
        rule = await add_rule(ledger, draft, destination, request.author, house)
        return rule, await ledger.chat(destination)

    rule, chat = await house.keep(work, request)
    message = await rule_proved(rule, await _said(rule, chat, house, basis), house)
    return Reply(message, edit=request.pressed and request.private)


def _ending(outcome: Outcome | None) -> str:
    if isinstance(outcome, Delivered):
        return "Look, I have just sent you a DM."
    if isinstance(outcome, Gone):
        return "Saved, but I cannot DM you: allow DMs from this server (Server → Privacy)."
    return "Saved, but the DM to prove it has not arrived yet; /test tries again."


async def _said(rule: Rule, chat: Chat, house: House, basis: str) -> Message:
    """The rule as understood, and why it would not be heard now where that is so."""
    message = await set_message(rule, house, basis)
    quiet = quiet_line(chat, house)
    return with_line(message, quiet) if quiet else message


async def set_message(rule: Rule, house: House, basis: str = "") -> Message:
    """What was set, how far away it is, and how often it would have fired, as a screen."""
    often = await how_often(draft_of(rule), house)
    return inside(saved_message(rule, house.desk.value(rule), often, basis))


async def how_often(draft: Draft, house: House) -> Often | None:
    """How often a rule would have fired, if history can tell before the answer must go."""
    with suppress(TimeoutError):
        async with house.clock.timeout(OFTEN_S):
            return await house.history.often(draft)
    return None
