"""What people have set, in memory: rules, chats, buttons, and the one way to change them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol, TypeVar

from msgspec.structs import replace

from bot.engine.columns import RuleColumns
from bot.errors import HandledBeforeError, StoreError, UserError
from bot.events import (
    ChatMoved,
    Event,
    FlushMuted,
    FollowRemoved,
    FollowSaved,
    RuleRemoved,
    RuleSaved,
)
from bot.ports import Chat, Keyboard, Ledger, Mark, Notification, Press
from bot.rules import Destination, Payload, Rule, RuleState
from bot.story.follow import Follow
from tests.fake_flushbook import FakeFlushbook

T = TypeVar("T")

FULL = "database or disk is full (OperationalError)"
"""What storage says of itself, and no person should read."""


class Queue(Protocol):
    """As much of an outbox as a ledger needs."""

    waiting: list[Notification]

    async def put(
        self, destination: Destination, payload: Payload, key: str, now_ms: int
    ) -> None: ...


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


class FakeBooks:
    """A ledger over the fakes; a work that fails leaves them as they were."""

    def __init__(
        self,
        rulebook: FakeRulebook,
        chats: FakeChats,
        outbox: Queue,
        flushbook: FakeFlushbook | None = None,
    ) -> None:
        self._rulebook, self._chats, self._outbox = rulebook, chats, outbox
        self._flushbook = flushbook or FakeFlushbook()
        self.marks: set[Mark] = set()
        self.full = False
        """No more can be written."""
        self.works = 0
        self.before: Callable[[], Awaitable[None]] | None = None
        """What happens between the judgement of a question and its effect."""
        self.failures: list[tuple[Mark, str]] = []

    async def keep(
        self, work: Callable[[Ledger], Awaitable[T]], mark: Mark | None, now_ms: int
    ) -> tuple[T, list[Event]]:
        self.works += 1
        if self.before is not None:
            await self.before()
        if self.full:
            raise StoreError(FULL)
        if mark in self.marks:
            raise HandledBeforeError
        rules, saved = dict(self._rulebook.rules), dict(self._chats.saved)
        waiting = list(self._outbox.waiting)
        followed = self._flushbook.remembered()
        ledger = FakeLedger(self._rulebook, self._chats, self._outbox, self._flushbook)
        try:
            result = await work(ledger)
        except BaseException:
            self._rulebook.rules, self._chats.saved = rules, saved
            self._outbox.waiting = waiting
            self._flushbook.forget_since(followed)
            raise
        if mark is not None:
            self.marks.add(mark)
        return result, ledger.events

    async def failed(self, mark: Mark, kind: str, error: str, now_ms: int) -> None:
        self.failures.append((mark, kind))

    async def thin(self, now_ms: int) -> None: ...


class FakeLedger:
    """One transaction's view of the fakes."""

    def __init__(
        self,
        rulebook: FakeRulebook,
        chats: FakeChats,
        outbox: Queue,
        flushbook: FakeFlushbook | None = None,
    ) -> None:
        self._rulebook, self._chats, self._outbox = rulebook, chats, outbox
        self._flushbook = flushbook or FakeFlushbook()
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

    async def follows(self, destination: Destination) -> list[Follow]:
        return await self._flushbook.following(destination)

    async def follow(self, follow: Follow, limit: int) -> Follow:
        kept = await self._flushbook.follow(follow, limit)
        self.events.append(FollowSaved(kept))
        return kept

    async def unfollow(self, destination: Destination, coin: str | None) -> Follow | None:
        dropped = await self._flushbook.unfollow(destination, coin)
        if dropped is not None:
            self.events.append(FollowRemoved(destination, coin))
        return dropped

    async def hush(self, destination: Destination, flush: int) -> None:
        await self._flushbook.hush(destination, flush)
        self.events.append(FlushMuted(destination, flush))

    async def move(self, platform: str, old_chat: int, new_chat: int) -> None:
        for rule in list(self._rulebook.rules.values()):
            if (rule.destination.platform, rule.destination.chat) == (platform, old_chat):
                moved = replace(rule.destination, chat=new_chat)
                self._rulebook.rules[rule.id] = replace(rule, destination=moved)
        self.events.append(ChatMoved(platform, old_chat, new_chat))

    async def put(self, destination: Destination, payload: Payload, key: str, now_ms: int) -> None:
        await self._outbox.put(destination, payload, key, now_ms)


class FakeKeyboards:
    """Tokens that count up; they expire when a test says so."""

    def __init__(self) -> None:
        self.kept: dict[str, Keyboard] = {}
        self.broken = False
        self._messages: dict[str, int] = {}

    async def keep(self, keyboard: Keyboard, now_ms: int) -> str:
        if self.broken:
            raise StoreError(FULL)
        token = f"{len(self.kept):016}"
        self.kept[token] = keyboard
        return token

    async def find(self, token: str, press: Press, now_ms: int) -> Keyboard | None:
        if self.broken:
            raise StoreError(FULL)
        known = self.kept.get(token)
        if known is None or (known.platform, known.place) != (press.platform, press.place):
            return None
        if self._messages.get(token, press.message) != press.message:
            return None
        if token not in self._messages and not press.shown:
            return None
        if known.person in (0, press.person):
            self._messages[token] = press.message
        return known


def _watched(rule: Rule) -> tuple[object, ...]:
    return (rule.coin, rule.exchange, rule.window, rule.metric, rule.threshold, rule.floor)
