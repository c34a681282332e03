"""Charts on their way: each is uploaded once, and from then on sent by the id it has there."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TypeVar

from telegram import Message
from telegram.error import BadRequest

from bot.pictures.chart import Picture
from handlers.telegram import errors

MOST = 256
"""Pictures whose id is remembered; the one unused for longest is uploaded anew."""

FORGOTTEN = ("wrong file identifier", "wrong remote file", "file reference", "file_reference")
"""What is said of an id that is good no more."""

T = TypeVar("T", bound="Message | bool")

File = str | bytes


class Photos:
    """By the digest of their content; ids are this bot's own and need not outlive the process.

    Calls that are under way at once upload each for itself: no chat waits for another's.
    """

    def __init__(self) -> None:
        self._ids: OrderedDict[str, str] = OrderedDict()

    async def sent(
        self,
        picture: Picture,
        call: Callable[[File], Awaitable[T]],
        again: Callable[[], Awaitable[None]],
    ) -> T:
        """Make a call with the picture's id or, where there is none, with all of it.

        ``again`` is awaited before a second call. Raises what the call raises.
        """
        known = self._ids.get(picture.digest)
        if known is not None:
            try:
                return self._noted(picture, await call(known))
            except BadRequest as error:
                if not errors.says(error, FORGOTTEN):
                    raise
                del self._ids[picture.digest]
            await again()
        return self._noted(picture, await call(picture.png))

    def _noted(self, picture: Picture, told: T) -> T:
        if isinstance(told, Message) and told.photo:
            self._ids[picture.digest] = told.photo[-1].file_id
            self._ids.move_to_end(picture.digest)
            if len(self._ids) > MOST:
                self._ids.popitem(last=False)
        return told
