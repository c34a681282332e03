"""Windows as they are often written: a deque for each, and running Decimals."""

from collections import defaultdict, deque
from decimal import Decimal

from bot.market import Liquidation, Side
from bot.rules import WINDOWS

SPANS = tuple(WINDOWS.values())

Scope = tuple[str | None, str | None]


class DequeWindow:
    """One window of one scope: sums, count, and the largest by a deque of falling amounts."""

    __slots__ = ("events", "long", "peaks", "short", "span")

    def __init__(self, span: int) -> None:
        self.span = span
        self.events: deque[tuple[int, Side, Decimal]] = deque()
        self.peaks: deque[tuple[int, Decimal]] = deque()
        self.long = Decimal(0)
        self.short = Decimal(0)

    def add(self, at_ms: int, side: Side, usd: Decimal) -> None:
        self.events.append((at_ms, side, usd))
        if side is Side.LONG:
            self.long += usd
        else:
            self.short += usd
        peaks = self.peaks
        while peaks and peaks[-1][1] <= usd:
            peaks.pop()
        peaks.append((at_ms, usd))

    def expire(self, now_ms: int) -> None:
        after_ms, events, peaks = now_ms - self.span, self.events, self.peaks
        while events and events[0][0] <= after_ms:
            _, side, usd = events.popleft()
            if side is Side.LONG:
                self.long -= usd
            else:
                self.short -= usd
        while peaks and peaks[0][0] <= after_ms:
            peaks.popleft()

    def figures(self) -> tuple[Decimal, Decimal, int, Decimal]:
        largest = self.peaks[0][1] if self.peaks else Decimal(0)
        return self.long, self.short, len(self.events), largest


class DequeWindows:
    """All windows of all scopes. One that nothing is added to expires when it is asked."""

    def __init__(self) -> None:
        self._scopes: defaultdict[Scope, list[DequeWindow]] = defaultdict(
            lambda: [DequeWindow(span) for span in SPANS]
        )

    def add(self, event: Liquidation, usd: Decimal) -> None:
        at_ms, coin, exchange, side = event.time_ms, event.coin, event.exchange, event.side
        for scope in ((None, None), (None, exchange), (coin, None), (coin, exchange)):
            for window in self._scopes[scope]:
                window.expire(at_ms)
                window.add(at_ms, side, usd)

    def figures(
        self, scope: Scope, place: int, now_ms: int
    ) -> tuple[Decimal, Decimal, int, Decimal]:
        window = self._scopes[scope][place]
        window.expire(now_ms)
        return window.figures()
