"""The chronicle: answers from memory how unusual something is, and reads on in the background."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from typing import Protocol

import structlog

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS, Clock, Now
from bot.errors import StoreError
from bot.figures import Reading
from bot.history import often as frequency_of
from bot.history.baseline import Baseline, at_share, normal, standing
from bot.history.known import LEAST_DAYS, Chapter, Often, Resolved, Sidedness
from bot.history.loading import Past, Scope, load
from bot.history.resolving import resolved
from bot.history.standing import Standing
from bot.history.watched import LONGEST_MS, Watched, watched
from bot.market import Gap
from bot.memory import WATCHED, Span, spans_noted
from bot.ports import Archive
from bot.rules import DEFAULT_FLOOR, WINDOWS
from bot.typed.draft import Draft
from bot.typed.relative import Relative

MOST_SCOPES = 12
"""So many scopes are kept, about 10 MB each with 90 days; the one asked for longest ago goes."""

STALE_MS = HOUR_MS
"""What is older is read anew. An hour old is never wrong for a rank: whatever happened since then
is less than ``apart_ms`` before now, so it is the same event as what happens now."""

FORGOTTEN_MS = 3 * HOUR_MS
"""What could not be read anew for so long is no answer any more."""

FRESH_MS = 10 * MINUTE_MS
"""Who waits for an answer about the past gets one that is no older."""

LOOK_S = 60.0
MOST_WISHES = MOST_SCOPES // 2
TOLD_PEAKS = 5

log = structlog.get_logger()


class Gaps(Protocol):
    """As much of a ``Tape`` as is needed."""

    async def gaps(self, after_ms: int) -> list[Gap]: ...


class Notes(Protocol):
    """As much of a ``Notebook`` as is needed."""

    async def read(self, name: str) -> str | None: ...


class Chronicle:
    """Fulfils ``bot.ports.History`` over 90 days of minutes.

    All coins together and the ``leading`` ones are always there; another coin, or one exchange
    alone, is read when it is first asked for and known from then on (at most ``MOST_SCOPES``).
    ``exchanges`` are those watched now.
    """

    def __init__(
        self,
        archive: Archive,
        tape: Gaps,
        notebook: Notes,
        exchanges: Collection[str],
        real: Clock,
        market: Now,
        leading: Callable[[], Sequence[str]],
    ) -> None:
        self._archive = archive
        self._tape = tape
        self._notebook = notebook
        self._exchanges = tuple(exchanges)
        self._real = real
        self._market = market
        self._leading = leading
        self._known: OrderedDict[Scope, Past] = OrderedDict()
        self._wishes: dict[Scope, None] = {}
        self._reading = asyncio.Lock()

    async def run(self) -> None:
        """Read what is missing or an hour old, every minute, until cancelled."""
        while True:
            await self.look()
            await self._real.sleep(LOOK_S)

    async def look(self) -> None:
        """Read what is due; what storage cannot tell now is read at a later look."""
        wishes, self._wishes = self._wishes, {}
        for scope in (*self._always(), *wishes):
            await self._renewed(scope, STALE_MS)
        for scope in list(self._known):
            await self._renewed(scope, STALE_MS)

    async def prepare(self, coin: str | None, exchange: str | None = None) -> None:
        """Know this scope, no older than ten minutes, if storage can tell."""
        await self._renewed(Scope(coin, exchange), FRESH_MS)

    def standing(self, reading: Reading) -> Standing | None:
        """Over the exchanges of the baseline alone, and of the reading only what is theirs."""
        own = self._own(reading.coin, reading.exchange)
        if own is None:
            return None
        same = set(own.exchanges)
        total = sum(part.total for part in reading.exchanges if part.name in same)
        return standing(own, reading.span_ms, total, reading.at_ms)

    def rank_of_hour(self, coin: str | None, total: int, at_ms: int) -> Standing | None:
        """Where an hour's total (``market.USD``) of all exchanges stands; it need not end now."""
        own = self._own(coin, None)
        return standing(own, HOUR_MS, total, at_ms) if own else None

    def imported(self, reading: Reading) -> tuple[Standing, ...]:
        """The whole reading against each source: others count more, so a record is one there."""
        found = self._found(Scope(reading.coin, reading.exchange))
        told = [
            standing(one, reading.span_ms, reading.total, reading.at_ms)
            for one in (found.imported if found else ())
        ]
        return tuple(one for one in told if one is not None)

    def normal(
        self, coin: str | None, span_ms: int, at_ms: int, exchange: str | None = None
    ) -> int | None:
        own = self._own(coin, exchange)
        return normal(own, span_ms, at_ms) if own else None

    def floor(self, coin: str | None, span_ms: int, exchange: str | None = None) -> int:
        own = self._own(coin, exchange)
        known = frequency_of.floor(own, span_ms, self._market.now_ms()) if own else None
        return known or DEFAULT_FLOOR

    def at_share(self, coin: str | None, span_ms: int, share: float) -> int | None:
        own = self._own(coin, None)
        return at_share(own, span_ms, share) if own else None

    def sidedness(
        self, coin: str | None, span_ms: int, exchange: str | None = None
    ) -> Sidedness | None:
        own = self._own(coin, exchange)
        return frequency_of.sidedness(own, span_ms) if own else None

    def threshold_for(self, frequency: str, coin: str | None, window: str) -> int | None:
        found = self._found(Scope(coin))
        if found is None or found.own is None:
            return None
        if window == "1h":
            return found.thresholds.get(frequency)
        return frequency_of.threshold_for(found.own, frequency, window)

    async def often(self, draft: Draft) -> Often | None:
        own = await self._asked(draft)
        return await asyncio.to_thread(frequency_of.often, own, draft) if own else None

    async def resolved(self, draft: Draft, relative: Relative) -> Resolved:
        own = await self._asked(draft)
        return await asyncio.to_thread(resolved, own, draft, relative, self._market.now_ms())

    async def chapters(self, coin: str | None) -> tuple[Chapter, ...]:
        await self.prepare(coin)
        found = self._found(Scope(coin))
        if found is None:
            return ()
        at_ms = self._market.now_ms()
        known = [found.own] if found.own else []
        return tuple(_chapter(one, coin, at_ms) for one in (*known, *found.imported))

    def _always(self) -> list[Scope]:
        leading = list(self._leading())[: MOST_SCOPES // 2]
        return [Scope(), *map(Scope, leading)]

    async def _asked(self, draft: Draft) -> Baseline | None:
        scope = Scope(draft.coin, draft.exchange)
        await self._renewed(scope, STALE_MS)
        return self._own(scope.coin, scope.exchange)

    def _own(self, coin: str | None, exchange: str | None) -> Baseline | None:
        found = self._found(Scope(coin, exchange))
        return found.own if found else None

    def _found(self, scope: Scope) -> Past | None:
        """What is known of a scope; what is not is read at the next look."""
        found = self._known.get(scope)
        if found is None or self._age_ms(found) > FORGOTTEN_MS:
            if len(self._wishes) < MOST_WISHES:
                self._wishes[scope] = None
            return None
        self._known.move_to_end(scope)
        return found

    def _age_ms(self, past: Past) -> int:
        return abs(self._market.now_ms() - past.until_ms)

    async def _renewed(self, scope: Scope, oldest_ms: int) -> None:
        """Read a scope if it is older; one at a time, so that nothing else waits for storage."""
        async with self._reading:
            known = self._known.get(scope)
            if known is not None and self._age_ms(known) < oldest_ms:
                return
            try:
                self._keep(scope, await self._read(scope))
            except StoreError as error:
                log.warning("history could not be read", coin=scope.coin, reason=str(error))

    async def _read(self, scope: Scope) -> Past:
        now_ms = self._market.now_ms()
        spans = spans_noted(await self._notebook.read(WATCHED))
        gaps = await self._tape.gaps(now_ms - LONGEST_MS)
        known = _compared(spans, gaps, scope, self._exchanges, now_ms)
        return await load(self._archive, scope, known, now_ms)

    def _keep(self, scope: Scope, past: Past) -> None:
        self._known[scope] = past
        always = set(self._always())
        for other in list(self._known):
            if len(self._known) <= MOST_SCOPES:
                break
            if other not in always and other != scope:
                del self._known[other]


def _compared(
    spans: dict[str, Span],
    gaps: Sequence[Gap],
    scope: Scope,
    exchanges: Sequence[str],
    now_ms: int,
) -> Watched | None:
    asked = exchanges if scope.exchange is None else (scope.exchange,)
    return watched(spans, gaps, asked, now_ms)


def _chapter(one: Baseline, coin: str | None, at_ms: int) -> Chapter:
    hours, days = (one.windows.get(WINDOWS[name]) for name in ("1h", "24h"))
    return Chapter(
        coin,
        one.days,
        one.coverage,
        one.timeline.from_ms,
        one.exchanges,
        hours.peaks[:TOLD_PEAKS] if hours else (),
        days.peaks[:TOLD_PEAKS] if days and one.days >= LEAST_DAYS else (),
        normal(one, HOUR_MS, at_ms),
        normal(one, DAY_MS, at_ms),
        one.source,
    )
