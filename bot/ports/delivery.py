"""An alert's way out: notifications, the outbox that keeps them, the platform that takes them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from bot.delivery.outcomes import Outcome
from bot.market import Gap, Liquidation
from bot.rules import Alert, Destination, Payload, RuleState
from bot.story.batch import Batch
from bot.wording.text import Message


class Waiting(msgspec.Struct, frozen=True):
    """An alert that waited behind a notification and goes out in its message."""

    alert: Alert
    created_ms: int


class Notification(msgspec.Struct, frozen=True):
    """A payload on its way to one destination.

    ``message`` is the platform's id once something was sent: then this is an amendment, an edit.
    ``attempts`` counts calls made so far, ``unknowns`` those of them that may have arrived.
    ``merged``: what goes out in the same message, oldest first, after ``payload``. ``quotes``: the
    platform's id of the message that this one answers, where its payload names one.
    """

    id: int
    destination: Destination
    payload: Payload
    created_ms: int
    attempts: int = 0
    unknowns: int = 0
    message: int | None = None
    merged: tuple[Waiting, ...] = ()
    quotes: int | None = None

    @property
    def short_id(self) -> str:
        """A few characters by which a repeat is recognised."""
        return f"L{self.id}"

    @property
    def nonce(self) -> str:
        """The same for every repeat, and for no other notification, even of an older database.

        At most 25 characters.
        """
        return f"{self.id:x}-{self.created_ms:x}"


class Accounts(msgspec.Struct, frozen=True):
    """The outbox in numbers: ``created == sent + merged + dead + open`` always holds.

    ``reasons``: the dead by why, most frequent first.
    """

    created: int
    sent: int
    merged: int
    dead: int
    open: int
    reasons: tuple[tuple[str, int], ...] = ()

    @property
    def whole(self) -> bool:
        """Whether the identity holds."""
        return self.created == self.sent + self.merged + self.dead + self.open


class Found(msgspec.Struct, frozen=True):
    """What a start found in the outbox: ``open`` alerts, numbered ``first`` to ``up_to``.

    ``unclear`` of them were being sent when the process ended, and may arrive twice. Notices about
    the bot itself are not counted.
    """

    open: int = 0
    unclear: int = 0
    up_to: int = 0
    at_ms: int = 0
    first: int = 0


class Outbox(Protocol):
    """Notifications from stored to settled; one at a time and in order within a chat."""

    async def store(
        self,
        alerts: Sequence[Alert],
        states: Iterable[RuleState],
        now_ms: int,
        heard: Sequence[Liquidation] = (),
        gaps: Sequence[Gap] = (),
        story: Batch | None = None,
    ) -> None:
        """What was heard, the alerts it caused and the rules' new states in one transaction.

        An alert whose key is known amends the stored one: merged while it waits, sent as an edit
        once it was delivered. ``heard`` goes on the tape, ``gaps`` into its ledger: a gap that is
        told again takes the place of its first telling (exchange, stream, start). ``story``: what
        was told with the alerts, such as their tellings.
        """
        ...

    async def put(self, destination: Destination, payload: Payload, key: str, now_ms: int) -> None:
        """One notification outside of any rule (a test, a notice)."""
        ...

    async def claim(
        self, platform: str, now_ms: int, limit: int, lease_ms: int, busy: Collection[int]
    ) -> list[Notification]:
        """Lease the heads of at most ``limit`` chats that are due.

        Private chats before groups and channels, until these have waited for 20 s, before what is
        late by half an hour; within these the one that has waited longest first. All alerts that
        wait behind a head for the same destination come with it (``merged``), unless it may have
        arrived before.

        Never a chat (by its id) in ``busy`` nor one with a live lease. Notifications of stopped,
        muted and gone chats end as dead with that reason here.
        """
        ...

    async def settle(self, notification: Notification, outcome: Outcome, now_ms: int) -> None:
        """Write down how it ended; ``Moved`` takes the chat's rules and queue along."""
        ...

    async def recover(self, now_ms: int, harmless_ms: Mapping[str, int] = {}) -> Found:
        """After a start: put back what was being sent when the process ended, and count alerts.

        ``harmless_ms``: by platform, for so long after the first try a repeat is no second
        message.
        """
        ...

    async def fates(self, found: Found) -> Accounts:
        """What has become of the alerts that a start found, and of no others."""
        ...

    async def accounts(self) -> Accounts:
        """Over everything that was ever created, notices too, kept or forgotten."""
        ...

    async def thin(self, now_ms: int) -> None:
        """Forget what ended more than 30 days ago, but not how many these were."""
        ...


class Notifier(Protocol):
    """One platform's way to say something. Every expected failure is an ``Outcome``."""

    @property
    def platform(self) -> str: ...

    @property
    def harmless_s(self) -> float:
        """So long after its first try a repeat under the same nonce is no second message."""
        ...

    async def deliver(
        self,
        destination: Destination,
        message: Message,
        nonce: str,
        edits: int | None = None,
        quotes: int | None = None,
    ) -> Outcome:
        """Send, or edit the message ``edits``; ``nonce`` is the same for every repeat.

        ``quotes``: the message that a new one answers; should it be gone, it is sent all the same.
        An edit with a picture adds it, or takes the place of the one that is there.
        """
        ...

    async def probe(self) -> Outcome | None:
        """Ask whether the platform can be used, without a message; None when it can."""
        ...
