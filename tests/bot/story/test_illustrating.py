"""Charts come after the words: once a minute, to the newest words, and never in a storm."""

from collections.abc import Callable

from msgspec.structs import replace

from bot.errors import StoreError
from bot.figures import Reading
from bot.flush.flush import Flush, Stage
from bot.pictures.chart import Picture
from bot.ports import Accounts
from bot.rules import Page
from bot.story.batch import Batch
from bot.story.illustrating import BUSY, PACE_S, Illustrator
from bot.story.page import Post
from bot.story.scribe import Scribe
from bot.wording.text import Message
from tests.bot.sentences.golden import FLUSH
from tests.bot.story.test_dressing import ANN, an_alert
from tests.clocks import ManualClock
from tests.fake_flushbook import FakeFlushbook, FakePictures
from tests.fakes import NOW_MS, FakeOutbox

FIRST = replace(FLUSH, id=311)


class Charts:
    """One picture a time it is asked, or none."""

    def __init__(self) -> None:
        self.asked = 0
        self.blank = False
        self.while_drawing: Callable[[], None] = lambda: None

    async def of_flush(self, flush: Flush) -> Picture | None:
        return self._drawn()

    async def of_reading(self, reading: Reading) -> Picture | None:
        return self._drawn()

    def _drawn(self) -> Picture | None:
        self.asked += 1
        self.while_drawing()
        return None if self.blank else Picture(b"png", f"d{self.asked}", "a chart")


class Queue(FakeOutbox):
    def __init__(self) -> None:
        super().__init__()
        self.open = 0
        self.broken = False

    async def accounts(self) -> Accounts:
        if self.broken:
            raise StoreError("the disk is full")
        return Accounts(self.open, 0, 0, 0, self.open)


class Easel:
    def __init__(self) -> None:
        self.clock = ManualClock(NOW_MS)
        self.charts, self.queue, self.book = Charts(), Queue(), FakeFlushbook()
        self.pictures = FakePictures()
        scribe = Scribe(self.book, self.clock, lambda: None)
        self.illustrator = Illustrator(self.charts, self.pictures, self.queue, scribe, self.clock)

    def tell(self, words: str, flush: Flush = FIRST) -> None:
        page = Page(flush.id, "start", NOW_MS, Message((words,)), f"F{flush.id}.1")
        post = Post(ANN, page, flush.short_id)
        self.illustrator.tell(Batch((post,), flushes=(flush,)))

    def shown(self) -> list[tuple[object, str]]:
        return [(post.payload.message.head[0], post.payload.picture) for post in self.book.posts]


async def test_a_page_gets_its_chart_and_the_chart_is_kept_first() -> None:
    easel = Easel()
    easel.tell("start")
    await easel.illustrator.look()
    assert easel.shown() == [("start", "d1")]
    assert set(easel.pictures.kept) == {"d1"}
    assert easel.illustrator.picture(311) == "d1"


async def test_the_chart_is_added_to_the_newest_words() -> None:
    easel = Easel()
    easel.tell("start")
    easel.tell("building")
    await easel.illustrator.look()
    assert easel.shown() == [("building", "d1")]


async def test_a_flush_is_drawn_once_a_minute_at_most() -> None:
    easel = Easel()
    easel.tell("start")
    await easel.illustrator.look()
    easel.tell("building")
    await easel.illustrator.look()
    assert easel.charts.asked == 1
    await easel.clock.advance(PACE_S)
    await easel.illustrator.look()
    assert easel.shown()[-1] == ("building", "d2")


async def test_in_a_storm_words_come_first_and_pages_get_their_charts_later() -> None:
    easel = Easel()
    easel.queue.open = BUSY + 1
    easel.tell("start")
    easel.illustrator.fired([an_alert()])
    await easel.illustrator.look()
    assert easel.charts.asked == 0
    easel.queue.open = 0
    await easel.clock.advance(PACE_S)
    await easel.illustrator.look()
    assert easel.shown() == [("start", "d1")], "an alert's chart would come too late"


async def test_a_storm_that_begins_while_a_chart_is_drawn_has_its_words_first() -> None:
    easel = Easel()
    easel.charts.while_drawing = lambda: setattr(easel.queue, "open", BUSY + 1)
    easel.tell("start")
    easel.illustrator.fired([an_alert()])
    await easel.illustrator.look()
    assert (easel.shown(), easel.queue.waiting) == ([], [])
    easel.charts.while_drawing = lambda: None
    easel.queue.open = 0
    await easel.clock.advance(PACE_S)
    await easel.illustrator.look()
    assert [words for words, _ in easel.shown()] == ["start"]


async def test_alerts_of_one_window_share_one_chart() -> None:
    easel = Easel()
    easel.illustrator.fired([an_alert(), an_alert(number=2), an_alert(metric="order", number=3)])
    await easel.illustrator.look()
    assert easel.charts.asked == 1
    told = [one.payload for one in easel.queue.waiting]
    assert [(alert.rule.id, alert.picture) for alert in told] == [(1, "d1"), (2, "d1")]


async def test_what_cannot_be_drawn_is_words_alone() -> None:
    easel = Easel()
    easel.charts.blank = True
    easel.tell("start")
    await easel.illustrator.look()
    assert easel.shown() == []


async def test_storage_in_trouble_ends_nothing() -> None:
    easel = Easel()
    easel.queue.broken = True
    easel.tell("start")
    await easel.illustrator.look()
    easel.queue.broken = False
    await easel.illustrator.look()
    assert easel.shown() == [("start", "d1")]


async def test_a_closed_flush_is_forgotten_once_its_last_page_has_its_chart() -> None:
    easel = Easel()
    easel.tell("all clear", replace(FIRST, stage=Stage.CLOSED))
    await easel.illustrator.look()
    assert easel.shown() == [("all clear", "d1")]
    assert easel.illustrator.picture(311) == ""
