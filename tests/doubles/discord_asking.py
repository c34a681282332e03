"""What people do in the Discord double: they type commands, fill in forms and press buttons."""

from typing import Any

from tests.doubles.discord_exchange import Exchanged
from tests.doubles.discord_gateway import Gateway
from tests.doubles.discord_objects import APPLICATION, Json, member, new_id, user, where


class Asking:
    """Sends interactions through the gateway and knows them by their tokens."""

    gateway: Gateway

    def __init__(self) -> None:
        self.asked: dict[str, Exchanged] = {}

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

    async def repeat(self, exchanged: Exchanged) -> None:
        """Hand out the same interaction again, as after a RESUME."""
        await self.gateway.dispatch("INTERACTION_CREATE", exchanged.payload)

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
        self.asked[exchanged.token] = exchanged
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
        exchanged.payload = payload
        await self.gateway.dispatch("INTERACTION_CREATE", payload)
        return exchanged
