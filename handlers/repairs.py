"""A mistake with a way out: buttons that run the command again with one word put right."""

import re

from bot.errors import UserError
from bot.wording.text import Button
from handlers.ownership import fits
from handlers.talk import Request

RUN = "run"
"""The verb of a corrected command: ``run|liqs|BTC 1h``."""

MOST = 4


def repaired(command: str, request: Request, mistake: UserError) -> tuple[Button, ...]:
    """One button for each choice that can be put in the place of the misunderstood word."""
    words = (request.text or _typed(request)).split()
    at = _misunderstood(words, mistake)
    if at is None:
        return ()
    buttons = (_button(command, words, at, choice) for choice in mistake.choices[:MOST])
    return tuple(button for button in buttons if fits(button.action))


def _typed(request: Request) -> str:
    return " ".join(value for name, value in request.options.items() if name != "share")


def _misunderstood(words: list[str], mistake: UserError) -> int | None:
    """Where the word stands that the sentence complains of; such sentences name it.

    The sentence may also list what would be right, so a right word is looked at last.
    """
    named = set(re.findall(r"[^\s,.?!:;\"'“”]+", mistake.sentence.casefold()))
    right = {choice.casefold() for choice in mistake.choices}
    found = [at for at, word in enumerate(words) if word.casefold() in named]
    wrong = [at for at in found if words[at].casefold() not in right]
    return wrong[-1] if wrong else None


def _button(command: str, words: list[str], at: int, choice: str) -> Button:
    text = " ".join((*words[:at], choice, *words[at + 1 :]))
    action = f"{RUN}|{command}|{text}"
    return Button(choice, action if "|" not in text else action * 50)
