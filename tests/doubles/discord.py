"""Discord on loopback: REST v10 with limits, nonces and faults, and a gateway with interactions."""

import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.doubles.discord_answers import (
    BURST,
    WINDOW_S,
    Fault,
    answered,
    bucket_headers,
    faulty,
    refused,
)
from tests.doubles.discord_exchange import Exchanged
from tests.doubles.discord_gateway import Gateway
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
    where,
)

__all__ = ["TOKEN", "DiscordDouble", "Exchanged", "Fault"]

TOKEN = "a-token-that-nobody-may-ever-see"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class DiscordDouble:
    """``async with DiscordDouble() as discord``; everything that was said can be read after."""

    def __init__(self, guilds: list[Guild] | None = None, token: str = TOKEN) -> None:
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
        self.commands: list[Json] = []
        self.command_puts = 0
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self._nonces: dict[tuple[int, str], int] = {}
        self._buckets: dict[int, deque[float]] = defaultdict(deque)
        self._interactions: dict[str, Exchanged] = {}

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
        await self._runner.cleanup()

    def fail(self, path: str, fault: Fault) -> None:
        """The next calls of ``POST /channels/1/messages`` and the like end so."""
        self.faults[path].append(fault)

    def posted_in(self, channel: int) -> list[Json]:
        return [sent for where, sent in self.posts if where == channel]

    async def slash(
        self,
        name: str,
        options: list[Json] | None = None,
        *,
        kind: int = 2,
        resolved: Json | None = None,
        **place: Any,
    ) -> Exchanged:
        """A slash command; ``place`` as in ``interact``."""
        data: Json = {"id": "1", "name": name, "type": 1, "options": options or []}
        return await self.interact(kind, {**data, "resolved": resolved or {}}, **place)

    async def complete(self, name: str, options: list[Json], **place: Any) -> list[Json]:
        """What is offered for the focused option."""
        exchanged = await self.slash(name, options, kind=4, **place)
        choices: list[Json] = (await exchanged.answered()).first["data"]["choices"]
        return choices

    async def press(
        self, custom_id: str, under: Json, *, values: list[str] | None = None, **place: Any
    ) -> Exchanged:
        """A press on a component of the message ``under``."""
        kind = 2 if values is None else 3
        data: Json = {"custom_id": custom_id, "component_type": kind, "values": values or []}
        return await self.interact(3, data, under=under, **place)

    async def interact(
        self,
        kind: int,
        data: Json,
        *,
        channel: int,
        guild: int | None = None,
        person: int = 11,
        permissions: int = 0,
        under: Json | None = None,
    ) -> Exchanged:
        exchanged = Exchanged(new_id(), f"interaction-{new_id()}", channel, person)
        self._interactions[exchanged.token] = exchanged
        payload: Json = {
            "id": str(exchanged.id),
            "application_id": str(APPLICATION),
            "type": kind,
            "data": data,
            "token": exchanged.token,
            "version": 1,
            "channel_id": str(channel),
            "channel": where(channel, guild),
            "locale": "en-US",
            "app_permissions": "0",
            "entitlements": [],
            "authorizing_integration_owners": {},
            "context": 0 if guild else 1,
            "attachment_size_limit": 10_485_760,
        }
        if guild:
            payload |= {"guild_id": str(guild), "guild": {"id": str(guild), "features": []}}
            payload |= {"guild_locale": "en-US", "member": member(person, permissions)}
        else:
            payload |= {"user": user(person)}
        if under:
            payload["message"] = under
        await self.gateway.dispatch("INTERACTION_CREATE", payload)
        return exchanged

    def _route(self, router: web.UrlDispatcher) -> None:
        router.add_get("/gateway", self.gateway.serve)
        api = "/api/v10"
        router.add_get(f"{api}/users/@me", self._me)
        router.add_get(f"{api}/oauth2/applications/@me", self._application)
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
        fault = self._fault(path)
        if fault and not fault.cut:
            return faulty(fault)
        open_to_all = "/interactions/" in path or "/webhooks/" in path
        if not open_to_all and request.headers.get("Authorization") != f"Bot {self.token}":
            return refused(401, 0, "401: Unauthorized")
        answer = await handler(request)
        if fault and request.transport is not None:
            request.transport.close()
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
        sent: Json = await request.json()
        if channel in self.unknown_channels:
            return refused(404, 10003, "Unknown Channel")
        if any(self.direct.get(person) == channel for person in self.closed_dms):
            return refused(403, 50007, "Cannot send messages to this user")
        if len(sent.get("content") or "") > 2_000:
            return refused(400, 50035, "Invalid Form Body")
        nonce = (channel, str(sent.get("nonce")))
        if sent.get("enforce_nonce") and nonce in self._nonces:
            return answered(self.messages[self._nonces[nonce]])
        bucket = self._buckets[channel]
        now = time.monotonic()
        while bucket and bucket[0] <= now - WINDOW_S:
            bucket.popleft()
        if len(bucket) >= BURST:
            return faulty(Fault(429, retry_after=bucket[0] + WINDOW_S - now))
        bucket.append(now)
        known = message(new_id(), channel, sent)
        self.messages[int(known["id"])] = known
        self._nonces[nonce] = int(known["id"])
        self.posts.append((channel, sent))
        reset = bucket[0] + WINDOW_S - now
        return answered(known, bucket_headers(channel, BURST - len(bucket), reset))

    async def _edit(self, request: web.Request) -> web.Response:
        number = int(request.match_info["message"])
        if number not in self.messages:
            return refused(404, 10008, "Unknown Message")
        sent = await request.json()
        self.edits.append((number, sent))
        return answered(message(number, int(request.match_info["channel"]), sent))

    async def _put_commands(self, request: web.Request) -> web.Response:
        self.commands = await request.json()
        self.command_puts += 1
        return await self._get_commands(request)

    async def _get_commands(self, request: web.Request) -> web.Response:
        known = {"application_id": str(APPLICATION), "version": "1"}
        return answered([{**command, **known, "id": str(new_id())} for command in self.commands])

    async def _callback(self, request: web.Request) -> web.Response:
        exchanged = self._interactions.get(request.match_info["token"])
        if exchanged is None:
            return refused(404, 10062, "Unknown interaction")
        if exchanged.callbacks:
            return refused(400, 40060, "Interaction has already been acknowledged.")
        said: Json = await request.json()
        exchanged.callbacks.append(said)
        exchanged.changed.set()
        head: Json = {"id": str(exchanged.id), "type": 2}
        if said["type"] not in (4, 7):
            return answered({"interaction": head})
        shown = message(new_id(), exchanged.channel, said["data"], exchanged.user)
        return answered({"interaction": head, "resource": {"type": said["type"], "message": shown}})

    async def _follow_up(self, request: web.Request) -> web.Response:
        return await self._after(request, "followups")

    async def _edit_original(self, request: web.Request) -> web.Response:
        return await self._after(request, "edits")

    async def _after(self, request: web.Request, where: str) -> web.Response:
        exchanged = self._interactions.get(request.match_info["token"])
        if exchanged is None or not exchanged.callbacks:
            return refused(404, 10015, "Unknown Webhook")
        said: Json = await request.json()
        getattr(exchanged, where).append(said)
        exchanged.changed.set()
        return answered(message(new_id(), exchanged.channel, said, exchanged.user))
