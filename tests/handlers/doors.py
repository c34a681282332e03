"""What can be asked and pressed, and everything that could be changed by it."""

from collections.abc import Iterable

from bot.allowed import Allowed
from bot.clock import HOUR_MS
from bot.events import FollowSaved, RuleSaved
from bot.ports import Chat
from bot.rules import Destination, Rule
from bot.story.follow import Follow
from bot.typed.draft import Draft
from bot.typed.rule_text import link_payload
from handlers.commands import COMMANDS
from tests.fakes import NOW_MS, Furnished
from tests.handlers.asking import BORIS
from tests.handlers.commands.flushed import GOING_ON, Flushing

LINK = link_payload(Draft("BTC", None, "1h", "total", 10**14))

TYPED = (
    *COMMANDS,
    "alert BTC 1h > 7m",
    "alert list",
    "mute 2h",
    "mute nonsense",
    f"start {LINK}",
    "start hello",
    "follow btc",
    "follow market end silent",
    "follow off",
    "mute F311",
    "flush F311",
    "why L1",
    "moon",
)
"""Every command, and those of its forms that a person types."""

CHANGING = {
    "start", "start hello", f"start {LINK}", "alert BTC 1h > 7m", "test", "mute", "mute 2h",
    "unmute", "stop", "follow btc", "follow market end silent", "follow off", "mute F311",
}  # fmt: skip
"""Those that change something, in one of the ``states``, when one may."""

PRESSED = (
    "hello", "pace|big", "pace|many", "pace|own", "pace|none", "trial", "test", "mute|1h", "unmute",
    "rule|1", "rule|1|here", "pause|1", "resume|1", "delete|1", "delete|1|here", "alerts|1",
    "alertme|BTC|1h", "run|alert|BTC 1h > 7m", "run|stop|", "run|mute|1h", "liqs|BTC|1h",
    "imbalance|BTC|1h", "top|all|1h", "market|BTC", "sources|bybit", "help", "nonsense",
    "follow|btc", "follow|market severe|here", "follow|market off|here", "followed|market|here",
    "stages|market", "stages|market end silent|here", "hush|311", "flush|311", "flushes|btc",
    "casefiles|311", "why|F311", "chart|BTC|1h",
)  # fmt: skip
"""An action of every verb."""

MOVING = {
    "pace|big", "pace|many", "trial", "test", "mute|1h", "unmute", "pause|1", "resume|1",
    "delete|1", "delete|1|here", "run|alert|BTC 1h > 7m", "run|stop|", "run|mute|1h",
    "follow|btc", "follow|market severe|here", "follow|market off|here",
    "stages|market end silent|here", "hush|311",
}  # fmt: skip
"""Those that change something, in one of the ``states``, when one may."""


async def states(at: Destination, allowed: Iterable[tuple[str, int]] = ()) -> list[Furnished]:
    """Houses in which the place is fresh, stopped, muted or given up; alert 1 is its own, and it
    follows the market, where flush 311 goes on."""
    wishes = (
        Chat(at),
        Chat(at, state="stopped"),
        Chat(at, muted_until_ms=NOW_MS + HOUR_MS),
        Chat(at, state="gone", reason="kicked"),
    )
    houses = []
    for number, wish in enumerate(wishes):
        here = Flushing(allowed=Allowed(allowed))
        here.stories.flushes = (GOING_ON,)
        await here.flushbook.follow(Follow(at, BORIS), 20)
        await here.rulebook.add(Rule(0, at, BORIS, "ETH", None, "1h", "total", 10**14), 50)
        await here.rulebook.pause(1, number % 2 == 1)
        await here.chats.save(wish)
        houses.append(here)
    return houses


def everything(here: Furnished, but: Destination) -> tuple[object, ...]:
    """All that is stored, told to the engine or sent, but for what is this person's own."""
    sent = (one for notifier in here.notifiers.values() for one in notifier.delivered)
    follows, readers = here.flushbook.remembered()
    return (
        {number: rule for number, rule in here.rulebook.rules.items() if rule.destination != but},
        {place: chat for place, chat in here.chats.saved.items() if place != but},
        [one for one in here.outbox.waiting if one.destination != but],
        [
            event
            for event in here.told
            if not (isinstance(event, RuleSaved) and event.rule.destination == but)
            and not (isinstance(event, FollowSaved) and event.follow.destination == but)
        ],
        [message for place, message in sent if place != but],
        {key: follow for key, follow in follows.items() if key[0] != but},
        {key: reader for key, reader in readers.items() if key[1] != but},
    )
