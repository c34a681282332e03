"""Characters as Telegram counts and shows them."""

import unicodedata

_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the reading direction of what follows: no text of ours has a use for them."""


def units(text: str) -> int:
    """UTF-16 units: what Telegram's limits and offsets count."""
    return len(text) + sum(sign > "\uffff" for sign in text)


def cut(text: str, most: int) -> str:
    """The longest beginning of at most ``most`` UTF-16 units."""
    room = most
    for at, sign in enumerate(text):
        room -= units(sign)
        if room < 0:
            return text[:at]
    return text


def visible(text: str) -> str:
    """The text as it can be sent: no control signs, no turned directions, no half characters."""
    if text.isprintable():  # most texts; control signs, direction marks and halves are not
        return text
    return "".join(_shown(sign) for sign in text if sign not in _TURNING)


def _shown(sign: str) -> str:
    category = unicodedata.category(sign)
    if category == "Cs":
        return "\ufffd"
    return " " if category == "Cc" and sign != "\n" else sign
