"""Discord's limits of length, and texts made to fit by whole lines.

Source: docs.discord.com, resources/message, "Embed Limits", and reference, "Uploading Files"; read
2026-11-22. Lengths are counted in
UTF-16 units, the strictest reading of "characters".
"""

from collections.abc import Sequence

CONTENT = 2_000
DESCRIPTION = 4_096
FIELDS = 25
FIELD_NAME = 256
FIELD_VALUE = 1_024
FOOTER = 2_048
EMBED = 6_000
"""Over all texts of all embeds of one message."""

ALT = 1_024
FILES = 10
FILES_BYTES = 10 * 2**20
"""Of all files of a message, the smallest that Discord documents: 10 MiB a file, 25 a request."""

ROWS = 5
BUTTONS_IN_ROW = 5
LABEL = 80
CHOICES = 25
CHOICE = 100
ELLIPSIS = "…"


def size(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int) -> str:
    """The text, or its beginning and an ellipsis."""
    if size(text) <= limit:
        return text
    kept = text.encode("utf-16-le", "surrogatepass")[: 2 * (limit - 1)]
    return kept.decode("utf-16-le", "ignore").rstrip("\\") + ELLIPSIS


def fitting(lines: Sequence[str], limit: int, separator: str = "\n") -> str:
    """As many whole lines as fit; an ellipsis stands for those left out."""
    whole = separator.join(lines)
    if size(whole) <= limit:
        return whole
    kept: list[str] = []
    room = limit - size(separator + ELLIPSIS)
    for line in lines:
        room -= size(line) + size(separator)
        if room < 0:
            break
        kept.append(line)
    return separator.join([*kept, ELLIPSIS]) if kept else ""
