"""What figures a request asks for, and who else may see the answer."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import structlog

from bot.errors import StoreError, UserError
from bot.figures import Reading
from bot.typed.rule_text import Question, parse_question
from handlers.talk import House, Option, Request

log = structlog.get_logger()

UNFOUND = "I cannot look that up right now. Please try again in a minute."

COIN = Option("coin", "Which coin; all of them when left out", "coin")
WINDOW = Option("window", "How far back; 1h when left out", "window")
EXCHANGE = Option("exchange", "Which exchange; all of them when left out", "exchange")
SHARE = Option("share", "Show the answer to everybody here", "share")

TOLD = ("5m", "15m", "1h", "4h", "24h")
"""Windows told beside the one that was asked for."""


def asked(request: Request, house: House) -> Question:
    """The question in a request's text or form. Raises ``UserError``."""
    words = request.text or filled(request, "coin", "exchange", "window")
    return parse_question(words, house.desk.coins(), watched(house))


def filled(request: Request, *names: str) -> str:
    """The options of these names as words."""
    return " ".join(value for name in names if (value := request.options.get(name, "")))


def watched(house: House) -> tuple[str, ...]:
    """The exchanges of this installation, heard or not."""
    return tuple(source.exchange for source in house.desk.sources())


def beside(question: Question, house: House) -> Sequence[Reading]:
    """The same scope over the other windows, shortest first."""
    return [
        house.desk.reading(question.coin, question.exchange, window)
        for window in TOLD
        if window != question.window
    ]


@contextmanager
def looked_up() -> Iterator[None]:
    """Storage that cannot be read is a ``UserError``: it has nothing to do with saving."""
    try:
        yield
    except StoreError as error:
        log.error("a question could not be looked up", reason=str(error))
        raise UserError(UNFOUND) from error


async def shared(request: Request, house: House) -> bool:
    """Whether everybody in the place sees the answer: said so, or set so for this place."""
    said = request.options.get("share", "").lower()
    if said or request.private:
        return said in ("yes", "true", "on", "1")
    return (await house.chats.get(request.destination)).share
