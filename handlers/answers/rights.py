"""Who may change a place, and what everybody else is offered instead."""

from bot.rules import Destination
from bot.wording.text import Button, Message
from handlers.talk import House, Reply, Request

ONLY_ADMINS = "Only admins change this here."


async def may_change(request: Request) -> bool:
    """Whether the asker may change what is set for this place; asked at this very moment."""
    return request.destination.direct or await request.may_manage()


async def refusal(request: Request, house: House, payload: str = "") -> Reply | None:
    """None for who may change this place; else the reply that says no and offers a private way."""
    if await may_change(request):
        return None
    link = private_link(request, house, payload)
    if request.pressed and not (payload and link):
        return Reply(None, toast=ONLY_ADMINS)
    head = f"{ONLY_ADMINS} For yourself: in private." if link else ONLY_ADMINS
    buttons = ((Button("In private", url=link),),) if link else ()
    return Reply(Message((head,), buttons=buttons))


def private_link(request: Request, house: House, payload: str = "") -> str:
    """The link that opens a private chat and carries ``payload``; empty where there is none."""
    base = house.bot_links.get(request.destination.platform, "")
    return f"{base}?start={payload or 'hello'}" if base else ""


def in_private(request: Request) -> Destination:
    """The asker himself, by direct message; a nameless one cannot be reached so."""
    return Destination(request.destination.platform, request.author, direct=True)
