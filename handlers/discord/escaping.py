"""Text from outside made harmless: no markup, no mention, no direction trick."""

import re

from discord.utils import escape_markdown, escape_mentions

_ANGLE = re.compile(r"<(?=[@#:/&a-zA-Z])")
_HIDDEN = re.compile("[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def bare(text: str) -> str:
    """One line of text as it is, without control and direction characters."""
    return _HIDDEN.sub("", text.replace("\n", " "))


def escaped(text: str) -> str:
    """The same characters to the eye where Discord renders markup."""
    return _ANGLE.sub(r"\\<", escape_mentions(escape_markdown(bare(text), ignore_links=False)))


def fenced(text: str) -> str:
    """For inside of backticks, where no escape exists: they become a look-alike."""
    return escape_mentions(bare(text).replace("`", "ˋ"))
