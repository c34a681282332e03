"""Order rules against a list that is read anew for every order."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.engine import Engine
from bot.events import Heard
from bot.exchanges.dialect import Publication
from bot.market import USD, Liquidation, Side
from bot.rules import Destination, Rule, RuleState

START = 1_700_000_000_000
COINS = ("BTC", "ETH")
EXCHANGES = ("binance", "bybit")

Order = tuple[str, str, Side, int]
"""(coin, exchange, side, whole dollars)."""

ORDERS = st.lists(
    st.tuples(st.sampled_from(COINS), st.sampled_from(list(Side)), st.integers(0, 6)), max_size=3
)
FRAMES = st.lists(
    st.tuples(st.sampled_from([0, 1, 7_000, 14_999, 15_000, 15_001]), st.integers(0, 1), ORDERS),
    max_size=12,
)
RULES = st.lists(
    st.tuples(
        st.sampled_from([None, *COINS]), st.sampled_from([None, *EXCHANGES]), st.integers(1, 6)
    ),
    min_size=1,
    max_size=5,
)


class NaiveRule:
    """One rule: what it has told in the burst that goes on."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.episode = 0
        self.first_ms = START - 10**9
        self.told: list[Order] = []

    def hear(self, orders: list[Order], now_ms: int) -> tuple[object, ...] | None:
        mine = [order for order in orders if self.wants(order)]
        if not mine:
            return None
        if now_ms - self.first_ms > 15_000:
            self.episode, self.first_ms, self.told = self.episode + 1, now_ms, []
        self.told += mine
        sums = [sum(o[3] for o in self.told if o[2] is side) * USD for side in Side]
        largest = max(order[3] for order in self.told) * USD
        return (self.rule.id, self.episode, len(self.told), largest, *sums)

    def wants(self, order: Order) -> bool:
        coin, exchange, _, dollars = order
        return (
            self.rule.coin in (None, coin)
            and self.rule.exchange in (None, exchange)
            and dollars * USD >= self.rule.threshold
        )


@settings(max_examples=200, deadline=None)
@given(RULES, FRAMES)
def test_every_order_that_is_large_enough_is_told_in_its_burst(
    wishes: list[tuple[str | None, str | None, int]],
    frames: list[tuple[int, int, list[tuple[str, Side, int]]]],
) -> None:
    rules = [
        Rule(number, Destination("telegram", 1), 1, coin, exchange, "", "order", dollars * USD)
        for number, (coin, exchange, dollars) in enumerate(wishes, 1)
    ]
    engine = Engine({name: Publication("complete") for name in EXCHANGES}, START)
    engine.load((rule, RuleState(rule.id)) for rule in rules)
    naive, now_ms = [NaiveRule(rule) for rule in rules], START
    for pause, place, entries in frames:
        now_ms += pause
        exchange = EXCHANGES[place]
        events = tuple(
            Liquidation(
                exchange, coin, coin, side, Decimal(1), Decimal(1), Decimal(d), now_ms, now_ms
            )
            for coin, side, d in entries
        )
        alerts = engine.handle(Heard(exchange, events, now_ms)).alerts
        orders = [(coin, exchange, side, dollars) for coin, side, dollars in entries]
        expected = [one.hear(orders, now_ms) for one in naive]
        told = {
            (a.rule.id, a.episode, a.orders, a.value, a.reading.long, a.reading.short)
            for a in alerts
        }
        assert told == {said for said in expected if said is not None}
        assert len(told) == len(alerts)
