"""Whether a place is written to at all: active, muted for a while, or stopped."""

from msgspec.structs import replace

from bot.ports import Chat, Ledger
from bot.rules import Destination
from bot.wording.text import Code, Line, Moment
from handlers.talk import House, Request


def quiet_line(chat: Chat, house: House) -> Line | None:
    """Why nothing would be sent to this chat now; None where it would."""
    where = here(chat.destination)
    if chat.state == "stopped":
        return (f"All alerts are paused{where}: ", Code("/start"), " turns them on again.")
    if is_muted(chat, house):
        return (f"Muted{where} until ", until(chat), ": ", Code("/unmute"), " ends it.")
    return None


def here(destination: Destination) -> str:
    """`` here`` where a place may have several; a person's own alerts have one."""
    return "" if destination.direct else " here"


def of_oneself(request: Request) -> tuple[Line, ...]:
    """What somebody changed for himself while he stands in a place that hears alerts too."""
    if not request.elsewhere:
        return ()
    return (("That is about your own alerts, by DM; what a channel gets goes on.",),)


async def awaken(ledger: Ledger, destination: Destination) -> Chat:
    """Write there again, after a stop or when the place had been given up; the state before."""
    before = await ledger.chat(destination)
    if before.state != "active":
        await ledger.change(destination, _active)
    return before


async def take_up(ledger: Ledger, destination: Destination) -> Chat:
    """Forget that the place had been given up, but not a stop; its state now."""
    chat = await ledger.chat(destination)
    return await ledger.change(destination, _active) if chat.state == "gone" else chat


async def found_again(destination: Destination, house: House) -> None:
    """Who asks can be reached: take the place up again if it had been given up."""
    if (await house.chats.get(destination)).state == "gone":
        await house.keep(lambda ledger: take_up(ledger, destination))


async def given_up(destination: Destination, house: House, reason: str) -> None:
    """Nothing can be written there until somebody asks from there again."""
    await house.keep(
        lambda ledger: ledger.change(
            destination, lambda chat: replace(chat, state="gone", reason=reason)
        )
    )


def _active(chat: Chat) -> Chat:
    return replace(chat, state="active", reason="")


def is_muted(chat: Chat, house: House) -> bool:
    return chat.muted_until_ms > house.clock.now_ms()


def until(chat: Chat) -> Moment:
    return Moment(chat.muted_until_ms, "f")
