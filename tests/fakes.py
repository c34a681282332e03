"""Small stand-ins that fulfil the core's ports in memory, and a house furnished with them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.allowed import Allowed
from bot.clock import DAY_MS
from bot.delivery.outcomes import Delivered, Outcome
from bot.events import Event
from bot.exchanges.dialect import Publication
from bot.figures import Hearing, Order, Reading, Split
from bot.history.nothing import NoHistory
from bot.market import USD, Gap, Liquidation, Side
from bot.ports import Accounts, Found, History, Notification, SourceStatus
from bot.rules import WINDOWS, Alert, Destination, Payload, Rule, RuleState
from bot.story.batch import Batch
from bot.structure.view import Figure, MarketView
from bot.wording.text import Message
from handlers.talk import House
from tests.clocks import ManualClock
from tests.fake_books import FakeBooks, FakeChats, FakeKeyboards, FakeLedger, FakeRulebook
from tests.fake_flushbook import FakeFlushbook, a_calm_room

NOW_MS = 1_700_000_000_000


def a_reading(
    coin: str | None = None,
    exchange: str | None = None,
    window: str = "1h",
    *,
    long: int = 4_400_000,
    short: int = 3_800_000,
    since_ms: int = NOW_MS - 30 * DAY_MS,
) -> Reading:
    """A quiet hour, in dollars; one coin or one exchange makes up all of it."""
    whole_long, whole_short = long * USD, short * USD
    return Reading(
        coin=coin,
        exchange=exchange,
        span_ms=WINDOWS[window],
        at_ms=NOW_MS,
        long=whole_long,
        short=whole_short,
        count=120 if long + short else 0,
        largest=Order(300_000 * USD, coin or "BTC", exchange or "bybit", Side.LONG, NOW_MS - 60_000)
        if long + short
        else None,
        coins=(Split(coin or "BTC", whole_long, whole_short),),
        exchanges=(Split(exchange or "bybit", whole_long, whole_short),),
        hearing=Hearing(("binance", "bybit", "okx"), ("binance", "okx"), (), since_ms),
        complete=since_ms <= NOW_MS - WINDOWS[window],
    )


def a_source(exchange: str, state: str = "live", reason: str = "") -> SourceStatus:
    return SourceStatus(
        exchange=exchange,
        state=state,
        since_ms=NOW_MS - DAY_MS,
        reason=reason,
        last_event_ms=NOW_MS - 5_000,
        events=1_234,
        usd=56_000_000 * USD,
        publication=Publication("complete")
        if exchange == "bybit"
        else Publication("sampled", how="the largest of each second"),
        doubts=(),
        instruments=500,
        unpriced=3,
        bad=2,
        late=1,
        reconnects=4,
        last_data_ms=NOW_MS - 1_000,
        gaps=(),
        hour=1.0,
        day=1.0,
    )


__all__ = [
    "NOW_MS", "FakeBooks", "FakeChats", "FakeDesk", "FakeFlushbook", "FakeKeyboards", "FakeLedger",
    "FakeMarkets", "FakeNotifier", "FakeOutbox", "FakeRulebook", "Furnished", "a_reading",
    "a_source",
]  # fmt: skip


class FakeDesk:
    """Says what it was told to say. ``values`` by rule id, else ``value_now``."""

    def __init__(self, *exchanges: str) -> None:
        self.listed = {"BTC", "ETH", "SOL", "BCH", "PEPE"}
        self.statuses = [a_source(name) for name in exchanges or ("binance", "bybit", "okx")]
        self.readings: dict[tuple[str | None, str | None, str], Reading] = {}
        self.values: dict[int, int | None] = {}
        self.value_now: int | None = 1_400_000 * USD

    def reading(self, coin: str | None, exchange: str | None, window: str) -> Reading:
        known = self.readings.get((coin, exchange, window))
        return known or a_reading(coin, exchange, window)

    def value(self, rule: Rule) -> int | None:
        return self.values.get(rule.id, self.value_now)

    def coins(self) -> Collection[str]:
        return self.listed

    def sources(self) -> list[SourceStatus]:
        return self.statuses

    def now_ms(self) -> int:
        return NOW_MS


class FakeMarkets:
    """The coins that are followed by default, each with a price alone, unless told otherwise."""

    def __init__(self) -> None:
        price = Figure(87_020.0, NOW_MS - 4_000, ("Binance",))
        self.views = {
            coin: MarketView(coin, NOW_MS, price=price)
            for coin in ("BTC", "ETH", "SOL", "XRP", "DOGE")
        }

    def coins(self) -> Collection[str]:
        return tuple(self.views)

    def view(self, coin: str) -> MarketView | None:
        return self.views.get(coin)


class FakeOutbox:
    """Notifications in a list; each key is taken once, each chat has one out at a time."""

    def __init__(self) -> None:
        self.waiting: list[Notification] = []
        self.settled: list[tuple[Notification, Outcome]] = []
        self.heard: list[Liquidation] = []
        self.gaps: list[Gap] = []
        self.stories: list[Batch] = []
        self._keys: set[tuple[Destination, str]] = set()
        self._leased: dict[int, Notification] = {}

    async def store(
        self,
        alerts: Sequence[Alert],
        states: Iterable[RuleState],
        now_ms: int,
        heard: Sequence[Liquidation] = (),
        gaps: Sequence[Gap] = (),
        story: Batch | None = None,
    ) -> None:
        self.heard += heard
        self.gaps += gaps
        if story:
            self.stories.append(story)
        for alert in alerts:
            await self.put(alert.rule.destination, alert, alert.key, now_ms)

    async def put(self, destination: Destination, payload: Payload, key: str, now_ms: int) -> None:
        if (destination, key) in self._keys:
            return
        self._keys.add((destination, key))
        self.waiting.append(Notification(len(self._keys), destination, payload, now_ms))

    async def claim(
        self, platform: str, now_ms: int, limit: int, lease_ms: int, busy: Collection[int]
    ) -> list[Notification]:
        claimed: list[Notification] = []
        for one in list(self.waiting):
            taken = one.destination.chat in busy or one.destination.chat in self._leased
            if one.destination.platform == platform and not taken and len(claimed) < limit:
                self.waiting.remove(one)
                self._leased[one.destination.chat] = one
                claimed.append(one)
        return claimed

    async def settle(self, notification: Notification, outcome: Outcome, now_ms: int) -> None:
        self._leased.pop(notification.destination.chat, None)
        self.settled.append((notification, outcome))

    async def recover(self, now_ms: int, harmless_ms: Mapping[str, int] = {}) -> Found:
        back = list(self._leased.values())
        self.waiting[:0] = back
        self._leased.clear()
        return Found(len(self.waiting), len(back), len(self._keys), now_ms)

    async def fates(self, found: Found) -> Accounts:
        return await self.accounts()

    async def accounts(self) -> Accounts:
        sent = sum(isinstance(outcome, Delivered) for _, outcome in self.settled)
        still = len(self.waiting) + len(self._leased)
        return Accounts(len(self._keys), sent, 0, len(self.settled) - sent, still)

    async def thin(self, now_ms: int) -> None: ...


class FakeNotifier:
    """Keeps what it was asked to say and ends each delivery as ``outcome``."""

    harmless_s = 0.0

    def __init__(self, platform: str, outcome: Outcome | None = None) -> None:
        self._platform = platform
        self.outcome: Outcome = outcome or Delivered(1)
        self.delivered: list[tuple[Destination, Message]] = []
        self.nonces: list[str] = []

    @property
    def platform(self) -> str:
        return self._platform

    async def deliver(
        self,
        destination: Destination,
        message: Message,
        nonce: str,
        edits: int | None = None,
        quotes: int | None = None,
    ) -> Outcome:
        self.nonces.append(nonce)
        if isinstance(self.outcome, Delivered):
            self.delivered.append((destination, message))
        return self.outcome

    async def probe(self) -> Outcome | None:
        return None if isinstance(self.outcome, Delivered) else self.outcome


@dataclass
class Furnished:
    """A house and, by name, the fakes that it is made of. ``told`` is what the engine heard."""

    desk: FakeDesk = field(default_factory=FakeDesk)
    rulebook: FakeRulebook = field(default_factory=FakeRulebook)
    chats: FakeChats = field(default_factory=FakeChats)
    outbox: FakeOutbox = field(default_factory=FakeOutbox)
    keyboards: FakeKeyboards = field(default_factory=FakeKeyboards)
    markets: FakeMarkets | None = field(default_factory=FakeMarkets)
    history: History = field(default_factory=NoHistory)
    allowed: Allowed = field(default_factory=Allowed)
    flushbook: FakeFlushbook = field(default_factory=FakeFlushbook)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW_MS))
    notifiers: Mapping[str, FakeNotifier] = field(
        default_factory=lambda: {
            "telegram": FakeNotifier("telegram"),
            "discord": FakeNotifier("discord"),
        }
    )
    links: Mapping[str, str] = field(
        default_factory=lambda: {"telegram": "https://t.me/liqwatch_bot"}
    )
    told: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        async def tell(event: Event) -> None:
            self.told.append(event)

        self.books = FakeBooks(self.rulebook, self.chats, self.outbox, self.flushbook)
        self.house = House(
            self.desk,
            self.rulebook,
            self.chats,
            self.books,
            self.keyboards,
            self.clock,
            tell,
            self.notifiers,
            a_calm_room(self.flushbook),
            bot_links=self.links,
            markets=self.markets,
            history=self.history,
            allowed=self.allowed,
        )
