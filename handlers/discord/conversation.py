"""What can be asked here, and the way to the answers; one argument instead of three."""

from collections.abc import Awaitable, Callable, Mapping

import msgspec

from handlers.commands import COMMANDS
from handlers.routing.router import acted, answer
from handlers.talk import Command, House, Reply, Request

Asked = Callable[[str, Request, House], Awaitable[Reply]]


class Conversation(msgspec.Struct, frozen=True):
    """``answer`` takes a command's name, ``act`` the action of a button that may be pressed."""

    commands: Mapping[str, Command]
    answer: Asked
    act: Asked
    house: House


def conversation_of(house: House) -> Conversation:
    """All commands of the registry, through the router."""
    return Conversation(COMMANDS, answer, acted, house)
