"""Who may use this installation on Discord, where its operator lists people and servers."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable

import discord

from bot.allowed import Allowed
from bot.clock import Clock
from bot.rules import Destination
from handlers.discord.errors import FAILURES
from handlers.discord.place import PLATFORM, Interaction

REMEMBERED_S = 60.0
MEMBERSHIPS = 10_000
"""Remembered at once; the one learned first is asked for anew."""

NOT_LISTED = "not allowed by ALLOW"

IsMember = Callable[[int, int], Awaitable[bool]]
"""Asks Discord about a server and a person; raises ``FAILURES``."""


class Admission:
    """A server's members may, and so may channels of a listed server; whom a listed server has let
    go may no longer after a minute."""

    def __init__(self, allowed: Allowed, clock: Clock, is_member: IsMember) -> None:
        self._allowed = allowed
        self._clock = clock
        self._is_member = is_member
        self._known: OrderedDict[tuple[int, int], tuple[float, bool]] = OrderedDict()
        self._listener: discord.Client | None = None

    def hear(self, listener: discord.Client | None) -> None:
        """The client that knows which servers there are and what belongs to them."""
        self._listener = listener

    async def within(self, interaction: Interaction) -> tuple[int, ...]:
        """The servers by which somebody may be allowed: the one he stands in, else all of his."""
        if interaction.guild_id is not None:
            return (interaction.guild_id,)
        if self._allowed.admits(PLATFORM, interaction.user.id):
            return ()
        try:
            return await self._servers_of(interaction.user.id)
        except FAILURES:
            return ()

    async def admits(self, interaction: Interaction) -> bool:
        """Whether one who fills in a form may be helped with it."""
        within = await self.within(interaction)
        return self._allowed.admits(PLATFORM, interaction.user.id, *within)

    async def refuses(self, destination: Destination) -> bool:
        """Whether nothing may be sent there. Raises ``FAILURES`` when that cannot be found out.

        A channel of which it is not known whose it is, is written to.
        """
        if self._allowed.admits(PLATFORM, destination.chat):
            return False
        if destination.direct:
            return not await self._servers_of(destination.chat)
        server = self._server_of(destination.chat)
        return server is not None and not self._allowed.admits(PLATFORM, server)

    def _server_of(self, channel: int) -> int | None:
        found = self._listener.get_channel(channel) if self._listener is not None else None
        guild = getattr(found, "guild", None)
        return guild.id if guild is not None else None

    async def _servers_of(self, person: int) -> tuple[int, ...]:
        return tuple([s for s in self._servers() if await self._in(s, person)])

    def _servers(self) -> list[int]:
        """Listed ids that are servers; before the gateway has told, all may be."""
        listed = sorted(self._allowed.ids(PLATFORM))
        if self._listener is None or not self._listener.is_ready():
            return listed
        return [number for number in listed if self._listener.get_guild(number) is not None]

    async def _in(self, server: int, person: int) -> bool:
        now = self._clock.monotonic()
        until, member = self._known.get((server, person), (now, False))
        if until > now:
            return member
        member = await self._is_member(server, person)
        self._known.pop((server, person), None)
        self._known[server, person] = (now + REMEMBERED_S, member)
        if len(self._known) > MEMBERSHIPS:
            self._known.popitem(last=False)
        return member
