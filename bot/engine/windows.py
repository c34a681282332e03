"""Rolling long and short sums per coin and exchange, over all windows."""

from array import array
from bisect import bisect_right

from bot.clock import MINUTE_MS
from bot.engine.tally import CELL, PLACES, SPANS, Peak, Tally
from bot.engine.unpriced import Unpriced
from bot.figures import Order
from bot.market import LARGEST_ORDER, Side
from bot.metrics.metric import NEVER, Sums

LATE_MS = MINUTE_MS
"""An event may come this late; what is older is refused and counted."""

CHUNK = 65_536
"""Events that are forgotten at once, at the least."""

Four = tuple[Tally, Tally, Tally, Tally]
"""The tallies that one liquidation belongs to: all, its exchange, its coin, both."""


class Windows:
    """Every liquidation of 24 hours, in columns, and the sums of every window over them.

    A window is (now - span, now] by the exchange's time. Amounts are integers of ``market.USD``.
    ``stirred`` collects (tally, place of the window) whose limits were passed by what fell out,
    ``risen`` (tally, amount) of the orders that passed some as they came in. Who set the limits
    empties both.
    """

    def __init__(self, start_ms: int = 0) -> None:
        self.now_ms = start_ms
        self.late: dict[str, int] = {}
        self.clamped: dict[str, int] = {}
        self.stirred: list[tuple[Tally, int]] = []
        self.risen: list[tuple[Tally, int]] = []
        self._unpriced = Unpriced()
        self._times = array("q")
        self._amounts = array("q")
        self._tags = array("i")
        self._heads = [0] * len(SPANS)
        self._tallies: dict[tuple[str | None, str | None], Tally] = {}
        self._by_coin: dict[str | None, list[Tally]] = {}
        self._by_exchange: dict[str | None, list[Tally]] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._origins: list[tuple[str, str]] = []
        self._fours: list[Four] = []

    def __len__(self) -> int:
        """Liquidations that are held."""
        return len(self._times)

    def tally(self, coin: str | None, exchange: str | None) -> Tally:
        """The running sums of a scope; made when first asked for."""
        known = self._tallies.get((coin, exchange))
        if known is None:
            known = self._tallies[coin, exchange] = Tally(coin, exchange)
            if coin is not None:
                self._by_exchange.setdefault(exchange, []).append(known)
            if exchange is not None:
                self._by_coin.setdefault(coin, []).append(known)
        return known

    def find(self, coin: str | None, exchange: str | None) -> list[Tally]:
        """The tally of a scope, or none when nobody asked for it and nothing came."""
        known = self._tallies.get((coin, exchange))
        return [known] if known else []

    def coins(self, exchange: str | None) -> list[Tally]:
        """The tallies of the single coins on one exchange, or on all."""
        return self._by_exchange.get(exchange, [])

    def exchanges(self, coin: str | None) -> list[Tally]:
        """The tallies of one coin, or all, on the single exchanges."""
        return self._by_coin.get(coin, [])

    def sums(self, coin: str | None, exchange: str | None, window: str) -> Sums:
        """What a window holds. Raises ``KeyError`` for a window that is not kept."""
        place = PLACES[window]
        known = self._tallies.get((coin, exchange))
        return known.sums(place, self.now_ms) if known else Sums(0, 0, 0, 0)

    def largest(self, coin: str | None, exchange: str | None, window: str) -> Order | None:
        """The largest single order of a window; of equal ones the latest."""
        known = self._tallies.get((coin, exchange))
        peak = known.peak(PLACES[window], self.now_ms) if known else None
        if peak is None:
            return None
        at_ms, usd, tag = peak
        origin = self._origins[tag >> 1]
        return Order(usd, origin[0], origin[1], Side(tag & 1), at_ms)

    def unpriced(self, coin: str | None, exchange: str | None, window: str) -> int:
        """Liquidations of a window whose worth is unknown; they are in no sum."""
        return self._unpriced.count(coin, exchange, self.now_ms - SPANS[PLACES[window]])

    def advance(self, now_ms: int) -> None:
        """Let time pass; values fall without events. A step back is ignored."""
        if now_ms <= self.now_ms:
            return
        self.now_ms = now_ms
        times, heads = self._times, self._heads
        for place, span in enumerate(SPANS):
            head = heads[place]
            if head < len(times) and times[head] <= now_ms - span:
                heads[place] = self._fall_out(place, head, now_ms - span)
        if heads[-1] >= max(CHUNK, len(times) >> 4):
            self._forget(heads[-1])

    def add(
        self, coin: str, exchange: str, side: Side, usd: int | None, time_ms: int
    ) -> Four | None:
        """Take one liquidation in; None when it came too late or has no known worth.

        A time ahead of the market's is taken for now, and counted.
        """
        now_ms = self.now_ms
        if time_ms > now_ms:
            self.clamped[exchange] = self.clamped.get(exchange, 0) + 1
            time_ms = now_ms
        elif time_ms < now_ms - LATE_MS:
            self.late[exchange] = self.late.get(exchange, 0) + 1
            return None
        return self._take(coin, exchange, side, usd, time_ms)

    def recall(
        self, coin: str, exchange: str, side: Side, usd: int | None, time_ms: int
    ) -> Four | None:
        """Take in what was missed when it happened, however late; None as in ``add``.

        It is in the windows that still reach back to it, and in no other.
        """
        if time_ms <= self.now_ms - SPANS[-1]:
            return None
        return self._take(coin, exchange, side, usd, min(time_ms, self.now_ms))

    def _take(
        self, coin: str, exchange: str, side: Side, usd: int | None, time_ms: int
    ) -> Four | None:
        now_ms = self.now_ms
        if usd is None or not 0 <= usd <= LARGEST_ORDER:
            self._unpriced.add(coin, exchange, time_ms, now_ms)
            return None
        number = self._numbers.get((coin, exchange))
        if number is None:
            number = self._enter(coin, exchange)
        tag = 2 * number + side
        self._insert(time_ms, usd, tag)
        four = self._fours[number]
        if time_ms <= now_ms - SPANS[0]:
            self._count_out(four, time_ms, usd, side)
        self._count_in(four, (time_ms, usd, tag))
        return four

    def _count_out(self, four: Four, time_ms: int, usd: int, side: Side) -> None:
        """An order this old has already left the shorter windows: they must not hold it."""
        for place, span in enumerate(SPANS):
            if time_ms > self.now_ms - span:
                return
            self._heads[place] += 1
            for tally in four:
                tally.cells[CELL * place + side] += usd
                tally.cells[CELL * place + 2] += 1

    def _insert(self, time_ms: int, usd: int, tag: int) -> None:
        times = self._times
        if not times or times[-1] <= time_ms:
            times.append(time_ms)
            self._amounts.append(usd)
            self._tags.append(tag)
            return
        # Where a window has lost something this old already, its head is moved by _count_out.
        place = bisect_right(times, time_ms)
        times.insert(place, time_ms)
        self._amounts.insert(place, usd)
        self._tags.insert(place, tag)

    def _count_in(self, four: Four, peak: Peak) -> None:
        """This and ``_fall_out`` run for every event in every scope, hence their plainness."""
        time_ms, usd, tag = peak
        for tally in four:
            if tag & 1:
                tally.short += usd
            else:
                tally.long += usd
            tally.count = count = tally.count + 1
            peaks = tally.peaks
            if peaks and (peaks[-1][0] > time_ms or len(peaks) >= tally.trim_at):
                tally.insert_peak(peak, self.now_ms)
            else:
                while peaks and peaks[-1][1] <= usd:
                    peaks.pop()
                peaks.append(peak)
            if (
                tally.long + tally.short > tally.add_limit
                or usd > tally.order_limit
                or count > tally.count_limit
            ):
                self.risen.append((tally, usd))

    def _fall_out(self, place: int, head: int, cut_ms: int) -> int:
        """Take what is as old as ``cut_ms`` out of one window; the place of its new head."""
        times, amounts, tags = self._times, self._amounts, self._tags
        if times[-1] <= cut_ms:
            self._empty(place)
            return len(times)
        orders_at = CELL * place + 2
        while times[head] <= cut_ms:
            usd = amounts[head]
            tag = tags[head]
            at = orders_at - 2 + (tag & 1)
            for tally in self._fours[tag >> 1]:
                cells = tally.cells
                cells[at] = fallen = cells[at] + usd
                cells[orders_at] = orders = cells[orders_at] + 1
                if fallen > cells[at + 3] or orders > cells[orders_at + 3]:
                    cells[at + 3] = cells[orders_at + 3] = NEVER
                    self.stirred.append((tally, place))
            head += 1
        return head

    def _empty(self, place: int) -> None:
        for tally in self._tallies.values():
            if tally.count_in(place):
                tally.empty(place)
                self.stirred.append((tally, place))

    def _forget(self, end: int) -> None:
        """Drop what no window holds any more."""
        del self._times[:end], self._amounts[:end], self._tags[:end]
        self._heads = [head - end for head in self._heads]

    def _enter(self, coin: str, exchange: str) -> int:
        """A coin's first liquidation on an exchange."""
        number = self._numbers[coin, exchange] = len(self._origins)
        self._origins.append((coin, exchange))
        four = (
            self.tally(None, None),
            self.tally(None, exchange),
            self.tally(coin, None),
            self.tally(coin, exchange),
        )
        self._fours.append(four)
        return number
