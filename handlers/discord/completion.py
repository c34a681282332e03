"""What Discord offers while an option is typed; at most 25 answers, from memory or one read."""

from discord import app_commands

from bot.errors import StoreError
from bot.wording.rules import say_rule
from handlers.discord.admission import Admission
from handlers.discord.escaping import bare
from handlers.discord.limits import CHOICE, CHOICES, cut
from handlers.discord.place import Interaction, person
from handlers.talk import House

Choice = app_commands.Choice[str]

BUSIEST = "24h"


class Completion:
    """Nothing is offered to whom the operator has not allowed."""

    def __init__(self, house: House, admission: Admission) -> None:
        self._house = house
        self._admission = admission

    async def coins(self, interaction: Interaction, typed: str) -> list[Choice]:
        """Known coins that begin with what was typed, then those that hold it; busiest first."""
        if not await self._admission.admits(interaction):
            return []
        wanted = typed.strip().upper()
        known = self._busiest_first()
        begins = [coin for coin in known if coin.upper().startswith(wanted)]
        holds = [coin for coin in known if wanted in coin.upper()[1:] and coin not in begins]
        return [_choice(coin, coin) for coin in (begins + holds)[:CHOICES]]

    async def rules(self, interaction: Interaction, typed: str) -> list[Choice]:
        """The asker's own rules whose words hold what was typed."""
        if not await self._admission.admits(interaction):
            return []
        try:
            rules = await self._house.rulebook.of(person(interaction))
        except StoreError:  # a rule can be named without being offered
            return []
        said = [(say_rule(rule), str(rule.id)) for rule in rules]
        wanted = typed.strip().casefold()
        fitting = [entry for entry in said if wanted in entry[0].casefold()]
        return [_choice(words, rule) for words, rule in fitting[:CHOICES]]

    def _busiest_first(self) -> list[str]:
        listed = set(self._house.desk.coins())
        reading = self._house.desk.reading(None, None, BUSIEST)
        busy = [split.name for split in reading.coins if split.name in listed]
        return busy + sorted(listed.difference(busy))


def _choice(words: str, value: str) -> Choice:
    return app_commands.Choice(name=cut(bare(words), CHOICE), value=value[:CHOICE])
