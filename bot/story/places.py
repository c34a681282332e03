"""Where a story is told: destinations without what may be written of them in two ways."""

from bot.rules import Destination

Place = tuple[str, int, int]
"""Platform, chat and thread: what makes two destinations the same."""


def place_of(destination: Destination) -> Place:
    return destination.platform, destination.chat, destination.thread


def moved(place: Place, platform: str, old_chat: int, new_chat: int) -> Place:
    """The same place after a chat got a new id."""
    return (platform, new_chat, place[2]) if place[:2] == (platform, old_chat) else place
