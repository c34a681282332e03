"""Sees every answer of Discord's API before the library does: counts, paces, and hands back.

The library sleeps inside a call: for as long as a 429 says, up to 25 s over 502s, and until its
reset in the call that used up a bucket. Each would hold a slot and delay the word of what became of
an alert; so all waiting is left to our own schedule.
"""

import re
from collections import OrderedDict
from types import SimpleNamespace

import aiohttp
import discord
from discord.http import json_or_text

from bot.delivery.turnstile import Turnstile
from bot.rules import Destination
from handlers.discord.breaker import Breaker
from handlers.discord.errors import Limited

CHANNELS = 10_000
"""Of which it is known whose they are; the one unused for longest is forgotten."""

KEPT_BACK = 1
"""Of a channel's allowance: the library sleeps in the call that uses up the last."""

LONGEST_REST_S = 3_600.0

_MESSAGES = re.compile(r"/channels/([0-9]{1,20})/messages(/[0-9]{1,20})?\Z")


class Answers:
    """Of all clients. What a channel has left is read from its own answers, never assumed."""

    def __init__(self, turnstile: Turnstile, breaker: Breaker) -> None:
        self._turnstile = turnstile
        self._breaker = breaker
        self._whose: OrderedDict[int, Destination] = OrderedDict()

    def belong(self, channel: int, destination: Destination) -> None:
        """Calls to a channel's messages are paced as this destination's from now on."""
        self._whose[channel] = destination
        self._whose.move_to_end(channel)
        if len(self._whose) > CHANNELS:
            self._whose.popitem(last=False)

    def counting(self) -> aiohttp.TraceConfig:
        """For a client that listens: its few calls are the library's business, but they count."""
        trace = aiohttp.TraceConfig()
        trace.on_request_end.append(self._count)
        return trace

    def speaking(self) -> aiohttp.TraceConfig:
        """For the client that sends: no call of it sleeps."""
        trace = self.counting()
        trace.on_request_end.append(self._rest)
        trace.on_request_end.append(_hand_back)
        return trace

    async def _count(
        self,
        session: aiohttp.ClientSession,
        context: SimpleNamespace,
        params: aiohttp.TraceRequestEndParams,
    ) -> None:
        self._breaker.count(params.response.status, _scope(params.response))

    async def _rest(
        self,
        session: aiohttp.ClientSession,
        context: SimpleNamespace,
        params: aiohttp.TraceRequestEndParams,
    ) -> None:
        """Let a channel rest that has used up its allowance, all but what is kept back."""
        found = _MESSAGES.search(params.url.path)
        whose = self._whose.get(int(found[1])) if found else None
        if whose is not None and (rest_s := _rest_s(params.response)) > 0:
            self._turnstile.pause(whose, rest_s)


async def _hand_back(
    session: aiohttp.ClientSession,
    context: SimpleNamespace,
    params: aiohttp.TraceRequestEndParams,
) -> None:
    """Raise at once what the library would raise after its own waits and repeats."""
    response = params.response
    if response.status >= 500:
        raise discord.DiscordServerError(response, await json_or_text(response))
    if response.status != 429:
        return
    said = await json_or_text(response)
    if isinstance(said, str) or "Via" not in response.headers:
        raise discord.HTTPException(response, said)
    raise Limited(float(said.get("retry_after", 0.0)), _scope(response), said.get("code", 0))


def _scope(response: aiohttp.ClientResponse) -> str:
    if response.headers.get("X-RateLimit-Global"):
        return "global"
    return response.headers.get("X-RateLimit-Scope", "user")


def _rest_s(response: aiohttp.ClientResponse) -> float:
    """0 where there is room for more, or nothing is said."""
    try:
        limit = int(response.headers["X-RateLimit-Limit"])
        remaining = int(response.headers["X-RateLimit-Remaining"])
        reset_s = float(response.headers["X-RateLimit-Reset-After"])
    except (KeyError, ValueError):
        return 0.0
    return min(reset_s, LONGEST_REST_S) if remaining <= min(KEPT_BACK, limit - 1) else 0.0
