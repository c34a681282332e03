"""What most tests of the outbox do: store, claim, settle."""

from bot.delivery.outcomes import Outcome
from bot.ports import Chat, Notification
from bot.rules import Alert, Rule, RuleState
from storage import Storage
from tests.storage.samples import NOW

LEASE = 60_000


async def stored(storage: Storage, *alerts: Alert) -> None:
    await storage.outbox.store(alerts, [], NOW)


async def claimed(storage: Storage, at: int = NOW, limit: int = 100) -> list[Notification]:
    return await storage.outbox.claim("telegram", at, limit, LEASE, set())


async def settled(storage: Storage, outcome: Outcome, at: int = NOW) -> Notification:
    """Claim the only due notification and end it."""
    (one,) = await claimed(storage, at)
    await storage.outbox.settle(one, outcome, at)
    return one


async def wish(storage: Storage, chat: Chat) -> None:
    """A place's whole standing, whatever it was before."""
    await storage.chats.change(chat.destination, lambda _: chat)


async def everything(storage: Storage) -> list[tuple[Rule, RuleState]]:
    """All rules with their states, as the start reads them."""
    return [pair async for batch in storage.rulebook.columns() for pair in batch.pairs()]
