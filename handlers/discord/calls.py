"""The calls that the speaking client makes, each in its turn and in time, and how each ended."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import discord
import structlog
from discord.http import Route
from msgspec.structs import replace

from bot.clock import Clock
from bot.delivery.outcomes import Delivered, Gone, Outcome, Refused, Retry, Unauthorized
from bot.delivery.turnstile import Turnstile
from bot.rules import Destination
from bot.wording.text import Message
from handlers.discord.answers import Answers
from handlers.discord.breaker import MOST, Breaker
from handlers.discord.buttons import buttons_view
from handlers.discord.errors import (
    FAILURES,
    TOKEN_REFUSED,
    UNANSWERABLE,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    outcome_of,
)
from handlers.discord.forms import forms_of, too_much
from handlers.discord.pictures import Pictured, put_in_place, sent_along
from handlers.discord.place import PLATFORM
from handlers.discord.spacing import Spacing
from handlers.discord.style import Styled
from handlers.discord.turns import Turn

TIMEOUT_S = 20.0
"""For one call; the library itself would wait for minutes."""

UPLOAD = 3
"""Times as long for one with a picture."""

NOT_CONNECTED_S = 5.0
DIRECT_CHANNELS = 10_000
"""Open direct channels that are remembered; the one unused for longest is opened anew."""

NOT_LOGGED_IN = Retry(NOT_CONNECTED_S, "not logged in to Discord", platform_wide=True)
REOPEN = Retry(0.0, "the direct channel was closed")
NOBODY = discord.AllowedMentions.none()

T = TypeVar("T")

log = structlog.get_logger()

Call = Callable[[discord.PartialMessageable, Styled, discord.ui.View], Awaitable[int]]
"""Says a text in a channel; the id of the message."""


class Calls:
    """Over whatever client is logged in; needs REST alone."""

    def __init__(
        self,
        turnstile: Turnstile,
        breaker: Breaker,
        answers: Answers,
        clock: Clock,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self.turnstile = turnstile
        self._spacing = Spacing(turnstile.limits.per_second, clock)
        self._breaker = breaker
        self._answers = answers
        self._clock = clock
        self._timeout_s = timeout_s
        self._client: discord.Client | None = None
        self._idle: Outcome = NOT_LOGGED_IN
        self._direct: OrderedDict[int, int] = OrderedDict()
        self._pictured = Pictured()

    @property
    def client(self) -> discord.Client | None:
        """What it speaks over now."""
        return self._client

    def use(self, client: discord.Client | None) -> None:
        """Speak over this client from now on; None: there is none."""
        self._client = client
        if client is not None:
            self._idle = NOT_LOGGED_IN

    def lock(self) -> None:
        """Discord does not know the token: there will be no client any more."""
        self._idle = Unauthorized(TOKEN_REFUSED)

    def ready(self) -> discord.Client | Outcome:
        """What to speak over now, or why nobody can be spoken to."""
        if self._client is None or self._client.is_closed():
            return self._idle
        if (wait_s := self._breaker.wait_s()) > 0:
            reason = f"it refused {MOST} calls in ten minutes, and bans who goes on"
            return Retry(wait_s, reason, platform_wide=True)
        return self._client

    def hindrance(self) -> Outcome | None:
        """Why nobody can be spoken to now; None where one can."""
        ready = self.ready()
        return None if isinstance(ready, discord.Client) else ready

    async def channel(self, turn: Turn) -> int | Outcome:
        """The id of the channel that shows what is sent there; a person's is opened, once."""
        to = turn.destination
        channel: int | Outcome = to.thread or to.chat
        if to.direct and (channel := self._direct.get(to.chat, 0)) == 0:
            channel = await self._opened(turn)
        if not isinstance(channel, int):
            return channel
        if to.direct:
            self._direct[to.chat] = channel
            self._direct.move_to_end(to.chat)
            if len(self._direct) > DIRECT_CHANNELS:
                self._direct.popitem(last=False)
        self._answers.belong(channel, to)
        return channel

    async def send(
        self,
        channel: int,
        message: Message,
        nonce: str,
        role: int,
        turn: Turn,
        quotes: int | None = None,
    ) -> Outcome:
        """Post it, mentioning ``role`` alone (0: nobody), as an answer to the message ``quotes``.

        The nonce travels with ``enforce_nonce``: Discord answers a repeat with the first message.
        """
        answering = None
        if quotes is not None:
            answering = discord.MessageReference(
                message_id=quotes, channel_id=channel, fail_if_not_exists=False
            )

        async def call(at: discord.PartialMessageable, text: Styled, view: discord.ui.View) -> int:
            more = sent_along(text.picture)
            if answering is not None:
                more |= {"reference": answering, "mention_author": False}
            sent = await at.send(
                text.content,
                nonce=nonce,
                allowed_mentions=_mentioning(role),
                embeds=text.embeds,
                view=view,
                **more,
            )
            return self._noted(sent.id, text)

        forms = forms_of(message, f"<@&{role}>" if role else "")
        outcome = await self._forgiven(channel, forms, call, turn)
        if outcome == Refused(UNANSWERABLE):
            return await self.send(channel, message, nonce, role, turn)
        # It was sent under this nonce before, and somebody has deleted it since.
        return outcome or Delivered(0)

    async def edit(self, channel: int, message: Message, edits: int, turn: Turn) -> Outcome | None:
        """The message ``edits`` says and shows this from now on; None when it was deleted.

        A picture that it has stays where there is no other. An edit that arrived twice is the same
        as once: nothing is unknown.
        """

        async def call(at: discord.PartialMessageable, text: Styled, view: discord.ui.View) -> int:
            await at.get_partial_message(edits).edit(
                content=text.content,
                embeds=text.embeds,
                view=view,
                allowed_mentions=NOBODY,
                **put_in_place(text.picture),
            )
            return self._noted(edits, text)

        forms = forms_of(message, pictured=edits in self._pictured)
        outcome = await self._forgiven(channel, forms, call, turn)
        return _certain(outcome) if outcome is not None else None

    async def is_member(self, server: int, person: int) -> bool:
        """Whether the person is in the server now. Raises ``FAILURES``."""
        client = self.ready()
        if not isinstance(client, discord.Client):
            raise TimeoutError
        async with self._clock.timeout(self._timeout_s):
            await self.turnstile.answer(Destination(PLATFORM, person, direct=True))
        try:
            await self._in_time(client.http.get_member(server, person))
        except (discord.NotFound, discord.Forbidden):
            return False
        return True

    async def probe(self) -> Outcome | None:
        """Ask Discord who we are; None when it can be used."""
        client = self.ready()
        if not isinstance(client, discord.Client):
            return client
        try:
            await self._in_time(client.http.request(Route("GET", "/users/@me")))
        except FAILURES as error:
            return _certain(outcome_of(error))
        return None

    async def _opened(self, turn: Turn) -> int | Outcome:
        await turn.come()
        client = self.ready()
        if not isinstance(client, discord.Client):
            return client
        turn.opened = True
        try:
            person = discord.Object(turn.destination.chat)
            return (await self._in_time(client.create_dm(person))).id
        except FAILURES as error:
            return _certain(outcome_of(error))

    async def _forgiven(
        self, channel: int, forms: Iterator[Styled], call: Call, turn: Turn
    ) -> Outcome | None:
        """What Discord will never take in one form goes out in the next, which asks less of it."""
        text = next(forms)
        while True:
            outcome = await self._called(channel, text, call, turn)
            if not too_much(outcome, text) or (barer := next(forms, None)) is None:
                return outcome
            reason = outcome.reason if isinstance(outcome, Refused | Gone) else ""
            log.error("Discord did not accept our message", reason=reason)
            text = barer

    async def _called(
        self,
        channel: int,
        text: Styled,
        call: Call,
        turn: Turn,
    ) -> Outcome | None:
        """None where the message itself is unknown."""
        await turn.come()
        client = self.ready()
        if not isinstance(client, discord.Client):
            return client
        try:
            said = call(client.get_partial_messageable(channel), text, buttons_view(text.buttons))
            return Delivered(await self._in_time(said, UPLOAD if text.picture else 1))
        except discord.NotFound as error:
            if error.code == UNKNOWN_MESSAGE:
                return None
            if error.code == UNKNOWN_CHANNEL and self._forget(turn):
                return REOPEN
            return _there(outcome_of(error), turn)
        except FAILURES as error:
            return _there(outcome_of(error), turn)

    def _forget(self, turn: Turn) -> bool:
        """Whether a direct channel may be opened anew before its person is given up: once."""
        known = self._direct.pop(turn.destination.chat, None) if turn.destination.direct else None
        return known is not None and not turn.opened

    def _noted(self, message: int, text: Styled) -> int:
        if text.picture is not None:
            self._pictured.add(message)
        return message

    async def _in_time(self, calling: Awaitable[T], times: int = 1) -> T:
        async with self._spacing, self._clock.timeout(times * self._timeout_s):
            return await calling


def _there(outcome: Outcome, turn: Turn) -> Outcome:
    """Where a channel takes its threads along, a thread goes alone."""
    in_thread = isinstance(outcome, Gone) and turn.destination.thread
    return replace(outcome, chat_wide=False) if in_thread else outcome


def _certain(outcome: Outcome) -> Outcome:
    """Of a call that posts nothing: it may be made again."""
    return replace(outcome, unknown=False) if isinstance(outcome, Retry) else outcome


def _mentioning(role: int) -> discord.AllowedMentions:
    mentions = discord.AllowedMentions.none()
    if role:
        mentions.roles = [discord.Object(role)]
    return mentions
