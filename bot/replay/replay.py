"""Recorded frames through the real dialects, windows and rules, as fast as they can be read."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bot.clock import DAY_MS, SECOND_MS
from bot.engine.engine import Consequences, Engine
from bot.errors import ParseError, UserError
from bot.events import Heard, Tick
from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import Events
from bot.feed.duplicates import Duplicates
from bot.market import Instrument, Liquidation
from bot.metrics import METRICS, Unit
from bot.replay.recording import Line, each_line, read_line
from bot.replay.report import Totals, amount_text, by_size, plain, summary
from bot.rules import SHARE, WINDOWS, Alert, Destination, Rule, RuleState
from bot.typed.rule_text import parse_rule

_LONG_FILE = 4 * 1024 * 1024


class Replay:
    """Takes the lines of recordings and sums them up.

    ``rules`` are texts such as ``BTC 5m long > 1m``; a bad one raises ``UserError``. The market's
    time is the latest ``received`` so far, and every exchange counts as heard from the first line
    on, without a gap: a window is complete as soon as the recording has run its span.
    """

    def __init__(self, rules: Sequence[str] = ()) -> None:
        self._texts = list(rules)
        self._rules = [_rule(number, text) for number, text in enumerate(rules)]
        self._tables: dict[str, dict[str, Instrument]] = {name: {} for name in EXCHANGES}
        self._duplicates = Duplicates(limit=None)
        self._totals = Totals()
        self._ignored = 0
        self._bad = 0
        self._market: _Market | None = None

    def feed_line(self, text: bytes | str) -> None:
        """Take one line. Raises ``UserError`` for what is none; a broken frame in it is counted."""
        line = read_line(text)
        if self._market is None:
            self._market = _Market(self._rules, line.received)
        self._market.pass_time(line.received)
        try:
            if line.frame is None:
                self._learn(line)
            else:
                self._hear(line.exchange, line.frame, line.received, self._market)
        except ParseError:
            self._bad += 1

    def report(self) -> dict[str, object]:
        """The object that ``liqwatch replay --json`` prints.

        Amounts are decimal strings. An alert's ``value`` is a decimal string too: US dollars for
        an amount, a fraction such as ``0.87`` for a share, a whole number for a count. ``at`` is
        in milliseconds like ``received``; null for a window that stayed empty.
        """
        whole = self._totals.whole()
        peaks = self._market.peaks if self._market else _nothing_yet()
        alerts = self._market.alerts.values() if self._market else ()
        return {
            "events": whole.events,
            "duplicates": self._duplicates.dropped,
            "unpriced": self._totals.unpriced,
            "ignored": self._ignored,
            "bad": self._bad,
            "long_usd": plain(whole.long_usd),
            "short_usd": plain(whole.short_usd),
            "exchanges": by_size(self._totals.exchanges),
            "coins": by_size(self._totals.coins),
            "peaks": {
                name: {"total_usd": amount_text(units), "at": at_ms}
                for name, (units, at_ms) in zip(WINDOWS, peaks, strict=True)
            },
            "alerts": [self._told(alert) for alert in alerts],
        }

    def _learn(self, line: Line) -> None:
        try:
            body = line.body
        except ValueError as error:
            raise ParseError("instruments that are no text") from error
        listed, _ = EXCHANGES[line.exchange].instruments(body, "")
        self._tables[line.exchange].update((each.symbol, each) for each in listed)

    def _hear(self, exchange: str, frame: str, received_ms: int, market: "_Market") -> None:
        parsed = EXCHANGES[exchange].parse(frame, received_ms, self._tables[exchange])
        if not isinstance(parsed, Events):
            self._ignored += 1
            return
        fresh = self._duplicates.fresh(parsed.liquidations)
        if fresh:
            self._totals.add(fresh)
            market.take(exchange, fresh)

    def _told(self, alert: Alert) -> dict[str, object]:
        return {
            "rule": self._texts[alert.rule.id],
            "at": alert.at_ms,
            "value": _value_text(alert),
        }


class _Market:
    """The engine on the recording's clock; ``peaks`` are (amount, when) by window.

    Rules are judged second by second, as they are while the bot runs: a share can rise and fall
    while nothing comes in. After a day without events nothing is left to judge.
    """

    def __init__(self, rules: Sequence[Rule], start_ms: int) -> None:
        self.peaks = _nothing_yet()
        self.alerts: dict[str, Alert] = {}
        self._last_event_ms = start_ms
        self._engine = Engine({n: e.publication for n, e in EXCHANGES.items()}, start_ms)
        self._judging = self._engine.load((rule, RuleState(rule.id)) for rule in rules) > 0

    def pass_time(self, received_ms: int) -> None:
        """The market's time is the latest received."""
        now_ms = self._engine.now_ms
        if received_ms <= now_ms:
            return
        if self._judging:
            first = now_ms - now_ms % SECOND_MS + SECOND_MS
            eventful = min(received_ms, self._last_event_ms + DAY_MS + SECOND_MS)
            for at_ms in range(first, eventful, SECOND_MS):
                self._keep(self._engine.handle(Tick(at_ms)))
        self._keep(self._engine.handle(Tick(received_ms)))

    def take(self, exchange: str, events: list[Liquidation]) -> None:
        now_ms = self._last_event_ms = self._engine.now_ms
        self._keep(self._engine.handle(Heard(exchange, tuple(events), now_ms)))
        everything = self._engine.windows.tally(None, None)
        for place, (peak, _) in enumerate(self.peaks):
            total = everything.long_in(place) + everything.short_in(place)
            if total > peak:
                self.peaks[place] = (total, now_ms)

    def _keep(self, consequences: Consequences) -> None:
        for alert in sorted(consequences.alerts, key=lambda alert: alert.rule.id):
            first = self.alerts.get(alert.key, alert)  # a burst of orders amends its alert
            self.alerts[alert.key] = msgspec.structs.replace(alert, at_ms=first.at_ms)


def replay_files(paths: Sequence[Path], rules: Sequence[str], as_json: bool, out: Console) -> None:
    """Replay files in the order given and print what they hold.

    Raises ``UserError`` for a bad rule, a file that cannot be read, a line that is none.
    """
    replay = Replay(rules)
    total = sum(_size(path) for path in paths)
    errors = Console(stderr=True)
    shown = errors.is_terminal and total > _LONG_FILE
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=errors,
        transient=True,
        disable=not shown,
    ) as progress:
        bar = progress.add_task("Replaying", total=total)
        told = 0
        for read in each_line(paths, replay.feed_line):
            if read - told > _LONG_FILE // 16:
                progress.update(bar, completed=read)
                told = read
    report = replay.report()
    if as_json:
        out.out(msgspec.json.encode(report).decode(), highlight=False)
    else:
        out.print(summary(report))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise UserError(f"I cannot read {path}: {error.strerror or error}.") from error


def _rule(number: int, text: str) -> Rule:
    draft = parse_rule(text, ())
    if METRICS[draft.metric].told:
        raise UserError(f"A recording holds liquidations alone: it cannot tell {draft.metric}.")
    return Rule(
        number,
        Destination("replay", 0),
        0,
        draft.coin,
        draft.exchange,
        draft.window,
        draft.metric,
        draft.threshold,
        draft.floor,
    )


def _nothing_yet() -> list[tuple[int, int | None]]:
    return [(0, None)] * len(WINDOWS)


def _value_text(alert: Alert) -> str:
    unit = METRICS[alert.rule.metric].unit
    if unit is Unit.USD:
        return amount_text(alert.value)
    return str(alert.value) if unit is Unit.COUNT else plain(Decimal(alert.value) / SHARE)
