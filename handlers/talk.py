"""How a question arrives and how an answer leaves, the same on every platform."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Literal, Protocol, TypeVar

import msgspec

from bot.allowed import Allowed
from bot.clock import Clock
from bot.events import Event
from bot.history.nothing import NoHistory
from bot.landmarks import Passing, unseen
from bot.ports import (
    Books,
    Chats,
    Desk,
    FlushRoom,
    History,
    Keyboards,
    Ledger,
    Mark,
    Markets,
    Notifier,
    Rulebook,
)
from bot.rules import Destination
from bot.wording.text import File, Message
from handlers.routing.flood import FloodGuard, Notices

T = TypeVar("T")


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
    ``place`` and ``message`` say, by the platform's ids, which message's button was ``pressed``;
    ``shown`` false where the platform shows no such button there.
    ``within``: further ids by which the operator may have allowed it, such as a Discord server's.
    ``mark``: the platform may hand out the same question again. ``changed``: it had an effect.
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
        place: int = 0,
        message: int = 0,
        shown: bool = True,
        within: Collection[int] = (),
        mark: Mark | None = None,
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
        self.place = place
        self.message = message
        self.shown = shown
        self.within = within
        self.mark = mark
        self.may_manage = may_manage
        self.changed = False


class Reply(msgspec.Struct, frozen=True):
    """``edit``: replace the message whose button was pressed. ``toast``: a short popup text.

    ``share``: let everybody in the place see it, where answers are otherwise for the asker alone.
    ``anyone``: its buttons are not the asker's alone; each press is judged by who presses.
    ``files`` go after the message.
    """

    message: Message | None
    edit: bool = False
    toast: str = ""
    share: bool = False
    anyone: bool = False
    files: tuple[File, ...] = ()


class House:
    """What a command may use: ports, and nothing behind them."""

    def __init__(
        self,
        desk: Desk,
        rulebook: Rulebook,
        chats: Chats,
        books: Books,
        keyboards: Keyboards,
        clock: Clock,
        tell: Callable[[Event], Awaitable[None]],
        notifiers: Mapping[str, Notifier],
        flushes: FlushRoom,
        *,
        bot_links: Mapping[str, str] | None = None,
        allowed: Allowed | None = None,
        passing: Passing = unseen,
        markets: Markets | None = None,
        history: History | None = None,
        spoke: Callable[[Destination], None] = lambda destination: None,
    ) -> None:
        self.desk = desk
        self.rulebook = rulebook
        self.chats = chats
        self.keyboards = keyboards
        self.clock = clock
        self.notifiers = notifiers
        self.allowed = allowed or Allowed()
        self.passing = passing
        self.markets = markets
        """None: the market's structure is not followed here."""
        self.history: History = history or NoHistory()
        self.flushes = flushes
        self.spoke = spoke
        """Told of each place in which somebody has just written."""
        self._books = books
        self._tell = tell
        self.bot_links = dict(bot_links or {})
        """By platform, the link that opens a private chat, such as ``https://t.me/name``."""
        self.flood = FloodGuard(clock)
        self.strangers = Notices(clock)
        """Who was told that this installation is private."""

    async def keep(
        self, work: Callable[[Ledger], Awaitable[T]], request: Request | None = None
    ) -> T:
        """Change what is set, in one transaction; then tell the engine.

        With ``request`` the change is the effect of what was asked, and happens once however often
        the platform hands the question out: raises ``HandledBeforeError`` the second time. A
        question has one effect, so only one call may name it. A cancelled caller waits for the end.
        """
        keeping = asyncio.create_task(self._kept(work, request), name="keep")
        try:
            return await asyncio.shield(keeping)
        except asyncio.CancelledError:
            await _end_of(keeping)  # what is on disk by now must reach the engine too
            raise

    async def _kept(self, work: Callable[[Ledger], Awaitable[T]], request: Request | None) -> T:
        mark = request.mark if request is not None else None
        result, events = await self._books.keep(work, mark, self.clock.now_ms())
        if request is not None:
            request.changed = True
        self.passing("update kept")
        for event in events:
            await self._tell(event)
        return result

    async def failed(self, mark: Mark, kind: str, error: str) -> None:
        """Record a question that could not be answered; never what was said."""
        await self._books.failed(mark, kind, error, self.clock.now_ms())


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


async def _end_of(task: "asyncio.Task[T]") -> None:
    """Wait without passing a cancellation on; how it ended is nobody's business any more."""
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            continue
    if not task.cancelled():
        task.exception()
