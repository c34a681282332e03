"""A mistake with a way out: what was typed, repeated as it is, and buttons that put it right."""

import re
from itertools import islice

from bot.errors import UserError
from bot.wording.text import Button, Code, Line
from handlers.talk import Request

RUN = "run"
"""The verb of a corrected command: ``run|liqs|BTC 1h``."""

MOST = 4

_TYPED = re.compile(r"(?<=“)[^”]+(?=”)|\S*[@#]\S*|\S+[.:]\w\S*")
"""What a sentence quotes; and any word that a chat would turn into a mention, a tag or a link."""


def repeated(sentence: str) -> Line:
    """A mistake's sentence, with all that was typed as code: there chats look for nothing."""
    spans: list[str | Code] = []
    at = 0
    for found in _TYPED.finditer(sentence):
        spans += [sentence[at : found.start()], Code(found[0])]
        at = found.end()
    return tuple(span for span in (*spans, sentence[at:]) if span)


def repaired(command: str, request: Request, mistake: UserError) -> tuple[Button, ...]:
    """One button for each choice of the mistake; a choice is all that follows the command."""
    typed = (request.text or " ".join(request.options.values())).split()
    sound = (choice for choice in mistake.choices if "|" not in choice)
    buttons = (Button(_label(choice, typed), f"{RUN}|{command}|{choice}") for choice in sound)
    return tuple(islice(buttons, MOST))


def _label(choice: str, typed: list[str]) -> str:
    """The one word that is put right, or the whole where there are more."""
    changed = [word for word in choice.split() if word not in typed]
    telling = len(changed) == 1 and any(sign.isalnum() for sign in changed[0])
    return changed[0] if telling else choice
