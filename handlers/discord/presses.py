"""A press on a button: its id is the action, the reply is shown in place."""

from handlers.discord.buttons import action_of
from handlers.discord.conversation import Conversation
from handlers.discord.place import Interaction, pressed
from handlers.discord.respond import Responder
from handlers.talk import Reply


class Presses:
    """Every component that is not ``/setup``'s."""

    def __init__(self, conversation: Conversation, responder: Responder) -> None:
        self._conversation = conversation
        self._responder = responder

    async def press(self, interaction: Interaction) -> None:
        action = action_of(interaction.custom_id or "")
        await self._responder.react(interaction, self._reply(action, interaction))

    async def _reply(self, action: str, interaction: Interaction) -> Reply:
        return await self._conversation.press(
            action, pressed(interaction), self._conversation.house
        )
