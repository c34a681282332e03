"""What the core asks of the world. Adapters and fakes fulfil these; nothing here acts."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from typing import Protocol

import msgspec

from bot.delivery.outcomes import Outcome
from bot.engine.columns import RuleColumns
from bot.figures import Reading
from bot.market import Instrument
from bot.rules import Alert, Destination, Payload, Rule, RuleState
from bot.wording.text import Message


class Notification(msgspec.Struct, frozen=True):
    """A payload on its way to one destination.

    ``message`` is the platform's id once something was sent: then this is an amendment, an edit.
    ``attempts`` counts calls made so far.
    """

    id: int
    destination: Destination
    payload: Payload
    created_ms: int
    attempts: int = 0
    unknowns: int = 0
    message: int | None = None

    @property
    def short_id(self) -> str:
        """A few characters by which a repeat is recognised."""
        return f"L{self.id}"


class Chat(msgspec.Struct, frozen=True):
    """What is known of a destination. ``state``: ``active``, ``stopped`` or ``gone``."""

    destination: Destination
    state: str = "active"
    muted_until_ms: int = 0
    reason: str = ""
    role: int = 0
    share: bool = False


class Accounts(msgspec.Struct, frozen=True):
    """The outbox in numbers: ``created == sent + merged + dead + open`` always holds."""

    created: int
    sent: int
    merged: int
    dead: int
    open: int


class Rulebook(Protocol):
    """Rules and how far they have spoken. What it returned from is on disk."""

    async def add(self, rule: Rule, limit: int) -> Rule:
        """Store a rule (its ``id`` is ignored) and return it with its id.

        Raises ``UserError`` for a second identical rule of the same destination, or when the
        destination already has ``limit`` rules.
        """
        ...

    async def of(self, destination: Destination) -> list[Rule]:
        """A destination's rules, oldest first, paused ones too."""
        ...

    async def get(self, rule_id: int) -> Rule | None: ...

    async def pause(self, rule_id: int, paused: bool) -> Rule | None: ...

    async def remove(self, rule_id: int) -> Rule | None: ...

    def columns(self) -> AsyncIterator[RuleColumns]:
        """All rules with their states for the start, in batches: a million rows pass here."""
        ...


class Outbox(Protocol):
    """Notifications from stored to settled; one at a time and in order within a chat."""

    async def store(
        self, alerts: Sequence[Alert], states: Iterable[RuleState], now_ms: int
    ) -> None:
        """Alerts and the rules' new states in one transaction.

        An alert whose key is known amends the stored one: merged while it waits, sent as an edit
        once it was delivered.
        """
        ...

    async def put(self, destination: Destination, payload: Payload, key: str, now_ms: int) -> None:
        """One notification outside of any rule (a test, a notice)."""
        ...

    async def claim(
        self, platform: str, now_ms: int, limit: int, lease_ms: int, busy: Collection[int]
    ) -> list[Notification]:
        """Lease the heads of at most ``limit`` chats that are due, oldest first.

        Never a chat (by its id) in ``busy`` nor one with a live lease. Notifications of stopped,
        muted and gone chats end as dead with that reason here.
        """
        ...

    async def settle(self, notification: Notification, outcome: Outcome, now_ms: int) -> None:
        """Write down how it ended; ``Moved`` takes the chat's rules and queue along."""
        ...

    async def recover(self, now_ms: int) -> int:
        """After a start: put back what was being sent when the process ended; how many."""
        ...

    async def accounts(self) -> Accounts: ...


class Chats(Protocol):
    """Destinations and their standing wishes."""

    async def get(self, destination: Destination) -> Chat: ...

    async def change(self, destination: Destination, by: Callable[[Chat], Chat]) -> Chat:
        """Read, change and save as one step; nothing else can come between. The new state."""
        ...


class Listings(Protocol):
    """The last good instrument tables."""

    async def load(self, exchange: str) -> list[Instrument]: ...

    async def save(self, exchange: str, instruments: Sequence[Instrument], now_ms: int) -> None: ...


class Notebook(Protocol):
    """Small facts of a platform that must outlive a restart: an offset, a hash of commands."""

    async def read(self, name: str) -> str | None: ...

    async def write(self, name: str, value: str) -> None: ...


class Notifier(Protocol):
    """One platform's way to say something. Every expected failure is an ``Outcome``."""

    @property
    def platform(self) -> str: ...

    async def deliver(
        self, destination: Destination, message: Message, nonce: str, edits: int | None = None
    ) -> Outcome:
        """Send, or edit the message ``edits``; ``nonce`` is the same for every repeat."""
        ...


class SourceStatus(msgspec.Struct, frozen=True):
    """One exchange as ``/sources`` shows it.

    ``state``: ``connecting``, ``live``, ``deaf`` or ``blocked``; ``reason`` says why it is not
    live. ``events`` and ``usd`` are of the last 24 h.
    """

    exchange: str
    state: str
    since_ms: int
    reason: str
    last_event_ms: int | None
    events: int
    usd: int
    complete: bool
    how: str
    instruments: int
    unpriced: int
    bad: int
    late: int
    reconnects: int


class Desk(Protocol):
    """The engine's figures, for whoever asks; always of this very moment."""

    def reading(self, coin: str | None, exchange: str | None, window: str) -> Reading: ...

    def value(self, rule: Rule) -> int | None:
        """What a rule reads now, in its metric's unit; None where it is unknown."""
        ...

    def coins(self) -> Collection[str]:
        """Coins that can be asked for: listed on an exchange, or seen."""
        ...

    def sources(self) -> list[SourceStatus]: ...

    def now_ms(self) -> int:
        """The market's time."""
        ...
