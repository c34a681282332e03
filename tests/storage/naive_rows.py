"""The rows of the naive outbox."""

from dataclasses import dataclass

from bot.rules import Alert, Destination, Payload

OPEN = ("queued", "sending")


@dataclass
class Row:
    """One notification. ``since_ms``: when it may go out next, or went out."""

    number: int
    key: str
    place: Destination
    payload: Payload
    created_ms: int
    since_ms: int
    state: str = "queued"
    lease_until_ms: int = 0
    attempts: int = 0
    unknowns: int = 0
    doubt_ms: int | None = None
    amended: bool = False
    message: int | None = None
    reason: str = ""
    head: "Row | None" = None
    pruned: bool = False

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def clean(self) -> bool:
        waits = self.state == "queued" and self.message is None
        fit = isinstance(self.payload, Alert) and self.reason != "refused in company"
        return waits and fit and self.doubt_ms is None
