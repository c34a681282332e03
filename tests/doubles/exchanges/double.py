"""What all stand-ins have in common: contracts, prices, publishing, and what was published."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from tests.doubles.exchanges.connection import Connection
from tests.doubles.exchanges.faults import Kind
from tests.doubles.exchanges.order import Contract, Fill, Order, Taken, now_ms
from tests.doubles.exchanges.served import Served

PRICES = {"BTC": "60000", "ETH": "3000", "SOL": "150", "PEPE": "0.00001", "BONK": "0.00002"}
OLD_MS = 25 * 3_600_000


class ExchangeDouble(Served):
    """One exchange on loopback: ``async with Okx() as okx``.

    ``fills`` is all that was ever published; history and opening snapshots answer from it. It
    begins with one order of 25 hours ago, which no listener may take for news. ``prices`` are what
    canaries say; a test sets them.
    """

    name: str
    listed: tuple[Contract, ...]

    def __init__(self, canary_s: float = 0.2) -> None:
        super().__init__(canary_s)
        self.contracts = self.listed
        self.prices = {coin: Decimal(price) for coin, price in PRICES.items()}
        self.fills: list[Fill] = []
        coin = self.listed[0].coin
        price = self.prices[coin]
        self._record([Order(coin, "long", price, 1000 / price, now_ms() - OLD_MS)])

    def topics(self, contract: Contract) -> Iterable[str]:
        """All topics that tell this contract's liquidations."""
        raise NotImplementedError

    def frames(self, connection: Connection, topic: str, fills: Sequence[Fill]) -> Iterable[object]:
        """How ``fills``, one or more, reach one who subscribed to ``topic``."""
        raise NotImplementedError

    def snapshot(self, connection: Connection, topic: str) -> Iterable[object]:
        """What follows the acknowledgement of ``topic``."""
        return ()

    def delivers(self, connection: Connection) -> bool:
        """Whether its address still gives liquidations; old ones acknowledge and are silent."""
        return True

    def taken(self, fill: Fill) -> Taken:
        """What one fill comes to."""
        usd = self.usd(fill)
        return Taken(1, usd, Decimal(0)) if fill.long else Taken(1, Decimal(0), usd)

    def usd(self, fill: Fill) -> Decimal:
        return fill.usd

    def mark(self, contract: Contract) -> Decimal:
        """The price that a canary quotes."""
        return self.prices[contract.coin] * contract.per

    async def publish(self, *orders: Order) -> Taken:
        """Told to all who subscribed, and kept for history; what a listener should take of it."""
        fills = self._record(orders)
        for connection in list(self.connections):
            await self._tell(connection, tuple(connection.topics), fills)
        return sum(map(self.taken, fills), Taken())

    async def listening(self, *symbols: str) -> None:
        """Waits until somebody hears these contracts, by default all."""
        wanted = set(symbols or (contract.symbol for contract in self.contracts))
        async with self.changed:
            await self.changed.wait_for(lambda: not wanted & self.unheard())

    def unheard(self) -> set[str]:
        """Contracts whose liquidations would reach nobody now."""
        heard = {t for c in self.connections if self.delivers(c) for t in c.topics}
        return {c.symbol for c in self.contracts if heard.isdisjoint(self.topics(c))}

    async def subscribed(self, connection: Connection, *topics: str) -> None:
        """An exchange calls it after its acknowledgement."""
        connection.topics.update(dict.fromkeys(topics))
        for topic in topics:
            for body in self.snapshot(connection, topic):
                await self.say(connection, Kind.SNAPSHOT, body)
        if self.faults.replay_s is not None:
            since = now_ms() - self.faults.replay_s * 1000
            await self._tell(connection, topics, [f for f in self.fills if f.ms >= since])
        await self.tell_waiters()

    @property
    def urls(self) -> dict[str, str]:
        """The settings' names, and the bases that replace scheme and host."""
        name = self.name.upper()
        return {f"{name}_WS_URL": f"ws://{self.host}", f"{name}_REST_URL": f"http://{self.host}"}

    def listing(self, symbol: str) -> Contract | None:
        return next((c for c in self.contracts if c.symbol == symbol), None)

    def chatter(self, topic: str) -> Fill:
        """An ordinary trade at the mark, where liquidations come among trades; it is not kept."""
        contract = next(c for c in self.contracts if topic in self.topics(c))
        price = self.prices[contract.coin]
        order = Order(contract.coin, "long", price, 1000 / price)
        return Fill(order, contract, contract.units(order), order.time_ms)

    def kept(self, *symbols: str) -> list[Fill]:
        """What was published in these contracts, oldest first."""
        known = (fill for fill in self.fills if fill.contract.symbol in symbols)
        return sorted(known, key=lambda fill: (fill.ms, fill.number))

    def _record(self, orders: Iterable[Order]) -> list[Fill]:
        fills = []
        for order in orders:
            contract = self._contract(order)
            fill = Fill(order, contract, contract.units(order), len(self.fills) + 1)
            self.fills.append(fill)
            fills.append(fill)
        return fills

    def _contract(self, order: Order) -> Contract:
        for contract in self.contracts:
            if contract.coin == order.coin and order.contract in ("", contract.symbol):
                return contract
        raise LookupError(f"{self.name} lists no {order.coin} {order.contract}")

    async def _tell(
        self, connection: Connection, topics: Iterable[str], fills: Sequence[Fill]
    ) -> None:
        if not self.delivers(connection):
            return
        if ahead := self.faults.ahead_ms:
            fills = [shifted(fill, ahead) for fill in fills]
        if self.faults.reverse:
            fills = fills[::-1]
        for topic in topics:
            mine = [fill for fill in fills if topic in self.topics(fill.contract)]
            for body in self.frames(connection, topic, mine) if mine else ():
                await self.say(connection, Kind.LIQUIDATION, body)


def shifted(fill: Fill, ms: int) -> Fill:
    return replace(fill, order=replace(fill.order, time_ms=fill.ms + ms))


def each(fills: Sequence[Fill]) -> dict[Contract, list[Fill]]:
    """By contract, in the order of their first appearance."""
    groups: dict[Contract, list[Fill]] = {}
    for fill in fills:
        groups.setdefault(fill.contract, []).append(fill)
    return groups
