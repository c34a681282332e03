"""How often a place wants to be written to: one preset at a time, as one rule."""

import msgspec

from bot.errors import UserError
from bot.history.known import LEAST_DAYS, Often
from bot.history.often import FREQUENCIES
from bot.ports import Ledger
from bot.presets import Preset, expectation, presets
from bot.rules import Destination, Rule
from bot.story.follow import Follow
from bot.typed.rule_text import draft_of
from handlers.answers.following import follow_by_default
from handlers.answers.saving import add_rule, how_often
from handlers.talk import House


class Chosen(msgspec.Struct, frozen=True):
    """The rule that a preset stands for here, and the rules of other presets it replaced.

    ``follow``: the market-wide flushes that come along; None where these are not followed.
    """

    preset: Preset
    rule: Rule
    replaced: tuple[Rule, ...]
    follow: Follow | None = None


def heard(house: House) -> tuple[str, ...]:
    """The exchanges heard at this moment; before any is, those that are watched."""
    sources = house.desk.sources()
    live = tuple(source.exchange for source in sources if source.state == "live")
    return live or tuple(source.exchange for source in sources)


def reachable(house: House) -> tuple[str, ...]:
    """The exchanges that figures can be expected from; a short silence does not take one out."""
    sources = house.desk.sources()
    return tuple(source.exchange for source in sources if source.state != "blocked")


def offered(house: House) -> tuple[Preset, ...]:
    """The presets, rarest first, by what this installation heard in at least seven days; before
    that fitted to the exchanges that can be heard from here."""
    known = {name: house.history.threshold_for(name, None, "1h") for name in FREQUENCIES}
    return presets(reachable(house), known)


async def expected(preset: Preset, house: House) -> str:
    """How often a preset is likely to speak: ``$150M in 1 h: 12 times in the last 92 days``."""
    return expectation(preset, reachable(house), await times(preset, house))


async def times(preset: Preset, house: House) -> Often | None:
    """How often it would have spoken here; None before the seventh day."""
    often = await how_often(preset.draft, house)
    return often if often is not None and often.days >= LEAST_DAYS else None


def preset_called(name: str, house: House) -> Preset:
    """Raises ``UserError`` for an unknown name."""
    for preset in offered(house):
        if preset.name == name:
            return preset
    raise UserError("I do not know that choice; /start shows them.")


async def choose(
    ledger: Ledger, preset: Preset, destination: Destination, author: int, house: House
) -> Chosen:
    """Make the preset's rule the place's own, once, and the only one of a preset; and follow
    market-wide flushes there."""
    rules = await ledger.rules(destination)
    every = (*offered(house), *presets(reachable(house)))
    others = [one.draft for one in every if one.draft != preset.draft]
    replaced = tuple(rule for rule in rules if draft_of(rule) in others)
    for other in replaced:
        await ledger.remove(other.id)
    rule = next((rule for rule in rules if draft_of(rule) == preset.draft), None)
    if rule is None:
        rule = await add_rule(ledger, preset.draft, destination, author, house)
    elif rule.paused:
        rule = await ledger.pause(rule.id, False) or rule
    follow = await follow_by_default(ledger, destination, author, house)
    return Chosen(preset, rule, replaced, follow)
