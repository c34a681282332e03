"""All that tells flushes, put together: what is remembered, composed, drawn, and who is told."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence

from bot.app.surroundings import Surroundings
from bot.casebook.charting import Charting
from bot.casebook.composing import Casebook
from bot.casebook.files import CaseFiles
from bot.casebook.recorder import Recorder
from bot.clock import MINUTE_MS, Clock, Now
from bot.events import Event
from bot.exchanges.dialect import Publication
from bot.flush.telling import Known
from bot.market import Liquidation
from bot.memory import Memory
from bot.news.desk import NewsDesk
from bot.pictures.studio import Studio
from bot.ports import Desk, FlushRoom
from bot.rules import Alert, Destination
from bot.story.batch import Batch
from bot.story.dressing import COMPANIONS_MS, Dressing
from bot.story.illustrating import Illustrator
from bot.story.narration import Narration
from bot.story.restoring import Library
from bot.story.scribe import Scribe
from bot.wording.flush import page_message
from storage import Storage

MOST_STARTS = 200
"""Open interest before so many flushes is remembered: it does not change any more."""


class Narrating:
    """Fulfils ``bot.story.untold.Story``: hears each event, dresses alerts, and never raises.

    ``room`` is for whoever asks. ``companions_ms`` is real time: what fires so soon after an alert
    waits for its companions. Charts are as far apart as ``drawing`` says.
    """

    def __init__(
        self,
        storage: Storage,
        around: Surroundings,
        news: NewsDesk,
        desk: Desk,
        exchanges: Mapping[str, Publication],
        memory: Memory,
        real: Clock,
        market: Now,
        wake: Callable[[], None],
        companions_ms: int = COMPANIONS_MS,
        drawing: Clock | None = None,
    ) -> None:
        self._real = real
        self._around = around
        self._news = news
        self._before: OrderedDict[tuple[str, int], float] = OrderedDict()
        self._studio = Studio(real)
        self.recorder = Recorder(memory.since_ms)
        self.cases = Casebook(desk, around.history, around.markets, news, self.recorder)
        self.charts = Charting(storage.archive, storage.facts, self._studio, market, self.recorder)
        scribe = Scribe(storage.flushes, real, wake)
        self._illustrator = Illustrator(
            self.charts, storage.pictures, storage.outbox, scribe, drawing or real
        )
        spans = memory.spans.values()
        watched_ms = min((span.since_ms for span in spans), default=memory.since_ms)
        library = Library(
            storage.flushes, storage.tape, storage.archive, exchanges,
            Known(around.history.rank_of_hour, self._open_interest), watched_ms,
        )  # fmt: skip
        self.stories = Narration(
            library, self.cases, page_message, scribe, real, market,
            self._illustrator.tell, self._illustrator.picture,
        )  # fmt: skip
        self.room = FlushRoom(
            storage.flushes, self.stories, self.cases, self.charts,
            CaseFiles(storage.flushes, storage.archive, storage.facts, self.charts, market),
        )  # fmt: skip
        around.tell_prices(self.price)
        self._dressing = Dressing(self.cases, self.stories, real, companions_ms)

    def tasks(self) -> Iterator[tuple[str, Callable[[], Awaitable[None]]]]:
        """What is to run beside everything else, by name; one's fault stays its own."""
        yield "story", self.stories.run
        yield "charts", self._illustrator.run
        yield "news", self._news.run

    def recall(self, orders: Iterable[Liquidation]) -> None:
        """What was heard before this start."""
        self.recorder.recall(orders)

    def hear(self, event: Event) -> None:
        self.recorder.hear(event)
        self.stories.pass_on(event)

    def dress(self, alerts: Sequence[Alert]) -> tuple[list[Alert], Batch]:
        return self._dressing.dress(alerts)

    def stored(self, alerts: Sequence[Alert]) -> None:
        self._illustrator.fired(alerts)

    def price(self, coin: str, at_ms: int, price: float) -> None:
        """A price that a market's structure told."""
        self.recorder.price(coin, at_ms, price)
        self.stories.price(coin, at_ms, price)

    def spoke(self, destination: Destination) -> None:
        """Somebody wrote there, or was answered."""
        self.stories.activity.spoke(destination, self._real.now_ms())

    async def finish(self) -> None:
        """Tell what waits; for a clean stop, when nothing more comes in."""
        await self.stories.finish()

    async def close(self) -> None:
        await self._studio.close()

    def _open_interest(self, coin: str | None, at_ms: int) -> float | None:
        """In US dollars right before this time, of a coin that is followed."""
        if coin is None or self._around.markets is None:
            return None
        which = coin, at_ms // MINUTE_MS
        known = self._before.get(which)
        if known is None:  # not told yet is asked again: the shelf fills after a start
            view = self._around.markets.at(coin, at_ms)
            if view is None or view.oi_usd is None:
                return None
            known = self._before[which] = view.oi_usd.value
            if len(self._before) > MOST_STARTS:
                self._before.popitem(last=False)
        return known
