"""Titles from outside made plain: no markup, no control or direction characters, not long."""

import unicodedata
from html import unescape
from html.parser import HTMLParser

LONGEST = 200


def plain_title(text: str) -> str:
    """One line of at most ``LONGEST`` characters; empty where nothing is left."""
    reader = _Text()
    reader.feed(text[: 20 * LONGEST])
    reader.close()
    shown = "".join(_kept(sign) for sign in unescape("".join(reader.parts)))
    title = " ".join(shown.split())
    return title if len(title) <= LONGEST else title[: LONGEST - 1].rstrip() + "…"


def _kept(sign: str) -> str:
    """Spaces and line ends become a space; controls, directions and the unassigned nothing."""
    category = unicodedata.category(sign)
    if category.startswith("Z") or sign in "\t\n\r":
        return " "
    return "" if category.startswith("C") else sign


class _Text(HTMLParser):
    """Keeps what stands between tags, but for scripts and styles."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        self.parts.append(" " if tag in ("br", "p", "div") else "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= bool(self._silent) and tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)
