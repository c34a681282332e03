"""Dresses alerts before they are stored: what sentences say of them, their flush, who is rung."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

import structlog
from msgspec.structs import replace

from bot.clock import SECOND_MS, Clock
from bot.figures import Reading
from bot.flush.flush import Flush
from bot.market import Side
from bot.ports import Cases
from bot.rules import Alert
from bot.sentences.judging import judge, told
from bot.sentences.record import record
from bot.story.activity import Activity
from bot.story.audience import Audience
from bot.story.batch import Batch, Telling
from bot.story.page import Reader
from bot.story.places import Place, place_of
from bot.story.readers import Rings
from bot.story.steps import running
from bot.wording.alert import alert_message
from bot.wording.length import CAPTION, length_of
from bot.wording.numbers import base36
from bot.wording.text import Told

COMPANIONS_MS = 15 * SECOND_MS
"""What fires so soon after an alert to the same chat waits until this is over."""

SPARE = 100
"""Left for a longer rule in the last line than that of the alert which was measured."""

SAME_MS = 2 * SECOND_MS
"""A scope's window is put into words no more often."""

MOST_COMPOSED = 20
"""In each such span; more scopes than that at once go out with their figures alone."""

MOST = 20_000
"""Places, and bursts of orders, that are remembered."""

ORDER = "order"
"""Single orders: they go at once, and a burst of them amends its alert."""

K = TypeVar("K")
V = TypeVar("V")

log = structlog.get_logger()

Scope = tuple[str | None, str | None, int, int]
"""Coin, exchange, the window's length, and the span of ``SAME_MS`` in which it was told."""


class Running(Protocol):
    """As much of ``Narration`` as is needed."""

    activity: Activity
    rings: Rings

    @property
    def audience(self) -> Audience | None: ...

    def latest(self) -> Sequence[Flush]: ...


class Dressing:
    """One for all alerts; synchronous. ``faults`` counts alerts that went undressed by a mistake.

    ``companions_ms`` is real time, like that of delivery.
    """

    def __init__(
        self, cases: Cases, story: Running, real: Clock, companions_ms: int = COMPANIONS_MS
    ) -> None:
        self.faults = 0
        self._cases = cases
        self._story = story
        self._real = real
        self._companions_ms = companions_ms
        self._worded: OrderedDict[Scope, tuple[Told, str]] = OrderedDict()
        self._bursts: OrderedDict[str, tuple[int, bool]] = OrderedDict()
        self._first_ms: OrderedDict[Place, int] = OrderedDict()

    def dress(self, alerts: Sequence[Alert]) -> tuple[list[Alert], Batch]:
        """The alerts of one event, and what is to be stored with them."""
        dressed: list[Alert] = []
        tellings: dict[str, Telling] = {}
        rows: list[Reader] = []
        latest = self._story.latest() if alerts else ()
        for alert in alerts:
            try:
                dressed.append(self._dress(alert, latest, tellings, rows))
            except Exception:  # no fault in words may cost an alert
                self.faults += 1
                log.exception("an alert goes undressed", rule=alert.rule.id, faults=self.faults)
                dressed.append(alert)
        return dressed, Batch(tellings=tuple(tellings.values()), readers=tuple(rows))

    def _dress(
        self,
        alert: Alert,
        latest: Sequence[Flush],
        tellings: dict[str, Telling],
        rows: list[Reader],
    ) -> Alert:
        if alert.rule.metric == ORDER and (known := self._bursts.get(alert.key)) is not None:
            return replace(alert, flush=known[0], quiet=known[1])
        flush = flush_of(alert.reading, latest)
        words, why = self._words(alert, flush, tellings)
        quiet = flush is not None and self._is_quiet(alert, flush)
        if not quiet and (row := self._ring(alert, flush)) is not None:
            rows.append(row)
        self._story.activity.spoke(alert.rule.destination, self._real.now_ms())
        number = flush.id if flush else 0
        if alert.rule.metric == ORDER:
            _keep(self._bursts, alert.key, (number, quiet))
        hold_ms = self._hold_ms(alert)
        return replace(alert, told=words, why=why, flush=number, quiet=quiet, hold_ms=hold_ms)

    def _is_quiet(self, alert: Alert, flush: Flush) -> bool:
        audience = self._story.audience
        if alert.level > 1 or audience is None:
            return alert.level > 1
        where = alert.rule.destination
        return audience.has_rung(flush, where) or audience.is_muted(flush, where)

    def _ring(self, alert: Alert, flush: Flush | None) -> Reader | None:
        """Remember that it rings; the row to store where it belongs to a flush."""
        where, reading = alert.rule.destination, alert.reading
        audience = self._story.audience
        if flush is not None and audience is not None:
            return audience.rang(flush, where)
        side = heavier_side(reading)
        if side is not None:
            self._story.rings.note(where, alert.at_ms, reading.coin, side)
        return None

    def _hold_ms(self, alert: Alert) -> int:
        """The first goes at once; its companions go together when its quarter minute is over."""
        if alert.rule.metric == ORDER:
            return 0
        now_ms, place = self._real.now_ms(), place_of(alert.rule.destination)
        first_ms = self._first_ms.get(place, now_ms - self._companions_ms)
        left_ms = first_ms + self._companions_ms - now_ms
        if 0 < left_ms <= self._companions_ms:
            return left_ms
        _keep(self._first_ms, place, now_ms)
        return 0

    def _words(
        self, alert: Alert, flush: Flush | None, tellings: dict[str, Telling]
    ) -> tuple[Told, str]:
        """What sentences say of the window, once for all alerts of it; nothing of single orders."""
        reading = alert.reading
        if alert.rule.metric == ORDER:
            return Told(), ""
        span = reading.at_ms // SAME_MS
        scope = (reading.coin, reading.exchange, reading.span_ms, span)
        known = self._worded.get(scope)
        if known is not None:
            return known
        while self._worded and next(iter(self._worded))[-1] != span:
            self._worded.popitem(last=False)
        if len(self._worded) >= MOST_COMPOSED:
            return Told(), ""
        case = self._cases.of_reading(reading, flush)
        words = told(judge(case), CAPTION - SPARE - length_of(alert_message(alert, alert.at_ms)))
        key = telling_key(alert)
        tellings[key] = Telling(key, flush.id if flush else 0, "alert", case.at_ms, record(case))
        self._worded[scope] = words, key
        return words, key


def flush_of(reading: Reading, flushes: Iterable[Flush]) -> Flush | None:
    """The flush that runs of the window's coin, else of the market, by the same heavier side.

    A coin's that folded into the market's is a part of that one.
    """
    side = heavier_side(reading)
    market = own = None
    for flush in flushes:
        if flush.side is side and running(flush):
            if flush.coin is None:
                market = flush
            elif flush.coin == reading.coin:
                own = flush
    return own if own is not None and (market is None or own.within != market.id) else market


def heavier_side(reading: Reading) -> Side | None:
    """Of which more was closed; None where nothing was, or both alike."""
    if reading.long == reading.short:
        return None
    return Side.LONG if reading.long > reading.short else Side.SHORT


def telling_key(alert: Alert) -> str:
    """``BTC.bybit.1h.lqz4k2f9``: the scope of a window and its time."""
    reading = alert.reading
    scope = f"{reading.coin or 'all'}.{reading.exchange or 'all'}.{alert.rule.window}"
    return f"{scope}.{base36(reading.at_ms)}"


def _keep(kept: OrderedDict[K, V], key: K, value: V) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > MOST:
        kept.popitem(last=False)
