"""How a question arrives and how an answer leaves, the same on every platform."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Literal, Protocol

import msgspec

from bot.clock import Clock
from bot.events import Event
from bot.ports import Chats, Desk, Notifier, Outbox, Rulebook
from bot.rules import Destination
from bot.wording.text import Message
from handlers.routing.flood import FloodGuard


class Option(msgspec.Struct, frozen=True):
    """A named part of a command, for platforms that show a form.

    ``kind``: ``coin``, ``exchange``, ``window``, ``metric`` are chosen or completed from what is
    known; ``rule`` from the asker's own rules; ``text`` is free.
    """

    name: str
    summary: str
    kind: Literal["coin", "exchange", "window", "metric", "rule", "text", "share"]
    required: bool = False


class Form(msgspec.Struct, frozen=True):
    """One shape of a command: ``/liqs coin window``, or ``/alert add ...`` (``name`` "add")."""

    name: str
    summary: str
    options: tuple[Option, ...] = ()


class Request:
    """One question by one person at one place.

    ``text`` is what was typed behind the command (Telegram, console); ``options`` the filled form
    (Discord), ``form`` its name. ``private``: only the author reads the answer's place.
    ``may_manage`` asks the platform, at that moment, whether the author may change this place.
    ``elsewhere``: the answer is not shown at ``destination`` itself, so that a saved rule has yet
    to prove that it can arrive there. ``alone``: nobody else waits for answers on this platform.
    """

    def __init__(
        self,
        destination: Destination,
        author: int,
        text: str = "",
        *,
        form: str = "",
        options: Mapping[str, str] | None = None,
        private: bool = True,
        pressed: bool = False,
        elsewhere: bool = False,
        alone: bool = False,
        may_manage: Callable[[], Awaitable[bool]],
    ) -> None:
        self.destination = destination
        self.author = author
        self.text = text
        self.form = form
        self.options = dict(options or {})
        self.private = private
        self.pressed = pressed
        self.elsewhere = elsewhere
        self.alone = alone
        self.may_manage = may_manage


class Reply(msgspec.Struct, frozen=True):
    """``edit``: replace the message whose button was pressed. ``toast``: a short popup text.

    ``share``: let everybody in the place see it, where answers are otherwise for the asker alone.
    """

    message: Message | None
    edit: bool = False
    toast: str = ""
    share: bool = False


class House:
    """What a command may use: ports, and nothing behind them."""

    def __init__(
        self,
        desk: Desk,
        rulebook: Rulebook,
        chats: Chats,
        outbox: Outbox,
        clock: Clock,
        tell: Callable[[Event], Awaitable[None]],
        notifiers: Mapping[str, Notifier],
        bot_links: Mapping[str, str] | None = None,
    ) -> None:
        self.desk = desk
        self.rulebook = rulebook
        self.chats = chats
        self.outbox = outbox
        self.clock = clock
        self.tell = tell
        self.notifiers = notifiers
        self.bot_links = dict(bot_links or {})
        """By platform, the link that opens a private chat, such as ``https://t.me/name``."""
        self.flood = FloodGuard(clock)


class Command(Protocol):
    """One command. ``verbs`` are the button actions it answers, with ``request.text`` set to the
    action's arguments joined by a space and ``request.form`` to the verb."""

    @property
    def name(self) -> str: ...
    @property
    def summary(self) -> str:
        """At most 100 characters, for menus and ``/help``."""
        ...

    @property
    def usage(self) -> str:
        """What to type behind the name, such as ``[coin] [window]``."""
        ...

    @property
    def forms(self) -> tuple[Form, ...]: ...
    @property
    def verbs(self) -> tuple[str, ...]: ...

    async def answer(self, request: Request, house: House) -> Reply: ...
