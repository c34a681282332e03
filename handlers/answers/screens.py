"""Messages that are screens: their buttons turn them into the next one.

Buttons below an alert have the same verbs but must not overwrite it. ``inside`` marks the
buttons of a screen, ``without_mark`` takes the mark off again.
"""

from msgspec.structs import replace

from bot.wording.text import Button, Line, Message, Paragraph

RULES = frozenset({"alerts", "rule", "pause", "resume", "delete"})
"""Verbs about alerts."""

FOLLOWS = frozenset({"follow", "followed", "stages"})
"""Verbs about what is followed."""

SCREENS = RULES | FOLLOWS
"""Verbs that also stand below alerts and pages."""

_MARK = "here"


def inside(message: Message) -> Message:
    """The message as a screen."""
    rows = tuple(tuple(_marked(button) for button in row) for row in message.buttons)
    return replace(message, buttons=rows)


def with_line(message: Message, line: Line) -> Message:
    """The message with one more line below."""
    return replace(message, blocks=(*message.blocks, Paragraph((line,))))


def without_mark(words: list[str]) -> tuple[list[str], bool]:
    """The arguments of a press, and whether its message is a screen."""
    return (words[:-1], True) if words[-1:] == [_MARK] else (words, False)


def _marked(button: Button) -> Button:
    verb = button.action.partition("|")[0]
    if verb not in SCREENS or button.action.endswith(f"|{_MARK}"):
        return button
    return replace(button, action=f"{button.action}|{_MARK}")
