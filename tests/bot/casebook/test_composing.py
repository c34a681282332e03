"""What a case holds: of this moment, of the same scope, of the same sources; looked at once."""

from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from bot.casebook.composing import Casebook, largest_hour, priced
from bot.casebook.recorder import Minute, Recorder
from bot.clock import HOUR_MS, MINUTE_MS, SECOND_MS
from bot.figures import Reading
from bot.flush.flush import Stage
from bot.history.known import Sidedness
from bot.history.nothing import NoHistory
from bot.history.standing import Standing
from bot.market import USD
from bot.ports import History
from bot.rules import WINDOWS
from bot.sentences.case import Case, Headline, MinuteSum, News
from bot.sentences.judging import judge
from bot.sentences.record import record, retold
from bot.structure.facts import Candle, Measure
from bot.structure.shelf import Shelf
from bot.structure.source import Told
from bot.structure.view import MarketView
from bot.structure.views import Views
from tests.bot.casebook.kept import PLAN, TWO_WAVES, candle, kept
from tests.bot.flush.tapes import Plan, at
from tests.bot.structure.keeping import REGISTRY, a_fact
from tests.clocks import ManualClock
from tests.fakes import FakeDesk, a_reading

OIL = ("Binance", "Bybit")


class CountedViews(Views):
    """How many whole views were made."""

    made = 0

    def at(self, coin: str, at_ms: int) -> MarketView | None:
        self.made += 1
        return super().at(coin, at_ms)


class KnownHistory(NoHistory):
    """Everything is the largest of a hundred days, and normal is a million an hour."""

    days = 100.0
    asked: Reading | None = None

    def standing(self, reading: Reading) -> Standing | None:
        self.asked = reading
        return _standing(reading, self.days)

    def imported(self, reading: Reading) -> tuple[Standing, ...]:
        return tuple(
            replace(_standing(reading, days), source=name)
            for name, days in (("short", 30.0), ("long", 180.0))
        )

    def normal(
        self, coin: str | None, span_ms: int, at_ms: int, exchange: str | None = None
    ) -> int | None:
        return span_ms // MINUTE_MS * USD

    def sidedness(
        self, coin: str | None, span_ms: int, exchange: str | None = None
    ) -> Sidedness | None:
        return Sidedness(7, 10, USD, span_ms, self.days)

    def at_share(self, coin: str | None, span_ms: int, share: float) -> int | None:
        return round(share * span_ms)


class Papers:
    """Fulfils what is needed of a news desk."""

    def __init__(self, read_ms: int) -> None:
        self.read_ms = read_ms
        self.asked_ms = 0

    def news(self, before_ms: int) -> News | None:
        self.asked_ms = before_ms
        return News(("coindesk.com",), self.read_ms, newest=Headline("coindesk.com", "x", 1))


def _standing(reading: Reading, days: float) -> Standing:
    return Standing(reading.span_ms, reading.total, 1, 9, days, 0.99, 0, 1.0)


def a_market(until_ms: int, candles: Iterable[Candle] = ()) -> CountedViews:
    """BTC falls, its open interest falls to two thirds at 02:40 and comes back a little."""
    shelf, start_ms = Shelf(), at("01:00")
    facts = []
    for at_ms in range(start_ms, until_ms + 1, MINUTE_MS):
        low = min(1.0, abs(at_ms - at("02:40")) / (40 * MINUTE_MS))
        for source in ("binance", "bybit"):
            told = {Measure.MARK: 90_000.0, Measure.OI: 1_000 * (2 + low) / 3}
            facts += [
                replace(a_fact(measure, value, source), at_ms=at_ms)
                for measure, value in told.items()
            ]
    shelf.put(Told(tuple(facts), tuple(candles)))
    return CountedViews(shelf, ("BTC",), REGISTRY, lambda: (), ManualClock(until_ms))


class Setting:
    """A flush at a moment, with all that is known of it."""

    def __init__(self, plan: Plan, until: str, history: History | None = None) -> None:
        self.now_ms = at(until) + 20 * SECOND_MS
        self.flush, archive, candles = kept(plan, until)
        self.recorder = Recorder(at("00:00"))
        self.recorder.recall(archive.orders)
        self.views = a_market(at(until), candles.kept)
        self.desk = FakeDesk()
        for name in WINDOWS:
            self.tell(a_reading(window=name))
        self.history = history or KnownHistory()
        self.papers = Papers(self.now_ms - MINUTE_MS)
        self.book = Casebook(self.desk, self.history, self.views, self.papers, self.recorder)

    def tell(self, reading: Reading) -> Reading:
        told = replace(reading, at_ms=self.now_ms)
        name = next((name for name, ms in WINDOWS.items() if ms == reading.span_ms), "")
        self.desk.readings[told.coin, told.exchange, name] = told
        return told

    def case(self) -> Case:
        return self.book.of_flush(self.flush)


@pytest.fixture
def fading() -> Setting:
    return Setting(PLAN, "02:50")


def test_a_flush_is_told_over_the_hour_that_ends_now_with_the_other_windows(
    fading: Setting,
) -> None:
    case = fading.case()
    assert (case.at_ms, case.coin, case.reading.span_ms) == (fading.now_ms, None, HOUR_MS)
    spans = [reading.span_ms for reading in case.windows]
    assert spans == [span_ms for name, span_ms in WINDOWS.items() if name != "1h"]
    assert {reading.at_ms for reading in case.windows} == {fading.now_ms}
    assert case.flush is fading.flush
    assert (case.normal, case.one_sided_share, case.busy) == (60 * USD, 0.7, 675_000)


def test_a_window_of_another_moment_is_left_out(fading: Setting) -> None:
    stale = fading.desk.readings[None, None, "5m"]
    fading.desk.readings[None, None, "5m"] = replace(stale, at_ms=stale.at_ms - 1)
    assert 5 * MINUTE_MS not in [reading.span_ms for reading in fading.case().windows]


def test_minutes_are_whole_without_a_hole_and_carry_the_markets_price(fading: Setting) -> None:
    minutes = fading.case().minutes
    assert len(minutes) == 120
    assert minutes[-1].start_ms == at("02:49")
    assert [m.start_ms for m in minutes] == list(range(at("00:50"), at("02:50"), MINUTE_MS))
    assert all(m.low is not None and m.close is not None and m.low < m.close for m in minutes)
    assert sum(m.btc + m.alts for m in minutes[-60:]) > 300e6 * USD


def test_the_market_is_told_before_at_its_worst_and_now(fading: Setting) -> None:
    case = fading.case()
    assert case.before and case.peak and case.now
    assert case.before.at_ms == fading.flush.start_ms
    assert case.now.at_ms == fading.now_ms
    assert case.before.oi and case.peak.oi and case.now.oi
    assert case.peak.oi.value < case.now.oi.value < case.before.oi.value
    assert case.peak.oi.at_ms == at("02:39")
    assert case.before.oi.sources == case.peak.oi.sources == case.now.oi.sources == OIL
    assert case.peak.volatility and case.now.volatility
    assert case.peak.volatility.value >= case.now.volatility.value
    assert len(case.volatilities) == 4


def test_a_source_that_did_not_tell_before_is_in_none_of_them(fading: Setting) -> None:
    late = [replace(a_fact(Measure.OI, 9e9, "okx"), at_ms=at("02:50"))]
    fading.views._shelf.put(Told(tuple(late), ()))  # type: ignore[attr-defined]
    case = fading.case()
    assert case.before and case.peak and case.now
    assert case.now.oi and case.peak.oi
    assert case.now.oi.sources == case.peak.oi.sources == OIL


def test_a_moment_is_looked_at_once(fading: Setting) -> None:
    fading.case()
    assert fading.views.made == 2  # before and now
    fading.case()
    fading.book.of_reading(fading.desk.readings[None, None, "1h"], fading.flush)
    assert fading.views.made == 2
    for name in WINDOWS:
        fading.tell(replace(fading.desk.readings[None, None, name], at_ms=0))
    fading.now_ms += 11 * SECOND_MS
    for name in WINDOWS:
        fading.tell(fading.desk.readings[None, None, name])
    fading.case()
    assert fading.views.made == 3  # now again


def test_what_was_not_known_yet_of_a_past_moment_is_asked_again_after_a_minute() -> None:
    setting = Setting(PLAN, "02:50")
    empty = CountedViews(Shelf(), ("BTC",), REGISTRY, lambda: (), ManualClock(setting.now_ms))
    book = Casebook(setting.desk, setting.history, empty, None, setting.recorder)
    book.of_flush(setting.flush)
    book.of_flush(setting.flush)
    assert empty.made == 2
    setting.now_ms += MINUTE_MS
    for name in WINDOWS:
        setting.tell(setting.desk.readings[None, None, name])
    book.of_flush(setting.flush)
    assert empty.made == 4


def test_a_rank_is_that_of_the_larger_of_its_worst_hour_and_the_last_hour(fading: Setting) -> None:
    assert isinstance(fading.history, KnownHistory)
    fading.case()
    worst = fading.flush.last.worst_hour
    assert fading.history.asked is not None
    assert fading.history.asked.total == worst.total
    assert sum(part.total for part in fading.history.asked.exchanges) <= worst.total
    last = fading.tell(a_reading(long=900_000_000))
    fading.case()
    assert fading.history.asked == last


def test_a_rank_of_one_that_is_over_is_that_of_its_worst_hour() -> None:
    setting = Setting(PLAN, "04:30")
    assert setting.flush.stage is Stage.OVER
    setting.tell(a_reading(long=900_000_000))
    case = setting.case()
    assert case.standing is not None
    assert case.standing.total == setting.flush.last.worst_hour.total
    assert case.reading.long == 900_000_000 * USD


def test_a_history_too_young_leaves_the_word_to_the_longest_that_was_imported() -> None:
    history = KnownHistory()
    history.days = 3.0
    standing = Setting(PLAN, "02:50", history).case().standing
    assert standing is not None
    assert (standing.source, standing.days) == ("long", 180.0)


def test_the_hour_since_is_the_largest_since_it_ended() -> None:
    setting = Setting(PLAN, "04:30")
    since = [minute.total for minute in setting.recorder.minutes(None, at("02:44"), setting.now_ms)]
    hours = [sum(since[first : first + 60]) for first in range(len(since) - 59)]
    assert setting.case().hour_since == max(hours)


def test_the_hour_since_is_not_known_while_it_goes_on_nor_where_memory_begins_later() -> None:
    assert Setting(PLAN, "02:50").case().hour_since is None
    assert Setting(TWO_WAVES, "05:30").case().hour_since is None
    setting = Setting(PLAN, "04:30")
    young = Recorder(at("03:00"))
    book = Casebook(setting.desk, setting.history, setting.views, None, young)
    assert book.of_flush(setting.flush).hour_since is None


@pytest.mark.parametrize(
    ("totals", "largest"),
    [([], 0), ([5] * 10, 50), ([1] * 59 + [9, 9], 76), ([9] + [1] * 60, 68), ([0] * 99, 0)],
)
def test_the_largest_hour(totals: list[int], largest: int) -> None:
    assert largest_hour([Minute(n, each, 0, 1) for n, each in enumerate(totals)]) == largest


def test_headlines_are_those_near_its_start_read_no_later_than_the_case(fading: Setting) -> None:
    fading.papers.read_ms = fading.now_ms + 400
    news = fading.case().news
    assert news is not None
    assert news.read_ms == fading.now_ms
    assert fading.papers.asked_ms == fading.flush.start_ms


def test_a_window_in_a_flush_of_its_scope_carries_it(fading: Setting) -> None:
    reading = fading.tell(a_reading(window="15m"))
    case = fading.book.of_reading(reading, fading.flush)
    assert case.flush is fading.flush
    assert case.reading is reading
    assert case.standing is not None and case.standing.span_ms == 15 * MINUTE_MS


@pytest.mark.parametrize(("coin", "exchange"), [("BTC", None), (None, "bybit")])
def test_a_window_of_another_scope_is_told_by_itself(
    fading: Setting, coin: str | None, exchange: str | None
) -> None:
    told = {name: fading.tell(a_reading(coin, exchange, name)) for name in WINDOWS}
    reading = told["15m"]
    case = fading.book.of_reading(reading, fading.flush)
    assert case.flush is None
    assert case.peak is None
    assert case.before is not None and case.before.at_ms <= reading.at_ms - reading.span_ms
    if exchange:
        assert (case.minutes, case.traded, case.busy) == ((), None, None)
        assert {window.exchange for window in case.windows} == {exchange}


def test_a_coin_whose_market_is_not_followed_has_minutes_all_the_same(fading: Setting) -> None:
    case = fading.book.of_reading(fading.tell(a_reading("SOL", None, "1h")))
    assert (case.before, case.now, case.traded, case.volatilities) == (None, None, None, ())
    assert len(case.minutes) == 120
    assert all(minute.own is not None for minute in case.minutes)


def test_where_nothing_but_liquidations_is_known_there_is_a_case_too() -> None:
    setting = Setting(PLAN, "02:50")
    book = Casebook(setting.desk, NoHistory(), None, None, Recorder(setting.now_ms))
    case = book.of_flush(setting.flush)
    assert (case.standing, case.normal, case.busy, case.news) == (None, None, None, None)
    assert (case.minutes, case.now) == ((), None)
    assert judge(case)


@pytest.mark.parametrize("until", ["02:07", "02:50", "04:30", "11:30"])
def test_sentences_follow_again_from_what_is_written_down_of_it(until: str) -> None:
    case = Setting(PLAN, until).case()
    assert retold(record(case)) == judge(case)


def some(*starts: int) -> list[MinuteSum]:
    return [MinuteSum(start * MINUTE_MS, 0, 0, 1.0, 1.0, 1.0) for start in starts]


def test_the_last_minutes_wait_for_their_candles_at_the_price_before_them() -> None:
    candles = [candle(start * MINUTE_MS, 100.0 + start) for start in range(5)]
    told = priced(some(*range(7)), candles)
    assert [(each.low, each.close) for each in told[3:]] == [
        (83.0, 103.0), (84.0, 104.0), (104.0, 104.0), (104.0, 104.0),
    ]  # fmt: skip


@pytest.mark.parametrize("known", [(), (1, 2, 3), (0, 1, 3), (0,)])
def test_candles_with_holes_tell_no_prices(known: tuple[int, ...]) -> None:
    minutes = some(*range(5))
    candles = [candle(start * MINUTE_MS, 100.0) for start in known]
    assert priced(minutes, candles) == tuple(minutes)
