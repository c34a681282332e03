"""Tells the engine, as gaps, when one stream was not heard."""

from collections.abc import Callable

from bot.clock import Now
from bot.market import Gap, GapKind

STARTING = "starting"

PROCESS = "process"
"""The stream of gaps that are ours, not a connection's: all of an exchange's streams."""

FAILED = "a mistake of ours"
ASLEEP = "this machine was asleep, or its clock was set"
SET_BACK = "this machine's clock was set back"


class Silence:
    """At most one open gap of one stream, told through ``note``; ``clock`` is the market's."""

    def __init__(
        self,
        exchange: str,
        stream: str,
        note: Callable[[Gap], None],
        clock: Now,
        kind: GapKind = "off",
    ) -> None:
        self._exchange = exchange
        self._stream = stream
        self._note = note
        self._clock = clock
        self._kind = kind
        self._gap: Gap | None = None

    @property
    def open(self) -> bool:
        return self._gap is not None

    @property
    def reason(self) -> str:
        return self._gap.reason if self._gap else ""

    def begin(self, start_ms: int, reason: str) -> None:
        self._gap = Gap(self._exchange, self._stream, start_ms, None, reason, self._kind)
        self._note(self._gap)

    def because(self, reason: str) -> None:
        """The reason is another now: this gap ends and the next begins at the same moment."""
        if self._gap is not None and self._gap.reason != reason:
            self.begin(self.end(), reason)

    def end(self) -> int:
        """The stream is heard again, or not needed any more; the end that was told."""
        end_ms = self._clock.now_ms()
        if self._gap is not None:
            gap, self._gap = self._gap, None
            end_ms = max(end_ms, gap.start_ms)
            self._note(Gap(gap.exchange, gap.stream, gap.start_ms, end_ms, gap.reason, self._kind))
        return end_ms
