"""A press on a component: its id is looked up, and what it stands for is done and shown."""

from handlers.discord.admission import Admission
from handlers.discord.arming import Answer, answer_of
from handlers.discord.conversation import Conversation
from handlers.discord.departures import returned
from handlers.discord.place import Interaction, pressed
from handlers.discord.respond import Responder
from handlers.discord.setup import Setup
from handlers.discord.setup_plan import PREFIX
from handlers.routing.router import unlocked


class Presses:
    """Buttons of the commands and the components of ``/setup`` go through the same lock."""

    def __init__(
        self,
        conversation: Conversation,
        responder: Responder,
        admission: Admission,
        setup: Setup,
    ) -> None:
        self._conversation = conversation
        self._responder = responder
        self._admission = admission
        self._setup = setup

    async def press(self, interaction: Interaction) -> None:
        await self._responder.react(interaction, self._answer(interaction))

    async def _answer(self, interaction: Interaction) -> Answer | None:
        house = self._conversation.house
        request = pressed(interaction, await self._admission.within(interaction))
        await returned(interaction, house)
        found = await unlocked(interaction.custom_id or "", request, house)
        if isinstance(found, str) and found.startswith(PREFIX):
            return await self._setup.pressed(found, interaction, request)
        if isinstance(found, str):
            found = await self._conversation.act(found, request, house)
        return await answer_of(found, request, house)
