"""What is shown to a person, its buttons stored first."""

import discord
import msgspec
import structlog

from bot.wording.text import Button, File, Message
from handlers.discord.buttons import buttons_view
from handlers.discord.place import PLATFORM
from handlers.routing.pressing import armed, armed_or_bare, presser
from handlers.talk import House, Reply, Request

log = structlog.get_logger()


class Answer(msgspec.Struct, frozen=True):
    """``edit``: in place of the pressed message. ``share``: everybody may see it.

    ``files`` go after it.
    """

    message: Message
    view: discord.ui.View
    edit: bool = False
    share: bool = False
    files: tuple[File, ...] = ()


def spoken(sentence: str) -> Answer:
    """Words alone."""
    return Answer(Message((sentence,)), buttons_view(()))


async def answer_of(reply: Reply, request: Request, house: House) -> Answer | None:
    """None where there is nothing to say. Discord has no popup: a toast is words."""
    if reply.message is None:
        return spoken(reply.toast) if reply.toast else None
    message = await armed_or_bare(
        reply.message, PLATFORM, request.place, presser(reply, request), house.keyboards,
        house.clock.now_ms(),
    )  # fmt: skip
    return Answer(message, buttons_view(message.buttons), reply.edit, reply.share, reply.files)


async def armed_ids(actions: tuple[str, ...], request: Request, house: House) -> tuple[str, ...]:
    """An id for each action, for components that are no buttons of a message; in their order.

    They answer to who asked alone. Raises ``StoreError``.
    """
    shown = Message((), buttons=(tuple(Button("", action) for action in actions),))
    now_ms = house.clock.now_ms()
    ready = await armed(shown, PLATFORM, request.place, request.author, house.keyboards, now_ms)
    return tuple(button.action for button in ready.buttons[0])
