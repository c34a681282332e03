"""Whether a place is written to at all: active, muted for a while, or stopped."""

from msgspec.structs import replace

from bot.ports import Chat
from bot.rules import Destination
from bot.wording.text import Code, Line, Moment
from handlers.talk import House, Request


async def quiet_line(destination: Destination, house: House) -> Line | None:
    """Why nothing would be sent there now; None where it would."""
    chat = await house.chats.get(destination)
    if chat.state == "stopped":
        return (
            f"All alerts are paused{here(destination)}: ",
            Code("/start"),
            " turns them on again.",
        )
    if is_muted(chat, house):
        return (f"Muted{here(destination)} until ", until(chat), ": ", Code("/unmute"), " ends it.")
    return None


def here(destination: Destination) -> str:
    """`` here`` where a place may have several; a person's own alerts have one."""
    return "" if destination.direct else " here"


def of_oneself(request: Request) -> tuple[Line, ...]:
    """What somebody changed for himself while he stands in a place that hears alerts too."""
    if not request.elsewhere:
        return ()
    return (("That is about your own alerts, by DM; what a channel gets goes on.",),)


async def awaken(destination: Destination, house: House) -> Chat:
    """Write there again, after a stop or when the place had been given up; the state before."""
    chat = await house.chats.get(destination)
    if chat.state != "active":
        await house.chats.change(destination, _active)
    return chat


async def found_again(destination: Destination, house: House) -> None:
    """Who asks can be reached: forget that the place had been given up, but not a stop."""
    if (await house.chats.get(destination)).state == "gone":
        await house.chats.change(
            destination, lambda chat: _active(chat) if chat.state == "gone" else chat
        )


async def given_up(destination: Destination, house: House, reason: str) -> None:
    """Nothing can be written there until somebody asks from there again."""
    await house.chats.change(destination, lambda chat: replace(chat, state="gone", reason=reason))


def _active(chat: Chat) -> Chat:
    return replace(chat, state="active", reason="")


def is_muted(chat: Chat, house: House) -> bool:
    return chat.muted_until_ms > house.clock.now_ms()


def until(chat: Chat) -> Moment:
    return Moment(chat.muted_until_ms, "f")
