"""Discord on loopback: REST v10 with limits, nonces and faults, and a gateway with interactions."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.doubles.discord_answers import Fault, answered, faulty, lost, refused
from tests.doubles.discord_asking import Asking
from tests.doubles.discord_exchange import Exchanged
from tests.doubles.discord_files import INVALID, kept, said_in, show, unfit
from tests.doubles.discord_gateway import Gateway
from tests.doubles.discord_limits import Arrival, Limiter
from tests.doubles.discord_objects import (
    APPLICATION,
    BOT,
    Guild,
    Json,
    application,
    direct_channel,
    member,
    message,
    new_id,
    user,
)

__all__ = ["TOKEN", "DiscordDouble", "Exchanged", "Fault"]

TOKEN = "a-token-that-nobody-may-ever-see"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class DiscordDouble(Asking):
    """``async with DiscordDouble() as discord``; everything that was said can be read after."""

    def __init__(
        self, guilds: list[Guild] | None = None, token: str = TOKEN, *, per_second: int = 0
    ) -> None:
        super().__init__()
        self.guilds = guilds or []
        self.gateway = Gateway(token, self.guilds)
        self.token = token
        self.messages: dict[int, Json] = {}
        self.posts: list[tuple[int, Json]] = []
        self.edits: list[tuple[int, Json]] = []
        self.direct: dict[int, int] = {}
        self.opened = 0
        self.closed_dms: set[int] = set()
        self.unknown_channels: set[int] = set()
        self.slow_s = 0.0
        """What a message takes to be posted."""
        self.without_files: set[int] = set()
        self.without_history: set[int] = set()
        """Channels in which the bot lacks Attach Files, or Read Message History."""
        self.files: dict[int, list[Json]] = {}
        """By message, what was uploaded, shown in an embed or not."""
        self.commands: list[Json] = []
        self.command_puts = 0
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.members: dict[int, set[int]] = defaultdict(set)
        """By server, the people in it."""
        self.forbid_interactions = False
        self.arrivals: list[Arrival] = []
        self.limiter = Limiter(per_second)
        self._nonces: dict[tuple[int, str], int] = {}

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._guard])
        self._route(app.router)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.api_url = f"http://127.0.0.1:{port}/api"
        self.gateway_url = self.gateway.url = f"ws://127.0.0.1:{port}/gateway"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Nobody listens there any more."""
        await self._runner.cleanup()

    def fail(self, path: str, fault: Fault) -> None:
        """The next calls of ``POST /channels/1/messages`` and the like end so."""
        self.faults[path].append(fault)

    async def arrived(self, path: str) -> None:
        """Wait for a call whose path ends so."""
        async with asyncio.timeout(5):
            while True:
                if any(arrival.path.endswith(path) for arrival in self.arrivals):
                    return
                await asyncio.sleep(0.01)

    def posted_in(self, channel: int) -> list[Json]:
        return [sent for where, sent in self.posts if where == channel]

    def _route(self, router: web.UrlDispatcher) -> None:
        router.add_get("/gateway", self.gateway.serve)
        api = "/api/v10"
        router.add_get(f"{api}/users/@me", self._me)
        router.add_get(f"{api}/oauth2/applications/@me", self._application)
        router.add_get(f"{api}/guilds/{{guild}}/members/{{person}}", self._member)
        router.add_post(f"{api}/users/@me/channels", self._open_direct)
        router.add_post(f"{api}/channels/{{channel}}/messages", self._post)
        router.add_patch(f"{api}/channels/{{channel}}/messages/{{message}}", self._edit)
        router.add_put(f"{api}/applications/{{app}}/commands", self._put_commands)
        router.add_get(f"{api}/applications/{{app}}/commands", self._get_commands)
        router.add_post(f"{api}/interactions/{{id}}/{{token}}/callback", self._callback)
        router.add_post(f"{api}/webhooks/{{app}}/{{token}}", self._follow_up)
        original = f"{api}/webhooks/{{app}}/{{token}}/messages/@original"
        router.add_patch(original, self._edit_original)

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == "/gateway":
            return await handler(request)
        path = f"{request.method} {request.path.removeprefix('/api/v10')}"
        at = time.monotonic()
        fault = self._fault(path)
        if fault is not None and fault.status:
            answer = faulty(fault)
        else:
            answer = await self._judged(request, path, handler)
        self.arrivals.append(Arrival(at, path, answer.status))
        return await lost(request, answer, fault.then) if fault and fault.then else answer

    async def _judged(self, request: web.Request, path: str, handler: Handler) -> web.Response:
        open_to_all = "/interactions/" in path or "/webhooks/" in path
        if not open_to_all and request.headers.get("Authorization") != f"Bot {self.token}":
            return refused(401, 0, "401: Unauthorized")
        if not open_to_all and (refusal := self.limiter.everywhere()) is not None:
            return refusal
        answer = await handler(request)
        assert isinstance(answer, web.Response)
        return answer

    def _fault(self, path: str) -> Fault | None:
        waiting = self.faults[path]
        if not waiting:
            return None
        waiting[0].times -= 1
        return waiting[0] if waiting[0].times > 0 else waiting.pop(0)

    async def _me(self, request: web.Request) -> web.Response:
        return answered(user(BOT, "Liqwatch", bot=True))

    async def _application(self, request: web.Request) -> web.Response:
        return answered(application())

    async def _open_direct(self, request: web.Request) -> web.Response:
        person = int((await request.json())["recipient_id"])
        self.opened += 1
        return answered(direct_channel(self.direct.setdefault(person, new_id()), person))

    async def _post(self, request: web.Request) -> web.Response:
        channel = int(request.match_info["channel"])
        await asyncio.sleep(self.slow_s)
        sent = await said_in(request)
        if channel in self.unknown_channels:
            return refused(404, 10003, "Unknown Channel")
        if any(self.direct.get(person) == channel for person in self.closed_dms):
            return refused(403, 50007, "Cannot send messages to this user")
        if (refusal := self._refusal(channel, sent)) is not None:
            return refusal
        nonce = (channel, str(sent.get("nonce")))
        if sent.get("enforce_nonce") and nonce in self._nonces:
            return answered(self.messages[self._nonces[nonce]])
        limits = self.limiter.channel("POST", channel)
        if isinstance(limits, web.Response):
            return limits
        number = new_id()
        self.files[number] = kept(sent, [])
        known = show(message(number, channel, sent), self.files[number])
        self.messages[number] = known
        self._nonces[nonce] = number
        self.posts.append((channel, sent))
        return answered(known, limits)

    async def _edit(self, request: web.Request) -> web.Response:
        number, channel = int(request.match_info["message"]), int(request.match_info["channel"])
        if number not in self.messages:
            return refused(404, 10008, "Unknown Message")
        limits = self.limiter.channel("PATCH", channel)
        if isinstance(limits, web.Response):
            return limits
        sent = await said_in(request)
        if (refusal := self._refusal(channel, sent)) is not None:
            return refusal
        self.edits.append((number, sent))
        self.files[number] = kept(sent, self.files[number])
        self.messages[number] = show(message(number, channel, sent), self.files[number])
        return answered(self.messages[number], limits)

    def _refusal(self, channel: int, sent: Json) -> web.Response | None:
        """What neither fits nor is allowed there."""
        if "uploads" in sent and channel in self.without_files:
            return refused(403, 50013, "Missing Permissions")
        quoted = sent.get("message_reference")
        if quoted is not None and channel in self.without_history:
            return refused(403, 160002, "Cannot reply without permission to read message history")
        strict = quoted is not None and quoted.get("fail_if_not_exists", True)
        if strict and int(quoted["message_id"]) not in self.messages:
            return refused(400, INVALID, "Invalid Form Body")
        return unfit(sent)

    async def _member(self, request: web.Request) -> web.Response:
        guild, person = int(request.match_info["guild"]), int(request.match_info["person"])
        if guild not in {known.id for known in self.guilds}:
            return refused(404, 10004, "Unknown Guild")
        if person not in self.members[guild]:
            return refused(404, 10007, "Unknown Member")
        return answered(member(person))

    async def _put_commands(self, request: web.Request) -> web.Response:
        self.commands = await request.json()
        self.command_puts += 1
        return await self._get_commands(request)

    async def _get_commands(self, request: web.Request) -> web.Response:
        known = {"application_id": str(APPLICATION), "version": "1"}
        return answered([{**command, **known, "id": str(new_id())} for command in self.commands])

    async def _callback(self, request: web.Request) -> web.Response:
        exchanged = self.asked.get(request.match_info["token"])
        if self.forbid_interactions:
            return refused(403, 50001, "Missing Access")
        if exchanged is None:
            return refused(404, 10062, "Unknown interaction")
        if exchanged.callbacks:
            return refused(400, 40060, "Interaction has already been acknowledged.")
        said = await said_in(request)
        speaks = said["type"] in (4, 7)
        if speaks and (refusal := self._refusal(exchanged.channel, said)) is not None:
            return refusal
        shown = exchanged.call_back(said)
        head: Json = {"id": str(exchanged.id), "type": 2}
        if not speaks:
            return answered({"interaction": head})
        return answered({"interaction": head, "resource": {"type": said["type"], "message": shown}})

    async def _follow_up(self, request: web.Request) -> web.Response:
        return await self._after(request, Exchanged.follow_up)

    async def _edit_original(self, request: web.Request) -> web.Response:
        return await self._after(request, Exchanged.edit)

    async def _after(
        self, request: web.Request, take: Callable[[Exchanged, Json], Json]
    ) -> web.Response:
        exchanged = self.asked.get(request.match_info["token"])
        if exchanged is None or not exchanged.callbacks:
            return refused(404, 10015, "Unknown Webhook")
        said = await said_in(request)
        if (refusal := self._refusal(exchanged.channel, said)) is not None:
            return refusal
        return answered(take(exchanged, said))
