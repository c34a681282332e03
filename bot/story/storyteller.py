"""Tells flushes: takes events in, and says at any moment what is to be written to whom."""

from collections.abc import Callable, Sequence

from bot.clock import MINUTE_MS, SECOND_MS
from bot.events import Event
from bot.flush.flush import Flush, Severity, Stage
from bot.flush.news import FlushNews
from bot.ports import Cases
from bot.story.activity import Activity
from bot.story.audience import Audience
from bot.story.batch import Batch, Telling
from bot.story.composing import Moment, Numbers, Say
from bot.story.follow import How
from bot.story.followers import Followers
from bot.story.listener import Listener
from bot.story.page import Post, Reader
from bot.story.places import Place, place_of
from bot.story.readers import Readers, Rings
from bot.story.steps import STEPS, Move, recorded, step_of

EDIT_MS = 30 * SECOND_MS
"""Of the market: what only grew is told no more often."""

STATE_MS = MINUTE_MS
"""Of the market: the state is stored this often, and with all that is not growth."""

LATE_MS = 30 * MINUTE_MS
"""What is told so long after it was rings nobody."""


def undrawn(flush: int) -> str:
    """No flush has a chart."""
    return ""


class Storyteller:
    """Synchronous, and the only owner of the flush machine; its time is the market's.

    ``take`` is cheap and belongs to one event; ``tell`` composes what has come together since.
    ``picture`` knows the digest of a flush's latest chart.
    """

    def __init__(
        self,
        listener: Listener,
        followers: Followers,
        readers: Readers,
        cases: Cases,
        say: Say,
        activity: Activity,
        rings: Rings,
        picture: Callable[[int], str] = undrawn,
    ) -> None:
        self._listener = listener
        self._current = {flush.id: flush for flush in listener.running()}
        self.audience = Audience(followers, readers, activity, rings, self._current)
        self._cases = cases
        self._say = say
        self._picture = picture
        self._numbers = Numbers()
        self._news: list[tuple[int, FlushNews]] = []
        self._grown: dict[int, FlushNews] = {}
        self._told_ms: dict[int, int] = {}
        self._state_ms = 0
        self._recorded = set(self._current)

    @property
    def now_ms(self) -> int:
        """The market's time."""
        return self._listener.now_ms

    def running(self) -> list[Flush]:
        """All that are not closed, market-wide ones first, as they are now."""
        known = self._listener.running()
        return sorted(known, key=lambda flush: (flush.coin is not None, flush.id))

    def latest(self) -> Sequence[Flush]:
        """The same as they were told of last, at once and in no order."""
        return list(self._current.values())

    @property
    def eager(self) -> bool:
        """There is more to tell than growth."""
        return bool(self._news)

    def take(self, event: Event) -> None:
        """One event, in the order in which all came."""
        if self.audience.take(event):
            return
        for news in self._listener.handle(event):
            flush = news.flush
            self._current[flush.id] = flush
            if news.what == "grew":
                self._grown[flush.id] = news
            else:
                self._grown.pop(flush.id, None)
                self._news.append((self.now_ms, news))

    def price(self, coin: str, at_ms: int, price: float) -> None:
        """A price from elsewhere, in US dollars."""
        self._listener.flushes.price(coin, at_ms, price)

    def tell(self, real_ms: int) -> Batch:
        """What is to be stored now; ``real_ms`` is people's time."""
        draft = Draft(real_ms)
        news, self._news = self._news, []
        for at_ms, each in news:
            self._tell(each, draft, late=self.now_ms - at_ms > LATE_MS)
        for flush, each in list(self._grown.items()):
            due = self.now_ms - self._told_ms.get(flush, 0) >= EDIT_MS
            if due:
                del self._grown[flush]
            self._tell(each, draft, only_new=not due)
        due = self.now_ms - self._state_ms >= STATE_MS
        if news or draft.fresh or due:
            self._state_ms = self.now_ms
            draft.state = self._listener.encode()
        return draft.batch()

    def _tell(
        self, news: FlushNews, draft: "Draft", late: bool = False, only_new: bool = False
    ) -> None:
        """One piece of news to everybody; ``only_new``: to those who have heard nothing yet."""
        flush = news.flush
        moves = list(self.audience.moves(news, late, only_new))
        wanted = not only_new and self._is_recorded(news)
        if not only_new:
            self._told_ms[flush.id] = self.now_ms
        if moves or not only_new:
            draft.flushes[flush.id] = flush
        if wanted or any(step.how is not How.OFF for _, step in moves):
            key = self._numbers.next(flush, self.now_ms)
            picture = self._picture(flush.id)
            moment = Moment(self._cases, self._say, flush, key, news.after_ms, picture)
            for row, step in moves:
                if step.how is not How.OFF:
                    draft.post(self._post(moment, row, step))
            draft.tellings.append(moment.telling(step_of(news) or STEPS[flush.stage]))
        for row, step in moves:
            draft.read(self.audience.read(row, step, draft.real_ms), step)
        if flush.stage is Stage.CLOSED and news.what == "entered":
            self._forget(flush.id)

    def _post(self, moment: Moment, row: Reader, step: Move) -> Post:
        edit = step.how is How.EDIT
        first = moment.flush.short_id
        loud = self.audience.is_loud(row) if edit else step.how is How.RING
        quotes = "" if step.key == first else first
        page = moment.page(step.step, row.destination.direct, loud, edit, quotes)
        return Post(row.destination, page, step.key)

    def _is_recorded(self, news: FlushNews) -> bool:
        """At each turn, and once as soon as somebody may ask for it."""
        flush = news.flush
        if flush.coin is not None and flush.severity < Severity.NOTABLE:
            return False
        first = flush.id not in self._recorded
        self._recorded.add(flush.id)
        return first or recorded(news)

    def _forget(self, flush: int) -> None:
        self.audience.forget(flush)
        self._numbers.forget(flush)
        self._recorded.discard(flush)
        for known in (self._current, self._grown, self._told_ms):
            known.pop(flush, None)


class Draft:
    """A batch as it comes together; of one page only its last words are kept."""

    def __init__(self, real_ms: int) -> None:
        self.real_ms = real_ms
        self.tellings: list[Telling] = []
        self.flushes: dict[int, Flush] = {}
        self.state: bytes | None = None
        self.fresh = False
        """Somebody gets a new message."""
        self._posts: dict[tuple[Place, str], Post] = {}
        self._rows: dict[tuple[int, Place], Reader] = {}

    def post(self, post: Post) -> None:
        """Loud stays loud: a page that was not sent yet rings with its newer words."""
        self._posts[place_of(post.destination), post.key] = post

    def read(self, row: Reader | None, step: Move) -> None:
        """``row`` None: as it was."""
        self.fresh = self.fresh or step.how in (How.RING, How.SILENT)
        if row is not None:
            self._rows[row.flush, place_of(row.destination)] = row

    def batch(self) -> Batch:
        return Batch(
            tuple(self._posts.values()),
            tuple(self.tellings),
            tuple(self.flushes.values()),
            tuple(self._rows.values()),
            self.state,
        )
