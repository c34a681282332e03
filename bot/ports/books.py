"""What people have set: rules, chats, buttons, and the one way to change them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol, TypeVar

import msgspec

from bot.engine.columns import RuleColumns
from bot.events import Event
from bot.rules import Destination, Payload, Rule
from bot.story.follow import Follow

T = TypeVar("T")


class Chat(msgspec.Struct, frozen=True):
    """What is known of a destination. ``state``: ``active``, ``stopped`` or ``gone``."""

    destination: Destination
    state: str = "active"
    muted_until_ms: int = 0
    reason: str = ""
    role: int = 0
    share: bool = False


class Rulebook(Protocol):
    """Rules as they are on disk."""

    async def of(self, destination: Destination) -> list[Rule]:
        """A destination's rules, oldest first, paused ones too."""
        ...

    async def get(self, rule_id: int) -> Rule | None: ...

    def columns(self) -> AsyncIterator[RuleColumns]:
        """All rules with their states for the start, in batches: a million rows pass here."""
        ...


class Chats(Protocol):
    """Destinations and their standing wishes, as they are on disk."""

    async def get(self, destination: Destination) -> Chat: ...


class Ledger(Protocol):
    """Everything that a command may change, within one transaction: reads see its own writes."""

    async def rules(self, destination: Destination) -> list[Rule]:
        """Oldest first, paused ones too."""
        ...

    async def rule(self, rule_id: int) -> Rule | None: ...

    async def add(self, rule: Rule, limit: int) -> Rule:
        """Store a rule (its ``id`` is ignored) and return it with its id.

        Raises ``UserError`` for a second identical rule of the same destination, or when the
        destination already has ``limit`` rules.
        """
        ...

    async def pause(self, rule_id: int, paused: bool) -> Rule | None: ...

    async def remove(self, rule_id: int) -> Rule | None: ...

    async def chat(self, destination: Destination) -> Chat: ...

    async def change(self, destination: Destination, by: Callable[[Chat], Chat]) -> Chat:
        """Read, change and save; the new state."""
        ...

    async def follows(self, destination: Destination) -> list[Follow]:
        """Market-wide first, then by coin."""
        ...

    async def follow(self, follow: Follow, limit: int) -> Follow:
        """Store it in place of the one of the same destination and coin.

        Raises ``UserError`` when the destination already follows ``limit`` others.
        """
        ...

    async def unfollow(self, destination: Destination, coin: str | None) -> Follow | None: ...

    async def hush(self, destination: Destination, flush: int) -> None:
        """Nothing more of this flush goes there."""
        ...

    async def move(self, platform: str, old_chat: int, new_chat: int) -> None:
        """A chat got a new id: its rules, wishes and queue in all its threads follow."""
        ...

    async def put(self, destination: Destination, payload: Payload, key: str, now_ms: int) -> None:
        """One notification outside of any rule (a test, a notice)."""
        ...


class Mark(msgspec.Struct, frozen=True):
    """An update that may be handed out again, such as number 815 of ``telegram:7000000001``."""

    source: str
    number: int


class Books(Protocol):
    """The one way to change what people have set. What it returned from is on disk."""

    async def keep(
        self, work: Callable[[Ledger], Awaitable[T]], mark: Mark | None, now_ms: int
    ) -> tuple[T, list[Event]]:
        """Run ``work`` and note ``mark`` in one transaction: all of it happens, or nothing.

        Returns its result and what the engine must be told. ``work`` may run again after a
        collision with another process, so it does nothing but ask the ledger. Raises
        ``HandledBeforeError`` when the mark was noted before, and whatever ``work`` raises.
        """
        ...

    async def failed(self, mark: Mark, kind: str, error: str, now_ms: int) -> None:
        """Record an update that could not be handled; its text is never kept."""
        ...

    async def thin(self, now_ms: int) -> None:
        """Forget marks and failures after 48 hours (Telegram repeats updates for 24), and buttons
        that have expired."""
        ...


class Keyboard(msgspec.Struct, frozen=True):
    """What the buttons of one message do; they show a random token and a number.

    ``place`` is the chat or channel that shows the message, by the platform's id; ``person`` who
    may press, 0 for everybody; ``actions`` are ``verb|argument|...``.
    """

    platform: str
    place: int
    person: int
    actions: tuple[str, ...]


class Press(msgspec.Struct, frozen=True):
    """Who pressed what: the message, the place that shows it, and the person, by ids.

    ``shown`` false: as far as the platform knows, the message has no such button. It may have had
    it until a moment ago; or the press is forged.
    """

    platform: str
    place: int
    message: int
    person: int
    shown: bool = True


class Keyboards(Protocol):
    """Stored actions of the buttons that people were shown."""

    async def keep(self, keyboard: Keyboard, now_ms: int) -> str:
        """Store it and return its token: 16 characters, URL-safe, not to be guessed."""
        ...

    async def find(self, token: str, press: Press, now_ms: int) -> Keyboard | None:
        """None when there is none, it has expired, or it belongs to another place or message.

        It belongs to the first message that showed it when somebody pressed it who may; for
        others it is found and stays as it was.
        """
        ...


class Notebook(Protocol):
    """Small facts of a platform that must outlive a restart: an offset, a hash of commands."""

    async def read(self, name: str) -> str | None: ...

    async def write(self, name: str, value: str) -> None: ...
