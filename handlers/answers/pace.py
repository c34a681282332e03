"""How often a place wants to be written to: one preset at a time, as one rule."""

import msgspec

from bot.errors import UserError
from bot.ports import Ledger
from bot.presets import Preset, expectation, presets
from bot.rules import Destination, Rule
from bot.typed.rule_text import draft_of
from handlers.answers.saving import add_rule
from handlers.talk import House


class Chosen(msgspec.Struct, frozen=True):
    """The rule that a preset stands for here, and the rules of other presets it replaced.

    ``expected`` says how often it is likely to speak.
    """

    preset: Preset
    expected: str
    rule: Rule
    replaced: tuple[Rule, ...]


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
    """The presets, rarest first, fitted to the exchanges that can be heard from here."""
    return presets(reachable(house))


def preset_called(name: str, house: House) -> Preset:
    """Raises ``UserError`` for an unknown name."""
    for preset in offered(house):
        if preset.name == name:
            return preset
    raise UserError("I do not know that choice; /start shows them.")


async def choose(
    ledger: Ledger, preset: Preset, destination: Destination, author: int, house: House
) -> Chosen:
    """Make the preset's rule the place's own, once, and the only one of a preset."""
    rules = await ledger.rules(destination)
    others = [one.draft for one in offered(house) if one.name != preset.name]
    replaced = tuple(rule for rule in rules if draft_of(rule) in others)
    for other in replaced:
        await ledger.remove(other.id)
    rule = next((rule for rule in rules if draft_of(rule) == preset.draft), None)
    if rule is None:
        rule = await add_rule(ledger, preset.draft, destination, author, house)
    elif rule.paused:
        rule = await ledger.pause(rule.id, False) or rule
    return Chosen(preset, expectation(preset, reachable(house)), rule, replaced)
