"""Turns away who is not on the operator's list (``bot.allowed``)."""

from bot.wording.text import Message
from handlers.talk import House, Reply, Request

STRANGER = "This Liqwatch is private. Ask whoever runs it, or run your own."


def turned_away(request: Request, house: House, pressed: bool) -> Reply | None:
    """None for who may ask. In private a sentence once a minute; in company nothing is written.

    The toast is for platforms that must answer the person himself, and reaches nobody else.
    """
    place = request.destination
    if request.alone or house.allowed.admits(place.platform, place.chat, *request.within):
        return None
    told = request.private and not pressed
    if told and house.strangers.due((place.platform, request.author or place.chat)):
        return Reply(Message((STRANGER,)))
    return Reply(None, toast=STRANGER)
