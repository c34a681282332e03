"""What a monitor is told: read at the moment it asks, from what the bot knows anyway."""

from collections.abc import Callable, Iterator, Sequence

import msgspec
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.clock import SECOND_MS
from bot.market import USD
from bot.ports import Accounts, SourceStatus
from bot.wording.reasons import by_kind

STATES = ("live", "degraded", "mute", "connecting", "deaf", "blocked")

Value = Callable[[SourceStatus], float | None]
"""None is unknown: then there is no sample, which is not the same as zero."""

_GAUGES: tuple[tuple[str, str, Value], ...] = (
    (
        "liquidations_24h",
        "Liquidations with a known value in the last 24 h.",
        lambda source: source.events if source.known else None,
    ),
    (
        "liquidated_24h_usd",
        "US dollars liquidated in the last 24 h, as far as heard and published.",
        lambda source: source.usd / USD if source.known else None,
    ),
    (
        "unpriced_24h",
        "Liquidations of the last 24 h without a known value.",
        lambda source: source.unpriced,
    ),
    (
        "coverage_1h_ratio",
        "Share that was heard of the last hour, or of what was watched of it.",
        lambda source: source.hour,
    ),
    (
        "coverage_24h_ratio",
        "Share that was heard of the last 24 h, or of what was watched of them.",
        lambda source: source.day,
    ),
    (
        "own_sums_ratio",
        "Sum of the last whole hour as heard, to the exchange's own.",
        lambda source: source.ratio,
    ),
    (
        "sides_inverted",
        "1 while prices say that sides are read the wrong way round.",
        lambda source: source.inverted,
    ),
)

_COUNTERS: tuple[tuple[str, str, Value], ...] = (
    ("bad_frames", "Frames that could not be read.", lambda source: source.bad),
    ("late_liquidations", "Liquidations too late to be counted.", lambda source: source.late),
    ("reconnects", "Connections opened anew.", lambda source: source.reconnects),
)

_AGES: tuple[tuple[str, str, Callable[[SourceStatus], int | None]], ...] = (
    ("last_liquidation", "since the last liquidation", lambda source: source.last_event_ms),
    ("last_data", "since the last liquidation or canary", lambda source: source.last_data_ms),
)


class Moment(msgspec.Struct, frozen=True):
    """Everything that is told, at one moment; ``accounts`` None where storage could not say."""

    sources: Sequence[SourceStatus]
    now_ms: int
    waiting: int
    dropped: int
    accounts: Accounts | None


class Gauges(Collector):
    """One moment as metrics, all named ``liqwatch_...``."""

    def __init__(self, moment: Moment) -> None:
        self._moment = moment

    def collect(self) -> Iterator[Metric]:
        sources = self._moment.sources
        yield _states(sources)
        for name, text, value in _GAUGES:
            yield _filled(
                GaugeMetricFamily(f"liqwatch_{name}", text, labels=_LABELS), sources, value
            )
        for name, text, value in _COUNTERS:
            yield _filled(
                CounterMetricFamily(f"liqwatch_{name}", text, labels=_LABELS), sources, value
            )
        yield from self._ages()
        waiting, dropped = self._moment.waiting, self._moment.dropped
        yield GaugeMetricFamily(
            "liqwatch_inbox_waiting", "Liquidations that are not judged yet.", waiting
        )
        yield CounterMetricFamily(
            "liqwatch_inbox_dropped", "Liquidations lost because too many waited.", dropped
        )
        if self._moment.accounts is not None:
            yield from _notifications(self._moment.accounts)

    def _ages(self) -> Iterator[Metric]:
        now_ms = self._moment.now_ms
        for name, text, moment in _AGES:
            family = GaugeMetricFamily(
                f"liqwatch_{name}_age_seconds", f"Seconds {text}.", labels=_LABELS
            )
            for source in self._moment.sources:
                at_ms = moment(source)
                if at_ms is not None:
                    family.add_metric([source.exchange], max(0, now_ms - at_ms) / SECOND_MS)
            yield family


_LABELS = ("exchange",)


def _states(sources: Sequence[SourceStatus]) -> Metric:
    family = GaugeMetricFamily(
        "liqwatch_exchange_state", "1 for the state it is in.", labels=("exchange", "state")
    )
    for source in sources:
        for state in STATES:
            family.add_metric([source.exchange, state], state == source.state)
    return family


def _filled(
    family: GaugeMetricFamily | CounterMetricFamily, sources: Sequence[SourceStatus], value: Value
) -> Metric:
    for source in sources:
        told = value(source)
        if told is not None:
            family.add_metric([source.exchange], told)
    return family


def _notifications(accounts: Accounts) -> Iterator[Metric]:
    states = GaugeMetricFamily(
        "liqwatch_notifications", "Notifications by how they are; they add up.", labels=("state",)
    )
    for state in ("sent", "merged", "dead", "open"):
        states.add_metric([state], getattr(accounts, state))
    yield states
    yield GaugeMetricFamily(
        "liqwatch_notifications_add_up", "1 while their states add up.", accounts.whole
    )
    dead = CounterMetricFamily(
        "liqwatch_notifications_dead",
        "Notifications that were given up, by why.",
        labels=("reason",),
    )
    for kind, many in by_kind(accounts.reasons).items():
        dead.add_metric([kind], many)
    yield dead
