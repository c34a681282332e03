"""The engine's figures, for whoever asks."""

from collections.abc import Callable, Collection, Iterable

from bot.clock import DAY_MS, HOUR_MS
from bot.engine.engine import Engine
from bot.feed.status import FeedStatus
from bot.figures import Reading
from bot.metrics import METRICS
from bot.ports import SourceStatus
from bot.rules import Rule

DAY = "24h"


class EngineDesk:
    """Fulfils ``bot.ports.Desk``.

    ``feeds`` gives the state of each exchange's feed, ``listed`` the coins of the instrument
    tables.
    """

    def __init__(
        self,
        engine: Engine,
        feeds: Callable[[], Iterable[FeedStatus]],
        listed: Callable[[], Collection[str]],
    ) -> None:
        self._engine = engine
        self._feeds = feeds
        self._listed = listed

    def reading(self, coin: str | None, exchange: str | None, window: str) -> Reading:
        """Raises ``KeyError`` for a window that is not in ``rules.WINDOWS``."""
        return self._engine.readings.reading(coin, exchange, window)

    def value(self, rule: Rule) -> int | None:
        """As the engine has it; a nothing of which a part was not heard is unknown, not zero."""
        value = self._engine.value(rule)
        if value or not rule.window or METRICS[rule.metric].told:
            return value
        heard = self.reading(rule.coin, rule.exchange, rule.window).complete
        return value if heard else None

    def coins(self) -> Collection[str]:
        tallies = self._engine.windows.coins(None)
        seen = {tally.coin for tally in tallies if tally.coin and tally.count}
        return seen.union(self._listed())

    def sources(self) -> list[SourceStatus]:
        return [self._source(feed) for feed in self._feeds()]

    def now_ms(self) -> int:
        return self._engine.now_ms

    def _source(self, feed: FeedStatus) -> SourceStatus:
        windows, ears, name = self._engine.windows, self._engine.ears, feed.exchange
        now_ms = self._engine.now_ms
        day = windows.sums(None, name, DAY)
        publication = ears.publication(name)
        return SourceStatus(
            exchange=name,
            state=feed.state,
            since_ms=feed.since_ms,
            reason=feed.reason,
            last_event_ms=feed.last_event_ms,
            events=day.count,
            usd=day.total,
            publication=publication,
            doubts=feed.doubts,
            last_data_ms=feed.last_data_ms,
            gaps=ears.gaps(name, DAY_MS, now_ms),
            hour=ears.coverage(name, HOUR_MS, now_ms),
            day=ears.coverage(name, DAY_MS, now_ms),
            inverted=feed.inverted,
            ahead_ms=feed.ahead_ms,
            ratio=feed.ratio,
            history=feed.history,
            instruments=feed.instruments,
            unpriced=windows.unpriced(None, name, DAY),
            bad=feed.bad,
            late=windows.late.get(name, 0),
            reconnects=feed.reconnects,
        )
