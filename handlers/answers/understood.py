"""A typed rule made whole: relative thresholds in dollars, floors by what is normal."""

from typing import NamedTuple

from msgspec.structs import replace

from bot.errors import UserError
from bot.history.known import Resolved
from bot.history.resolving import of_interest
from bot.market import USD
from bot.metrics import METRICS, Unit
from bot.rules import DEFAULT_FLOOR, WINDOWS
from bot.typed.relative import PLACEHOLDER, Kind, Relative, given_back, taken
from bot.typed.rule_text import Draft, draft_text, parse_rule
from bot.wording.numbers import round_money, together
from handlers.answers.questions import watched
from handlers.talk import House

STEPS = (1, 2, 5)
SMALLEST_OFFER = 100_000 * USD
OFFERS = 3


class Understood(NamedTuple):
    """``basis`` says what the draft's dollars stand for; empty where they were typed."""

    draft: Draft
    basis: str = ""


async def understood(text: str, house: House) -> Understood:
    """The rule that was typed. Raises ``UserError``.

    A relative threshold becomes dollars here, once, and the dollars are kept. A share whose floor
    was not typed gets five times a normal window, where that is known.
    """
    relative, plain = taken(text)
    if relative is None:
        draft = parse_rule(plain, house.desk.coins(), watched(house))
        return Understood(_floored(_followed(draft, house), house))
    try:
        draft = parse_rule(plain, house.desk.coins(), watched(house))
    except UserError as error:
        raise given_back(error, relative) from None
    try:
        found = await _resolved(draft, relative, house)
    except UserError as error:
        raise UserError(error.sentence, error.choices or _dollars(draft, plain, house)) from None
    return Understood(replace(draft, threshold=found.amount), found.basis)


def rungs(total: int) -> tuple[int, ...]:
    """The next round amounts clearly above what there is now."""
    floor = max(total * 3 // 2, SMALLEST_OFFER)
    ladder = (step * 10**exponent for exponent in range(12, 30) for step in STEPS)
    above = (amount for amount in ladder if amount >= floor)
    return tuple(next(above) for _ in range(OFFERS))


async def _resolved(draft: Draft, relative: Relative, house: House) -> Resolved:
    if relative.kind is not Kind.INTEREST:
        return await house.history.resolved(draft, relative)
    view = house.markets.view(draft.coin) if house.markets and draft.coin else None
    interest = view.oi_usd.value if view and view.oi_usd else None
    return of_interest(interest, draft, relative)


def _dollars(draft: Draft, plain: str, house: House) -> tuple[str, ...]:
    """The same rule with an amount in dollars, above what there is now."""
    now = house.desk.reading(draft.coin, draft.exchange, draft.window).total
    return (plain.replace(PLACEHOLDER, round_money(rungs(now)[1]).removeprefix("$")),)


def _followed(draft: Draft, house: House) -> Draft:
    """What is asked of a coin's market must be known of it, else it would wait for ever."""
    if not METRICS[draft.metric].told:
        return draft
    coins = tuple(house.markets.coins()) if house.markets else ()
    if not coins:
        raise UserError(f"I do not follow the market's structure here, so no {draft.metric}.")
    if draft.coin in coins:
        return draft
    choices = tuple(draft_text(replace(draft, coin=coin)) for coin in coins[:3])
    raise UserError(f"I know {draft.metric} of {together(coins)}, not of {draft.coin}.", choices)


def _floored(draft: Draft, house: House) -> Draft:
    if METRICS[draft.metric].unit is not Unit.SHARE or draft.floor != DEFAULT_FLOOR:
        return draft
    floor = house.history.floor(draft.coin, WINDOWS[draft.window], draft.exchange)
    return replace(draft, floor=floor)
