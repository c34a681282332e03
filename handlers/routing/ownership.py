"""A button in company belongs to the person who was shown it: his id rides at its end.

``liqs|BTC|1h|@4711`` answers to 4711 alone; ``|@0`` and no owner at all answer to everybody.
"""

from msgspec.structs import replace

from bot.wording.text import Button
from handlers.talk import Reply

LONGEST_ACTION = 50
"""Bytes; what every platform takes."""

ANYONE = "@0"


def owned(reply: Reply, author: int) -> Reply:
    """The same reply, its buttons marked with their owner; one grown too long is left out."""
    if reply.message is None:
        return reply
    rows = (tuple(_mark(row, author)) for row in reply.message.buttons)
    kept = tuple(row for row in rows if row)
    return replace(reply, message=replace(reply.message, buttons=kept))


def foreign(action: str, author: int) -> bool:
    """Whether the button belongs to somebody else."""
    owner = _owner(action)
    return owner not in ("", ANYONE, f"@{author}")


def without_owner(action: str) -> str:
    owner = _owner(action)
    return action[: -len(owner) - 1] if owner else action


def fits(action: str) -> bool:
    return len(action.encode()) <= LONGEST_ACTION


def _mark(row: tuple[Button, ...], author: int) -> list[Button]:
    marked = [_marked(button, author) for button in row]
    return [button for button in marked if fits(button.action)]


def _marked(button: Button, author: int) -> Button:
    if not button.action or _owner(button.action):
        return button
    return replace(button, action=f"{button.action}|@{author}")


def _owner(action: str) -> str:
    """``@`` and an id, or nothing."""
    last = action.rpartition("|")[2]
    return last if last[:1] == "@" and last[1:].isascii() and last[1:].isdigit() else ""
