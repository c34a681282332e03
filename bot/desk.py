"""The engine's figures, for whoever asks."""

from collections.abc import Callable, Collection, Iterable

from bot.engine import Engine
from bot.feed import FeedStatus
from bot.figures import Reading
from bot.ports import SourceStatus
from bot.rules import Rule


class EngineDesk:
    """Fulfils ``bot.ports.Desk``.

    ``feeds`` gives the state of each exchange's feed, ``listed`` the coins of the instrument tables.
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
        raise NotImplementedError

    def value(self, rule: Rule) -> int | None:
        raise NotImplementedError

    def coins(self) -> Collection[str]:
        raise NotImplementedError

    def sources(self) -> list[SourceStatus]:
        raise NotImplementedError

    def now_ms(self) -> int:
        return self._engine.now_ms
