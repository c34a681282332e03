"""Small stand-ins that fulfil the core's ports in memory, and a house furnished with them."""

from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from typing import TypeVar

from msgspec.structs import replace

from bot.clock import DAY_MS
from bot.delivery.outcomes import Delivered, Outcome
from bot.engine.columns import RuleColumns
from bot.errors import HandledBeforeError, UserError
from bot.events import Event, RuleRemoved, RuleSaved
from bot.exchanges.dialect import Publication
from bot.figures import Hearing, Order, Reading, Split
from bot.market import USD, Gap, Liquidation, Side
from bot.ports import (
    Accounts,
    Chat,
    Found,
    Keyboard,
    Ledger,
    Mark,
    Notification,
    SourceStatus,
)
from bot.rules import WINDOWS, Alert, Destination, Payload, Rule, RuleState
from bot.wording.text import Message
from handlers.talk import House
from tests.clocks import ManualClock

T = TypeVar("T")

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


class FakeRulebook:
    """Rules in a dictionary; refuses a twin and one too many like the real one."""

    def __init__(self) -> None:
        self.rules: dict[int, Rule] = {}
        self._last = 0

    async def add(self, rule: Rule, limit: int) -> Rule:
        mine = await self.of(rule.destination)
        if any(_watched(rule) == _watched(other) for other in mine):
            raise UserError("You have this alert already; /alerts shows it.")
        if len(mine) >= limit:
            raise UserError(f"That would be more than {limit} alerts; delete one first.")
        self._last += 1
        stored = replace(rule, id=self._last)
        self.rules[stored.id] = stored
        return stored

    async def of(self, destination: Destination) -> list[Rule]:
        return [rule for rule in self.rules.values() if rule.destination == destination]

    async def get(self, rule_id: int) -> Rule | None:
        return self.rules.get(rule_id)

    async def pause(self, rule_id: int, paused: bool) -> Rule | None:
        if rule_id not in self.rules:
            return None
        self.rules[rule_id] = replace(self.rules[rule_id], paused=paused)
        return self.rules[rule_id]

    async def remove(self, rule_id: int) -> Rule | None:
        return self.rules.pop(rule_id, None)

    async def columns(self) -> AsyncIterator[RuleColumns]:
        """A fake starts empty: nothing was stored before."""
        return
        yield


class FakeChats:
    """Places in a dictionary; one that was never saved is active."""

    def __init__(self) -> None:
        self.saved: dict[Destination, Chat] = {}

    async def get(self, destination: Destination) -> Chat:
        return self.saved.get(destination, Chat(destination))

    async def save(self, chat: Chat) -> None:
        self.saved[chat.destination] = chat

    async def change(self, destination: Destination, by: Callable[[Chat], Chat]) -> Chat:
        self.saved[destination] = by(await self.get(destination))
        return self.saved[destination]


class FakeOutbox:
    """Notifications in a list; each key is taken once, each chat has one out at a time."""

    def __init__(self) -> None:
        self.waiting: list[Notification] = []
        self.settled: list[tuple[Notification, Outcome]] = []
        self.heard: list[Liquidation] = []
        self.gaps: list[Gap] = []
        self._keys: set[tuple[Destination, str]] = set()
        self._leased: dict[int, Notification] = {}

    async def store(
        self,
        alerts: Sequence[Alert],
        states: Iterable[RuleState],
        now_ms: int,
        heard: Sequence[Liquidation] = (),
        gaps: Sequence[Gap] = (),
    ) -> None:
        self.heard += heard
        self.gaps += gaps
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

    async def recover(self, now_ms: int) -> Found:
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


class FakeBooks:
    """A ledger over the fakes; a work that fails leaves them as they were."""

    def __init__(self, rulebook: FakeRulebook, chats: FakeChats, outbox: FakeOutbox) -> None:
        self._rulebook, self._chats, self._outbox = rulebook, chats, outbox
        self.marks: set[Mark] = set()
        self.failures: list[tuple[Mark, str]] = []

    async def keep(
        self, work: Callable[[Ledger], Awaitable[T]], mark: Mark | None, now_ms: int
    ) -> tuple[T, list[Event]]:
        if mark in self.marks:
            raise HandledBeforeError
        rules, saved = dict(self._rulebook.rules), dict(self._chats.saved)
        ledger = FakeLedger(self._rulebook, self._chats, self._outbox)
        try:
            result = await work(ledger)
        except BaseException:
            self._rulebook.rules, self._chats.saved = rules, saved
            raise
        if mark is not None:
            self.marks.add(mark)
        return result, ledger.events

    async def failed(self, mark: Mark, kind: str, error: str, now_ms: int) -> None:
        self.failures.append((mark, kind))

    async def thin(self, now_ms: int) -> None: ...


class FakeLedger:
    """One transaction's view of the fakes."""

    def __init__(self, rulebook: FakeRulebook, chats: FakeChats, outbox: FakeOutbox) -> None:
        self._rulebook, self._chats, self._outbox = rulebook, chats, outbox
        self.events: list[Event] = []

    async def rules(self, destination: Destination) -> list[Rule]:
        return await self._rulebook.of(destination)

    async def rule(self, rule_id: int) -> Rule | None:
        return await self._rulebook.get(rule_id)

    async def add(self, rule: Rule, limit: int) -> Rule:
        stored = await self._rulebook.add(rule, limit)
        self.events.append(RuleSaved(stored, RuleState(stored.id)))
        return stored

    async def pause(self, rule_id: int, paused: bool) -> Rule | None:
        changed = await self._rulebook.pause(rule_id, paused)
        if changed is not None:
            self.events.append(RuleSaved(changed, RuleState(changed.id)))
        return changed

    async def remove(self, rule_id: int) -> Rule | None:
        removed = await self._rulebook.remove(rule_id)
        if removed is not None:
            self.events.append(RuleRemoved(removed.id))
        return removed

    async def chat(self, destination: Destination) -> Chat:
        return await self._chats.get(destination)

    async def change(self, destination: Destination, by: Callable[[Chat], Chat]) -> Chat:
        return await self._chats.change(destination, by)

    async def put(self, destination: Destination, payload: Payload, key: str, now_ms: int) -> None:
        await self._outbox.put(destination, payload, key, now_ms)


class FakeKeyboards:
    """Tokens that count up; nothing expires."""

    def __init__(self) -> None:
        self.kept: dict[str, Keyboard] = {}
        self._messages: dict[str, int] = {}

    async def keep(self, keyboard: Keyboard, now_ms: int) -> str:
        token = f"{len(self.kept):016}"
        self.kept[token] = keyboard
        return token

    async def find(self, token: str, message: int, now_ms: int) -> Keyboard | None:
        if self._messages.setdefault(token, message) != message:
            return None
        return self.kept.get(token)


class FakeNotifier:
    """Keeps what it was asked to say and ends each delivery as ``outcome``."""

    def __init__(self, platform: str, outcome: Outcome | None = None) -> None:
        self._platform = platform
        self.outcome: Outcome = outcome or Delivered(1)
        self.delivered: list[tuple[Destination, Message]] = []
        self.nonces: list[str] = []

    @property
    def platform(self) -> str:
        return self._platform

    async def deliver(
        self, destination: Destination, message: Message, nonce: str, edits: int | None = None
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
    allowed: frozenset[tuple[str, int]] = frozenset()
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

        self.books = FakeBooks(self.rulebook, self.chats, self.outbox)
        self.house = House(
            self.desk,
            self.rulebook,
            self.chats,
            self.books,
            self.keyboards,
            self.clock,
            tell,
            self.notifiers,
            bot_links=self.links,
            allowed=self.allowed,
        )


def _watched(rule: Rule) -> tuple[object, ...]:
    return (rule.coin, rule.exchange, rule.window, rule.metric, rule.threshold, rule.floor)
