"""What the core asks of the world. Adapters and fakes fulfil these; nothing here acts."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from typing import Protocol

import msgspec

from bot.delivery.outcomes import Outcome
from bot.engine.columns import RuleColumns
from bot.exchanges.dialect import Publication
from bot.figures import Deaf, Reading
from bot.market import Gap, Instrument, Liquidation
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
        self,
        alerts: Sequence[Alert],
        states: Iterable[RuleState],
        now_ms: int,
        heard: Sequence[Liquidation] = (),
        gaps: Sequence[Gap] = (),
    ) -> None:
        """What was heard, the alerts it caused and the rules' new states in one transaction.

        An alert whose key is known amends the stored one: merged while it waits, sent as an edit
        once it was delivered. ``heard`` goes on the tape, ``gaps`` into its ledger: a gap that is
        told again takes the place of its first telling (exchange, stream, start).
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


class Tape(Protocol):
    """What was heard, and what was not: written by ``Outbox.store``, read at the start."""

    def read(self, after_ms: int) -> AsyncIterator[list[Liquidation]]:
        """Every event that is kept with a later time (ours: ``received_ms``), in batches.

        In the order in which they came in.
        """
        ...

    async def gaps(self, after_ms: int) -> list[Gap]:
        """The gaps that ended later or have not ended, oldest first."""
        ...

    async def sums(self, exchange: str, from_ms: int, to_ms: int) -> dict[str, tuple[int, int]]:
        """Longs and shorts by coin in [from, to), whole minutes; in units of ``market.USD``."""
        ...

    async def thin(self, now_ms: int) -> None:
        """Forget by age: events after 48 hours, minute sums after 90 days (hour sums stay)."""
        ...


class BadFrame(msgspec.Struct, frozen=True):
    """A frame that could not be read; ``frame`` is at most its first 4 KiB."""

    exchange: str
    frame: bytes
    reason: str
    received_ms: int


class Quarantine(Protocol):
    """The latest frames that could not be read, for the operator."""

    async def keep(self, frames: Sequence[BadFrame]) -> None:
        """Add these; of all exchanges together the latest 100 stay."""
        ...


class PastSum(msgspec.Struct, frozen=True, gc=False):
    """Liquidations of one coin on one exchange over [start, start + span), told by others."""

    coin: str
    exchange: str
    start_ms: int
    span_ms: int
    long: int
    short: int


class Past(Protocol):
    """Imported history, by the name of its source: kept apart from what was heard here."""

    async def add(self, source: str, sums: Sequence[PastSum]) -> None:
        """Add or replace (source, coin, exchange, start, span) in one transaction."""
        ...

    async def latest(self, source: str, coin: str, exchange: str, span_ms: int) -> int | None:
        """Where an import goes on: the start of the latest sum that is stored."""
        ...


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

    ``state``: ``connecting``, ``live``, ``degraded`` (more than 1 % of its frames unreadable),
    ``mute`` (connected, and silent while the market moves), ``deaf`` or ``blocked``; ``reason``
    says why it is not live. ``last_data_ms`` is the last sign of a canary or a trade, None where
    there is none. ``events``, ``usd``, ``unpriced`` and ``gaps`` are of the last 24 h; ``bad``,
    ``late`` and ``reconnects`` since the start. ``hour`` and ``day`` are the shares, 0 to 1, that
    were heard of the last 1 h and 24 h, or of what has passed of them since watching began.
    ``inverted``: prices say that sides are read the wrong way round. ``ahead_ms``: how far in the
    future its latest orders claim to be; they count as of now. ``ratio``: our sum of the
    last whole hour to the exchange's own, None where it tells none. ``history``: it has a public
    record, which is asked for what was missed.
    """

    exchange: str
    state: str
    since_ms: int
    reason: str
    last_event_ms: int | None
    last_data_ms: int | None
    events: int
    usd: int
    publication: Publication
    doubts: tuple[str, ...]
    instruments: int
    unpriced: int
    bad: int
    late: int
    reconnects: int
    gaps: tuple[Deaf, ...]
    hour: float
    day: float
    inverted: bool = False
    ahead_ms: int = 0
    ratio: float | None = None
    history: bool = False

    @property
    def known(self) -> bool:
        """Whether its sums tell something: of what was not wholly heard, nothing is not zero."""
        return bool(self.events) or (self.state == "live" and self.day == 1 and not self.unpriced)

    @property
    def unwell_ms(self) -> int:
        """Since when it is not wholly heard: it may have been found later (``since_ms``)."""
        return min([self.since_ms, *(gap.from_ms for gap in self.gaps if gap.to_ms is None)])


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
