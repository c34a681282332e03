"""Who follows which flushes: shown, changed, ended; each change is one transaction."""

import msgspec

from bot.errors import UserError
from bot.ports import Chat, Ledger
from bot.rules import Destination
from bot.story.follow import Follow
from bot.wording.text import Message
from handlers.answers.follow_screens import (
    list_message,
    one_message,
    stages_message,
    unfollowed_message,
)
from handlers.answers.follow_words import Wish
from handlers.answers.questions import looked_up
from handlers.answers.rights import refusal
from handlers.answers.saving import proved
from handlers.answers.screens import with_line
from handlers.answers.standing import quiet_line, take_up
from handlers.talk import House, Reply, Request

FOLLOW_LIMIT = 20
"""Scopes that one destination may follow."""


class _Changed(msgspec.Struct, frozen=True):
    """``new``: it was not followed before."""

    follow: Follow
    chat: Chat
    new: bool


async def everything(request: Request, house: House) -> Reply:
    """All that is followed here."""
    with looked_up():
        follows = await house.flushes.book.following(request.destination)
        return await _quiet(list_message(follows, request.destination), request, house)


async def shown(coin: str | None, request: Request, house: House, stages: bool = False) -> Reply:
    """One of them, or its stages. Raises ``UserError`` where it is not followed."""
    with looked_up():
        follows = await house.flushes.book.following(request.destination)
        follow = next((one for one in follows if one.coin == coin), None)
        if follow is None:
            raise _unfollowed(coin)
        message = stages_message(follow) if stages else one_message(follow)
        return await _quiet(message, request, house)


async def changed(wish: Wish, request: Request, house: House, stages: bool = False) -> Reply:
    """The follow as it is on disk now; ``stages``: shown stage by stage."""
    if refused := await refusal(request, house):
        return refused
    at = request.destination
    fresh = Follow(at, request.author, wish.coin, created_ms=house.clock.now_ms())

    async def work(ledger: Ledger) -> _Changed:
        follows = await ledger.follows(at)
        known = next((one for one in follows if one.coin == wish.coin), None)
        follow = wish.upon(known or fresh)
        if follow != known:
            follow = await ledger.follow(follow, FOLLOW_LIMIT)
        return _Changed(follow, await take_up(ledger, at), known is None)

    done = await house.keep(work, request)
    message = stages_message(done.follow) if stages else one_message(done.follow, saved=True)
    if quiet := quiet_line(done.chat, house):
        message = with_line(message, quiet)
    if done.new and request.elsewhere:
        message = await proved(at, message, house, f"W{done.follow.created_ms:x}")
    return Reply(message, edit=request.pressed)


async def ended(wish: Wish, request: Request, house: House) -> Reply:
    """What the wish names is followed no more; all of it where it names nothing.

    Raises ``UserError`` where nothing of it was followed.
    """
    if refused := await refusal(request, house):
        return refused
    at = request.destination

    async def work(ledger: Ledger) -> list[Follow]:
        if not wish.named:
            return await unfollow_all(ledger, at)
        removed = await ledger.unfollow(at, wish.coin)
        if removed is None:
            raise _unfollowed(wish.coin)
        return [removed]

    removed = await house.keep(work, request)
    message = unfollowed_message(removed) if removed else list_message((), at)
    return Reply(message, edit=request.pressed)


async def unfollow_all(ledger: Ledger, destination: Destination) -> list[Follow]:
    """Nothing is followed there any more; what was."""
    follows = await ledger.follows(destination)
    for one in follows:
        await ledger.unfollow(destination, one.coin)
    return follows


async def follow_by_default(
    ledger: Ledger, destination: Destination, author: int, house: House
) -> Follow | None:
    """Follow market-wide flushes along with a frequency that was chosen; as it was where that was
    followed before. None where too many other ones are followed."""
    follows = await ledger.follows(destination)
    known = next((one for one in follows if one.coin is None), None)
    if known is not None or len(follows) >= FOLLOW_LIMIT:
        return known
    fresh = Follow(destination, author, created_ms=house.clock.now_ms())
    return await ledger.follow(fresh, FOLLOW_LIMIT)


async def _quiet(message: Message, request: Request, house: House) -> Reply:
    quiet = quiet_line(await house.chats.get(request.destination), house)
    return Reply(with_line(message, quiet) if quiet else message, edit=request.pressed)


def _unfollowed(coin: str | None) -> UserError:
    return UserError(f"{coin or 'The market'} is not followed here; /follow shows what is.")
