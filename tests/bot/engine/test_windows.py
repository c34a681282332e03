"""Windows against lists that are summed anew for every question."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import DAY_MS, MINUTE_MS, SECOND_MS
from bot.engine.windows import Windows
from bot.figures import Order
from bot.market import LARGEST_ORDER, USD, Side
from bot.rules import WINDOWS
from tests.torture import times

START = 1_700_000_000_000
COINS = ("BTC", "ETH", "PEPE")
EXCHANGES = ("binance", "bybit")
SCOPES = [(coin, exchange) for coin in (None, *COINS) for exchange in (None, *EXCHANGES)]

Entry = tuple[str, str, Side, int, int]
"""(coin, exchange, side, usd, time)."""


class Lists:
    """The naive twin: it keeps everything and computes everything when asked."""

    def __init__(self) -> None:
        self.now = START
        self.entries: list[Entry] = []
        self.unknown: list[tuple[str, str, int]] = []
        self.late = 0
        self.clamped = 0

    def add(self, coin: str, exchange: str, side: Side, usd: int | None, time_ms: int) -> None:
        if time_ms > self.now:
            self.clamped += 1
            time_ms = self.now
        if self.now - time_ms > 60 * SECOND_MS:
            self.late += 1
        elif usd is None:
            self.unknown.append((coin, exchange, time_ms))
        else:
            self.entries.append((coin, exchange, side, usd, time_ms))

    def held(self, coin: str | None, exchange: str | None, span: int) -> list[Entry]:
        return [
            entry
            for entry in self.entries
            if coin in (None, entry[0])
            and exchange in (None, entry[1])
            and self.now - span < entry[4] <= self.now
        ]

    def largest(self, coin: str | None, exchange: str | None, span: int) -> Order | None:
        """Of equal ones the latest by time, then by arrival."""
        best = None
        for entry in self.held(coin, exchange, span):
            if best is None or (entry[3], entry[4]) >= (best[3], best[4]):
                best = entry
        return Order(best[3], best[0], best[1], best[2], best[4]) if best else None


def agree(windows: Windows, lists: Lists) -> None:
    for name, span in WINDOWS.items():
        for coin, exchange in SCOPES:
            held = lists.held(coin, exchange, span)
            sums = windows.sums(coin, exchange, name)
            assert sums.long == sum(e[3] for e in held if e[2] is Side.LONG)
            assert sums.short == sum(e[3] for e in held if e[2] is Side.SHORT)
            assert sums.count == len(held)
            assert sums.largest == max((e[3] for e in held), default=0)
            assert windows.largest(coin, exchange, name) == lists.largest(coin, exchange, span)
            unknown = [
                u
                for u in lists.unknown
                if coin in (None, u[0])
                and exchange in (None, u[1])
                and lists.now - span < u[2] <= lists.now
            ]
            assert windows.unpriced(coin, exchange, name) == len(unknown)
    assert sum(windows.late.values()) == lists.late
    assert sum(windows.clamped.values()) == lists.clamped


PAUSES = st.one_of(
    st.integers(-5, 3_000),
    st.sampled_from([0, 60_000, *WINDOWS.values()]).flatmap(
        lambda span: st.integers(-1, 1).map(lambda extra: span + extra)
    ),
)
AMOUNTS = st.one_of(
    st.none(), st.integers(0, 5), st.integers(0, LARGEST_ORDER), st.just(LARGEST_ORDER)
)
AGES = st.one_of(st.integers(-100, 100), st.sampled_from([59_999, 60_000, 60_001, 30_000]))
STEPS = st.tuples(
    PAUSES,
    st.lists(
        st.tuples(
            st.sampled_from(COINS),
            st.sampled_from(EXCHANGES),
            st.sampled_from(list(Side)),
            AMOUNTS,
            AGES,
        ),
        max_size=4,
    ),
)


@settings(max_examples=times(50), deadline=None)
@given(st.lists(STEPS, max_size=14))
def test_every_window_of_every_scope_equals_the_lists(
    steps: list[tuple[int, list[tuple[str, str, Side, int | None, int]]]],
) -> None:
    windows, lists = Windows(START), Lists()
    clock = START
    for pause, entries in steps:
        clock += pause
        windows.advance(clock)
        lists.now = max(lists.now, clock)
        for coin, exchange, side, usd, age in entries:
            windows.add(coin, exchange, side, usd, clock - age)
            lists.add(coin, exchange, side, usd, clock - age)
        agree(windows, lists)


def test_a_window_is_open_at_its_beginning_and_closed_at_its_end() -> None:
    windows = Windows(START)
    windows.add("BTC", "okx", Side.LONG, 7, START)
    windows.advance(START + 5 * MINUTE_MS - 1)
    assert windows.sums(None, None, "5m").long == 7
    windows.advance(START + 5 * MINUTE_MS)
    assert windows.sums(None, None, "5m").long == 0
    assert windows.sums("BTC", "okx", "15m").long == 7


def test_an_order_larger_than_any_can_be_is_counted_as_unpriced() -> None:
    windows = Windows(START)
    assert windows.add("BTC", "okx", Side.LONG, LARGEST_ORDER + 1, START) is None
    assert windows.sums(None, None, "5m").count == 0
    assert windows.unpriced("BTC", None, "5m") == 1


def test_what_no_window_holds_any_more_is_forgotten() -> None:
    windows = Windows(START)
    for second in range(2 * 86_400):
        windows.advance(START + second * 1_000)
        windows.add("BTC", "okx", Side.SHORT, second, START + second * 1_000)
    assert len(windows) < 86_400 + 65_536 + 1
    assert windows.sums(None, None, "24h").count == 86_400
    assert windows.sums(None, None, "24h").short == sum(range(86_400, 2 * 86_400))
    largest = windows.largest("BTC", None, "24h")
    assert largest is not None
    assert largest.usd == 2 * 86_400 - 1


def test_a_series_of_ever_smaller_orders_keeps_its_largest_as_time_passes() -> None:
    windows = Windows(START)
    for minute in range(3_000):
        windows.advance(START + minute * MINUTE_MS)
        windows.add("BTC", "okx", Side.LONG, (5_000 - minute) * USD, START + minute * MINUTE_MS)
    assert windows.sums(None, None, "5m").largest == (5_000 - 2_995) * USD
    assert windows.sums(None, None, "24h").largest == (5_000 - (3_000 - 1_440)) * USD


def test_a_pause_of_a_day_empties_every_window() -> None:
    windows = Windows(START)
    windows.add("BTC", "okx", Side.LONG, 7, START)
    windows.advance(START + DAY_MS)
    assert all(windows.sums(None, "okx", window).count == 0 for window in WINDOWS)
    windows.add("BTC", "okx", Side.LONG, 8, START + DAY_MS)
    assert windows.sums("BTC", None, "24h").long == 8
