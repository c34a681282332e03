"""``/sources``: which exchanges are heard, what that is worth, and who cannot be heard at all."""

import re

from rapidfuzz import fuzz, process

from bot.errors import UserError
from bot.exchanges import EXCHANGES
from bot.exchanges.unheard import UNHEARD
from bot.typed.amounts import quoted
from bot.typed.words import ALL
from bot.wording.numbers import named
from bot.wording.source import exchange_message, unwatched_message
from bot.wording.sources import OTHERS, overview_message, unheard_message
from bot.wording.text import Message
from handlers.answers.questions import EXCHANGE, SHARE, filled, shared
from handlers.talk import Form, House, Reply, Request

DAY = "24h"
NEAR = 60
"""How alike, of 100, a name must be to be offered for a misspelt one."""


class Sources:
    """What the figures are made of: all exchanges in short, or one with everything."""

    name = "sources"
    summary = "Which exchanges I hear, since when, and how they publish"
    usage = "[exchange]"
    forms = (Form("", summary, (EXCHANGE, SHARE)),)
    verbs = ("sources",)

    async def answer(self, request: Request, house: House) -> Reply:
        """The overview, one exchange, or those that cannot be heard."""
        typed = request.text or filled(request, "exchange")
        return Reply(
            _message(typed, house), edit=request.pressed, share=await shared(request, house)
        )


def _message(typed: str, house: House) -> Message:
    """Raises ``UserError`` for a name that is none."""
    sources = house.desk.sources()
    name = _plain(typed)
    if not typed or name in ALL:
        return overview_message(sources, house.desk.reading(None, None, DAY))
    if name == OTHERS:
        return unheard_message()
    for source in sources:
        if source.exchange == name:
            return exchange_message(source, house.desk.reading(None, name, DAY))
    if name in EXCHANGES:
        return unwatched_message(name)
    if name in UNHEARD:
        return unheard_message(UNHEARD[name])
    raise _unknown(typed, name)


def _plain(typed: str) -> str:
    """``Crypto.com`` and ``WOO X`` as they are registered."""
    return re.sub(r"[^a-z0-9]", "", typed.lower())


def _unknown(typed: str, name: str) -> UserError:
    known = [*EXCHANGES, *UNHEARD]
    found = process.extractOne(name, known, scorer=fuzz.ratio, score_cutoff=NEAR)
    sentence = f"I know no exchange {quoted(typed)}."
    if found is None:
        return UserError(f"{sentence} /sources lists those I know.")
    near = found[0]
    title = UNHEARD[near].title if near in UNHEARD else named(near)
    return UserError(f"{sentence} Did you mean {title}?", (near,))
