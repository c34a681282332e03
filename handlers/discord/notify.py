"""Says something in a channel, a thread or a person's direct messages, and names how it ended."""

from hashlib import blake2b

import structlog

from bot.clock import Now
from bot.delivery.outcomes import Gone, Outcome, Retry
from bot.errors import StoreError
from bot.ports import Chats, Keyboards
from bot.rules import Destination
from bot.wording.text import Message
from handlers.discord.admission import NOT_LISTED, Admission
from handlers.discord.calls import Calls
from handlers.discord.errors import FAILURES, HARMLESS_S
from handlers.discord.place import PLATFORM
from handlers.discord.turns import Turn
from handlers.routing.pressing import ANYONE, armed

NOT_NOW_S = 5.0
"""Until a message is tried again whose buttons could not be stored, or whose reader not found."""

LONGEST_NONCE = 25

log = structlog.get_logger()


class DiscordNotifier:
    """Fulfils ``bot.ports.Notifier``. ``alert``: the courier has let the first call pass."""

    platform = PLATFORM
    harmless_s = HARMLESS_S

    def __init__(
        self,
        calls: Calls,
        admission: Admission,
        chats: Chats,
        keyboards: Keyboards,
        clock: Now,
        *,
        alert: bool,
    ) -> None:
        self._calls = calls
        self._admission = admission
        self._chats = chats
        self._keyboards = keyboards
        self._clock = clock
        self._alert = alert

    async def deliver(
        self,
        destination: Destination,
        message: Message,
        nonce: str,
        edits: int | None = None,
        quotes: int | None = None,
    ) -> Outcome:
        """Send, mentioning the channel's role when ``loud``, or edit ``edits`` in place."""
        turn = Turn(self._calls.turnstile, destination, alert=self._alert)
        try:
            outcome = await self._delivered(destination, message, nonce, edits, quotes, turn)
        except TimeoutError:
            return Retry(NOT_NOW_S, "too many wait for their turn")
        except StoreError as error:
            return Retry(NOT_NOW_S, f"storage could not be asked ({error})")
        if isinstance(outcome, Retry) and outcome.limited and not self._alert:
            self._calls.turnstile.limited(destination, outcome.after_s, outcome.platform_wide)
        return outcome

    async def probe(self) -> Outcome | None:
        return await self._calls.probe()

    async def _delivered(
        self,
        destination: Destination,
        message: Message,
        nonce: str,
        edits: int | None,
        quotes: int | None,
        turn: Turn,
    ) -> Outcome:
        if (refusal := await self._refusal(destination)) is not None:
            return refusal
        channel = await self._calls.channel(turn)
        if not isinstance(channel, int):
            return channel
        person = destination.chat if destination.direct else ANYONE
        now_ms = self._clock.now_ms()
        message = await armed(message, PLATFORM, channel, person, self._keyboards, now_ms)
        if edits is not None:
            outcome = await self._calls.edit(channel, message, edits, turn)
            if outcome is not None:
                return outcome
            nonce = f"{nonce} instead of {edits}"
        role = await self._role(destination) if message.loud else 0
        return await self._calls.send(channel, message, short_nonce(nonce), role, turn, quotes)

    async def _refusal(self, destination: Destination) -> Outcome | None:
        """Why nothing can be, or must be, said there."""
        hindrance = self._calls.hindrance()
        if hindrance is not None:
            return hindrance
        try:
            refused = await self._admission.refuses(destination)
        except FAILURES as error:
            return Retry(NOT_NOW_S, f"no word of whose it is ({type(error).__name__})")
        return Gone(NOT_LISTED, chat_wide=True) if refused else None

    async def _role(self, destination: Destination) -> int:
        return 0 if destination.direct else (await self._chats.get(destination)).role


def short_nonce(nonce: str) -> str:
    """At most 25 characters, the same for the same words."""
    if len(nonce) <= LONGEST_NONCE:
        return nonce
    return blake2b(nonce.encode(), digest_size=12).hexdigest()
