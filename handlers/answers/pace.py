"""How often a place wants to be written to: one preset at a time, as one rule."""

import msgspec

from bot.errors import UserError
from bot.events import RuleRemoved, RuleSaved
from bot.presets import Preset, expectation, presets
from bot.rules import Destination, Rule, RuleState
from bot.typed.rule_text import draft_of
from handlers.answers.saving import store
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


async def choose(name: str, destination: Destination, author: int, house: House) -> Chosen:
    """Make the preset's rule the place's own, once. Raises ``UserError`` for an unknown name."""
    all_presets = offered(house)
    preset = next((one for one in all_presets if one.name == name), None)
    if preset is None:
        raise UserError("I do not know that choice; /start shows them.")
    rules = await house.rulebook.of(destination)
    others = [one.draft for one in all_presets if one is not preset]
    replaced = tuple(rule for rule in rules if draft_of(rule) in others)
    kept = next((rule for rule in rules if draft_of(rule) == preset.draft), None)
    rule = await _kept(kept, house) if kept else None
    rule = rule or await store(preset.draft, destination, author, house)
    for other in replaced:
        await house.rulebook.remove(other.id)
        await house.tell(RuleRemoved(other.id))
    return Chosen(preset, expectation(preset, reachable(house)), rule, replaced)


async def _kept(rule: Rule, house: House) -> Rule | None:
    """A rule that was there already, no longer paused; None if it vanished meanwhile."""
    if not rule.paused:
        return rule
    resumed = await house.rulebook.pause(rule.id, False)
    if resumed is not None:
        await house.tell(RuleSaved(resumed, RuleState(resumed.id)))
    return resumed
