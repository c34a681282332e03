"""A mistake with a way out: buttons that run the command again, put right."""

from bot.errors import UserError
from bot.wording.text import Button
from handlers.routing.ownership import fits
from handlers.talk import Request

RUN = "run"
"""The verb of a corrected command: ``run|liqs|BTC 1h``."""

MOST = 4


def repaired(command: str, request: Request, mistake: UserError) -> tuple[Button, ...]:
    """One button for each choice of the mistake; a choice is all that follows the command."""
    typed = (request.text or " ".join(request.options.values())).split()
    sound = (choice for choice in mistake.choices if "|" not in choice)
    buttons = (Button(_label(choice, typed), f"{RUN}|{command}|{choice}") for choice in sound)
    return tuple(button for button in buttons if fits(button.action))[:MOST]


def _label(choice: str, typed: list[str]) -> str:
    """The one word that is put right, or the whole where there are more."""
    changed = [word for word in choice.split() if word not in typed]
    telling = len(changed) == 1 and any(sign.isalnum() for sign in changed[0])
    return changed[0] if telling else choice
