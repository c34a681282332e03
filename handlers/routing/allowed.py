"""Who may use this installation, where its operator lists them (``ALLOW``)."""

from bot.wording.text import Message
from handlers.talk import House, Reply, Request

STRANGER = "This Liqwatch is private. Ask whoever runs it, or run your own."


def is_allowed(house: House, platform: str, *ids: int) -> bool:
    """Whether one of these ids (a chat, a person, a server) is listed, or nothing is."""
    return not house.allowed or any((platform, one) in house.allowed for one in ids)


def turned_away(request: Request, house: House, pressed: bool) -> Reply | None:
    """None for who may ask. In private a sentence once a minute; in company nothing is written.

    The toast is for platforms that must answer the person himself, and reaches nobody else.
    """
    place = request.destination
    if request.alone or is_allowed(house, place.platform, place.chat, *request.within):
        return None
    told = request.private and not pressed
    if told and house.strangers.due((place.platform, request.author or place.chat)):
        return Reply(Message((STRANGER,)))
    return Reply(None, toast=STRANGER)
