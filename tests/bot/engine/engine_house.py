"""An engine to tell stories with: minutes since its start, millions of dollars."""

from decimal import Decimal

from bot.clock import MINUTE_MS
from bot.engine.engine import Consequences, Engine
from bot.events import Heard, Tick
from bot.exchanges.dialect import Publication
from bot.market import USD, Gap, Liquidation, Side
from bot.rules import Alert, Destination, Rule, RuleState

START = 1_700_000_000_000
ME = Destination("telegram", 7, direct=True)
M = 1_000_000


def rule(rule_id: int = 1, **changes: object) -> Rule:
    values: dict[str, object] = {
        "id": rule_id,
        "destination": ME,
        "author": 7,
        "coin": None,
        "exchange": None,
        "window": "5m",
        "metric": "total",
        "threshold": 10 * M * USD,
    }
    return Rule(**{**values, **changes})  # type: ignore[arg-type]  # fields by name


class House:
    """An engine with a clock in minutes since its start."""

    def __init__(self, *rules: Rule, states: tuple[RuleState, ...] = ()) -> None:
        names = {
            "binance": Publication("sampled", how="the largest per second"),
            "bybit": Publication("complete"),
        }
        self.engine = Engine(names, START)
        self.states = {one.id: RuleState(one.id) for one in rules} | {s.rule: s for s in states}
        self.engine.load((one, self.states[one.id]) for one in rules)

    def keep(self, caused: Consequences) -> list[Alert]:
        self.states |= {state.rule: state for state in caused.states}
        return caused.alerts

    def order(
        self,
        minute: float,
        millions: float,
        side: Side = Side.LONG,
        coin: str = "BTC",
        exchange: str = "binance",
    ) -> list[Alert]:
        at_ms = START + round(minute * MINUTE_MS)
        notional = Decimal(str(millions)) * M
        event = Liquidation(exchange, "X", coin, side, Decimal(1), notional, notional, at_ms, at_ms)
        return self.keep(self.engine.handle(Heard(exchange, (event,), at_ms)))

    def tick(self, minute: float) -> list[Alert]:
        return self.keep(self.engine.handle(Tick(START + round(minute * MINUTE_MS))))

    def gap(self, exchange: str, start: float, end: float | None = None) -> list[Alert]:
        end_ms = None if end is None else START + round(end * MINUTE_MS)
        start_ms = START + round(start * MINUTE_MS)
        return self.keep(self.engine.handle(Gap(exchange, "x", start_ms, end_ms, "lost")))
