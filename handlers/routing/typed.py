"""What was typed: which command it is, and whether it can be read at all."""

import re
import unicodedata

from bot.errors import UserError

LONGEST = 256
"""Characters a person may send behind a command."""

_COMMAND = re.compile(r"/(?P<name>[^\s@/]{1,64})(?:@(?P<bot>\S*))?(?:\s+(?P<rest>.*))?", re.DOTALL)


def parse_typed(text: str, bot_name: str) -> tuple[str, str] | None:
    """Command and arguments of ``/cmd@bot args``; None when it is no command, or another bot's."""
    found = _COMMAND.fullmatch(text.strip())
    if found is None:
        return None
    addressed = found["bot"]
    if addressed is not None and addressed.casefold() != bot_name.lstrip("@").casefold():
        return None
    return found["name"].lower(), (found["rest"] or "").strip()


def readable(text: str) -> str:
    """The text with single spaces.

    Raises ``UserError`` where it is too long or holds characters that do not show: those turn
    the reading direction or hide what is really written.
    """
    if len(text) > LONGEST:
        raise UserError(f"That is too long: I read up to {LONGEST} characters.")
    words = " ".join(text.split())
    if any(unicodedata.category(sign).startswith("C") for sign in words):
        raise UserError("That holds invisible characters. Please type it anew.")
    return words
