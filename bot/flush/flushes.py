"""All flushes at once: the market's events in, what there is to tell of them out.

Pure and synchronous; its only clock is the market's time that events tell. The market is looked at
anew every ten seconds of it, and at once where a minute reaches a bar.
"""

from collections.abc import Iterable, Mapping

import msgspec

from bot.clock import MINUTE_MS, SECOND_MS
from bot.engine.windows import LATE_MS
from bot.events import Event, Heard, Recalled, Tick
from bot.exchanges.dialect import Publication
from bot.figures import Order
from bot.flush import telling
from bot.flush.bars import size
from bot.flush.book import KEPT, NO_LIMIT, Book
from bot.flush.cascade import begun
from bot.flush.flush import Entry, Flush, Stage
from bot.flush.life import NEAR, Life, What, onset
from bot.flush.listening import Listened, Listening
from bot.flush.news import FlushNews
from bot.flush.pasts import Pasts
from bot.flush.telling import Known
from bot.market import Gap, Liquidation, Side, usd
from bot.ports.record import Series

LATE = LATE_MS // MINUTE_MS
"""Minutes for which orders of a minute that is over may still come."""

LOOK_MS = 10 * SECOND_MS

MOST = 400
"""Flushes that are followed at once; no coin's begins beyond."""


class FlushState(msgspec.Struct):
    """Everything but the past, which is seeded from storage: plain values, as JSON too."""

    now_ms: int
    next_id: int
    since: int
    book: Book
    listened: Listened
    lives: list[Life] = []


def opened(start_ms: int, next_id: int = 1) -> FlushState:
    """The first state: nothing is known before ``start_ms``; flushes are numbered on from there."""
    since = -(-start_ms // MINUTE_MS)
    first = start_ms // MINUTE_MS
    return FlushState(start_ms, next_id, since, Book(first), Listened(start_ms))


class Flushes:
    """One flush at most for each scope and side, until it is closed.

    ``state`` becomes this machine's own. The past is not in it: ``seed`` each scope afterwards.
    """

    def __init__(
        self,
        exchanges: Mapping[str, Publication],
        state: FlushState,
        known: Known | None = None,
    ) -> None:
        self._state = state
        self._book = state.book
        self._listening = Listening(exchanges, state.listened)
        self._known = known or Known()
        self._pasts = Pasts(state.since)
        self._lives = {(life.coin, life.side): life for life in state.lives}
        self._look_ms = _next_look(state.now_ms)
        self._stirred: dict[str | None, int] = {}
        for minute, held in sorted(self._book.minutes.items()):
            self._stir(None, minute, max(held.sides))
            for coin, cell in held.coins.items():
                self._stir(coin, minute, max(cell.sides))

    def seed(self, coin: str | None, series: Series, from_ms: int) -> None:
        """Minutes that were heard of a scope since then; ``coin`` None: the market, always.

        Seven days are enough. Minutes that the state holds are left alone. Raises ``ValueError``
        where spans are no minutes.
        """
        self._pasts.seed(coin, series, from_ms, self._book.first)

    def state(self) -> FlushState:
        """All that is needed to go on; it lives on, so encode it before the next event."""
        state = self._state
        state.since = self._pasts.since
        state.lives = list(self._lives.values())
        return state

    def flushes(self) -> list[Flush]:
        """All that are not closed, as they are now."""
        return [self._told(life) for life in self._lives.values()]

    def price(self, coin: str, at_ms: int, price: float) -> None:
        """A price from elsewhere, in US dollars; better than those of liquidations."""
        if self._book.first * MINUTE_MS <= at_ms <= self._state.now_ms:
            self._book.tell(coin, price, at_ms)

    def handle(self, event: Event) -> list[FlushNews]:
        """Take one event in; what there is to tell now, in the order in which it came about."""
        news: list[FlushNews] = []
        if isinstance(event, Heard):
            self._pass(event.received_ms, news)
            self._listening.hear(event.exchange, self._state.now_ms)
            self._hear(event.events, self._state.now_ms - LATE_MS, news)
        elif isinstance(event, Recalled):
            self._pass(event.received_ms, news)
            self._hear(event.events, 0, news)
        elif isinstance(event, Tick):
            self._pass(event.now_ms, news)
        elif isinstance(event, Gap):
            self._listening.note(event, self._state.now_ms)
        return news

    def _pass(self, now_ms: int, news: list[FlushNews]) -> None:
        """Time passes before anything comes in; a step back is ignored."""
        state = self._state
        if now_ms <= state.now_ms:
            return
        state.now_ms = now_ms
        if now_ms < self._look_ms:
            return
        self._look_ms = _next_look(now_ms)
        self._look({coin for coin, _ in self._lives} | self._stirred.keys(), news)
        first = now_ms // MINUTE_MS - KEPT
        if first > self._book.first:
            self._turn(first)

    def _turn(self, first: int) -> None:
        """Leave the minutes before to the cascades and to the past."""
        for life in self._lives.values():
            life.settle(self._book, first)
        self._book.close(first + KEPT - LATE)
        for number in sorted(self._book.minutes):
            if number < first:
                self._pasts.take(number, self._book.minutes[number])
        self._book.drop(first)
        near = self._state.now_ms // MINUTE_MS - NEAR
        self._stirred = {coin: at for coin, at in self._stirred.items() if at > near}

    def _hear(self, events: Iterable[Liquidation], oldest_ms: int, news: list[FlushNews]) -> None:
        now_ms = self._state.now_ms
        running_ms = now_ms - now_ms % MINUTE_MS
        book = self._book
        touched: set[str | None] = set()
        for event in events:
            if event.notional is None or event.time_ms < oldest_ms:
                continue
            time_ms = event.time_ms if event.time_ms < now_ms else now_ms
            amount = usd(event.notional)
            if time_ms < running_ms:
                order = Order(amount, event.coin, event.exchange, event.side, time_ms)
                self._late(order)
                if time_ms // MINUTE_MS < book.first:
                    continue
            coin = event.coin
            if book.add(coin, event.exchange, event.side, amount, float(event.price), time_ms):
                minute = time_ms // MINUTE_MS
                for scope in (None, coin):
                    self._stir(scope, minute, max(book.sides(scope, minute)))
                    touched.add(scope)
        if touched:
            self._look(touched, news)
            for scope in touched:
                self._raise_limits(scope)

    def _late(self, order: Order) -> None:
        """An order of a minute that is over: what has closed that minute still takes it."""
        minute = order.time_ms // MINUTE_MS
        for coin in (None, order.coin):
            for side in Side:
                life = self._lives.get((coin, side))
                for cascade in life.all if life else ():
                    cascade.late(order)
            if minute < self._book.first:
                self._pasts.recall(coin, minute, order.usd)

    def _stir(self, coin: str | None, minute: int, amount: int) -> None:
        if amount >= size(coin).floor:
            self._stirred[coin] = max(minute, self._stirred.get(coin, minute))

    def _raise_limits(self, coin: str | None) -> None:
        """The next bar that its minutes can reach, so that few orders are looked at twice."""
        now = self._state.now_ms // MINUTE_MS
        bars = {self._bar(coin, side, now)[1] for side in Side}
        for minute in range(self._book.first, now + 1):
            sums = self._book.sums(coin, minute)
            if sums is not None and max(sums.sides) >= sums.limit:
                sums.limit = min((bar for bar in bars if bar > max(sums.sides)), default=NO_LIMIT)

    def _look(self, scopes: Iterable[str | None], news: list[FlushNews]) -> None:
        """Judge what goes on in these scopes, the market first: coins fold into it."""
        for coin in sorted(scopes, key=lambda coin: coin or ""):
            for side in Side:
                life = self._lives.get((coin, side))
                if life is None:
                    self._begin(coin, side, news)
                else:
                    self._judge(life, news)

    def _judge(self, life: Life, news: list[FlushNews]) -> None:
        now_ms = self._state.now_ms
        if (what := life.judge(self._book, now_ms)) is not None:
            if life.running:
                self._fold(life)
            news.append(self._tell(life, what))
        due = life.followups(now_ms)
        news.extend(self._tell(life, "followup", after_ms) for after_ms in due)
        if life.stage is Stage.CLOSED:
            del self._lives[life.coin, life.side]

    def _begin(self, coin: str | None, side: Side, news: list[FlushNews]) -> None:
        now_ms = self._state.now_ms
        now = now_ms // MINUTE_MS
        full = coin is not None and len(self._lives) >= MOST
        if full or self._stirred.get(coin, -NEAR) <= now - NEAR:
            return
        baseline, bar = self._pasts.bar(coin, now)
        start = onset(self._book, coin, side, bar, now)
        if start is None:
            return
        stages = [Entry(Stage.ONSET, now_ms)]
        life = Life(
            self._state.next_id, coin, side, baseline, bar, [begun(coin, start, start)], stages
        )
        self._state.next_id += 1
        self._lives[coin, side] = life
        life.catch_up(self._book, now)
        self._fold(life)
        news.append(self._tell(life, "entered"))
        if coin is None:
            for other in self._lives.values():
                if other is not life and other.side is side and other.running:
                    self._fold(other)
                    news.append(self._tell(other, "folded"))

    def _fold(self, life: Life) -> None:
        """A coin's flush is a part of the market's of the same side while that goes on."""
        market = self._lives.get((None, life.side))
        if life.coin is not None and market is not None and market.running:
            life.within = market.id

    def _tell(self, life: Life, what: What, after_ms: int = 0) -> FlushNews:
        life.tell(self._book, self._state.now_ms)
        flush = self._told(life)
        life.severity = flush.severity
        return FlushNews(flush, what, after_ms)

    def _told(self, life: Life) -> Flush:
        return telling.flush(
            life, self._book, self._listening.ears, self._known, self._state.now_ms
        )

    def _bar(self, coin: str | None, side: Side, now: int) -> tuple[int, int]:
        """Baseline and bar: those of the flush that goes on, else those of the minute."""
        life = self._lives.get((coin, side))
        return (life.baseline, life.bar) if life else self._pasts.bar(coin, now)


def _next_look(now_ms: int) -> int:
    """On a grid, so that it is the same after a restart."""
    return (now_ms // LOOK_MS + 1) * LOOK_MS
