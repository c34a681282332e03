"""Discord's objects as its documentation shows them, in the fields that a client needs."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

Json = dict[str, Any]

VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
MENTION_EVERYONE = 1 << 17
SEND_IN_THREADS = 1 << 38
ADMINISTRATOR = 1 << 3
MANAGE_GUILD = 1 << 5
ORDINARY = VIEW_CHANNEL | SEND_MESSAGES | EMBED_LINKS | ATTACH_FILES | SEND_IN_THREADS
EPHEMERAL = 1 << 6

APPLICATION = 700000000000000001
BOT = 700000000000000001

_ids = count(900000000000000001)


def new_id() -> int:
    return next(_ids)


def user(number: int, name: str = "person", bot: bool = False) -> Json:
    return {
        "id": str(number),
        "username": name,
        "discriminator": "0",
        "global_name": None,
        "avatar": None,
        "bot": bot,
    }


def member(number: int, permissions: int | None = None, roles: tuple[int, ...] = ()) -> Json:
    known: Json = {
        "user": user(BOT, "Liqwatch", bot=True) if number == BOT else user(number),
        "roles": [str(role) for role in roles],
        "joined_at": "2024-01-01T00:00:00+00:00",
        "premium_since": None,
        "nick": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
    }
    return known if permissions is None else {**known, "permissions": str(permissions)}


@dataclass
class Channel:
    """``denied`` are permissions taken from everybody by an overwrite."""

    id: int
    name: str
    denied: int = 0

    def json(self, guild: int) -> Json:
        overwrites = [{"id": str(guild), "type": 0, "allow": "0", "deny": str(self.denied)}]
        return {
            "id": str(self.id),
            "type": 0,
            "guild_id": str(guild),
            "name": self.name,
            "position": 0,
            "permission_overwrites": overwrites if self.denied else [],
            "nsfw": False,
            "parent_id": None,
            "topic": None,
        }


@dataclass
class Guild:
    """A server with the bot in it."""

    id: int
    channels: list[Channel] = field(default_factory=list)
    roles: list[Json] = field(default_factory=list)
    granted: int = ORDINARY

    def json(self) -> Json:
        everyone = role(self.id, "@everyone", self.granted)
        return {
            "id": str(self.id),
            "name": "Perp News",
            "owner_id": "1",
            "unavailable": False,
            "member_count": 2,
            "roles": [everyone, *self.roles],
            "channels": [channel.json(self.id) for channel in self.channels],
            "members": [member(BOT)],
            "threads": [],
            "emojis": [],
            "stickers": [],
            "features": [],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "joined_at": "2024-01-01T00:00:00+00:00",
        }


def role(number: int, name: str, permissions: int = 0, mentionable: bool = False) -> Json:
    return {
        "id": str(number),
        "name": name,
        "permissions": str(permissions),
        "position": 0,
        "colors": {"primary_color": 0},
        "hoist": False,
        "managed": False,
        "mentionable": mentionable,
        "flags": 0,
    }


def message(number: int, channel: int, sent: Json, asker: int | None = None) -> Json:
    """A message of the bot's; ``asker`` made it by an interaction."""
    known: Json = {
        "id": str(number),
        "channel_id": str(channel),
        "author": user(BOT, "Liqwatch", bot=True),
        "content": sent.get("content") or "",
        "timestamp": "2026-11-22T02:04:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [{"type": "rich", **embed} for embed in sent.get("embeds") or []],
        "components": sent.get("components") or [],
        "pinned": False,
        "type": 0,
        "flags": sent.get("flags", 0),
    }
    if asker is not None:
        known["interaction_metadata"] = {
            "id": str(new_id()),
            "type": 2,
            "user": user(asker),
            "authorizing_integration_owners": {},
        }
    return known


def attachment(told: Json) -> Json:
    """An uploaded file as a message shows it."""
    number = str(new_id())
    url = f"https://cdn.invalid/{number}/{told['filename']}"
    return {**told, "id": number, "size": 1, "url": url, "proxy_url": url}


def direct_channel(number: int, person: int) -> Json:
    return {"id": str(number), "type": 1, "last_message_id": None, "recipients": [user(person)]}


def application() -> Json:
    return {
        "id": str(APPLICATION),
        "name": "Liqwatch",
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "owner": user(1, "owner"),
        "verify_key": "00",
        "team": None,
        "flags": 0,
    }


def where(channel: int, guild: int | None) -> Json:
    """The place of an interaction."""
    return Channel(channel, "somewhere").json(guild) if guild else {"id": str(channel), "type": 1}
