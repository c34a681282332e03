"""One message in ever barer forms, for a Discord that will not take the fuller one."""

from collections.abc import Iterator

from msgspec.structs import replace

from bot.delivery.outcomes import Gone, Outcome, Refused
from bot.wording.text import Message
from handlers.discord.errors import UNANSWERABLE, UNWRITABLE
from handlers.discord.style import Styled, styled, worded


def forms_of(message: Message, mention: str = "", *, pictured: bool = False) -> Iterator[Styled]:
    """As it is meant, then without its picture, then as nothing but words.

    ``mention`` and ``pictured`` as in ``styled``.
    """
    yield styled(message, mention, pictured=pictured)
    if message.picture is not None:
        yield styled(replace(message, picture=None), mention, pictured=pictured)
    yield worded(message, mention)


def too_much(outcome: Outcome | None, text: Styled) -> bool:
    """Whether a barer form than ``text`` may be taken, after such an end.

    A channel in which Attach Files is missing says of a picture what it would say of all.
    """
    if isinstance(outcome, Refused):
        return outcome.reason != UNANSWERABLE
    return text.picture is not None and isinstance(outcome, Gone) and outcome.reason == UNWRITABLE
