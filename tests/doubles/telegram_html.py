"""Reads HTML by Telegram's rules: what it refuses is refused here in its own words.

After https://core.telegram.org/bots/api#html-style and the error texts of TDLib's parser. It
shares no code with the bot and is stricter where TDLib silently drops an entity.
"""

import re
from typing import NamedTuple

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "tg-time": "date_time",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

_TAG = re.compile(r"<(/?)([A-Za-z0-9-]*)((?:\s+[a-z-]+(?:=(?:\"[^\"<>]*\"|[^\s\"<>]+))?)*)\s*>")
_ATTRIBUTE = re.compile(r"([a-z-]+)(?:=(?:\"([^\"<>]*)\"|([^\s\"<>]+)))?")
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")


class MalformedError(Exception):
    """What Telegram says of markup it cannot read."""


class Entity(NamedTuple):
    """``offset`` and ``length`` in UTF-16 units."""

    kind: str
    offset: int
    length: int
    attributes: dict[str, str]


class Parsed(NamedTuple):
    text: str
    entities: list[Entity]


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def parse(html: str) -> Parsed:
    """Text and entities. Raises ``MalformedError``."""
    text, entities = "", []
    open_tags: list[tuple[str, int, dict[str, str]]] = []
    at = 0
    while at < len(html):
        if html[at] == "<":
            tag = _tag(html, at)
            at = tag.end()
            if not tag[1]:
                _allowed(tag[2].lower(), [name for name, _, _ in open_tags])
                open_tags.append((tag[2].lower(), utf16(text), _attributes(tag[3])))
                continue
            if not open_tags or tag[2].lower() not in ("", open_tags[-1][0]):
                raise MalformedError(f'Unmatched end tag at byte offset {tag.start()}, "{tag[2]}"')
            name, start, attributes = open_tags.pop()
            _check(name, attributes)
            entities.append(Entity(TAGS[name], start, utf16(text) - start, attributes))
        elif html[at] == "&" and (reference := _REFERENCE.match(html, at)):
            text += _meaning(reference)
            at = reference.end()
        else:
            text += html[at]
            at += 1
    if open_tags:
        raise MalformedError(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    return Parsed(text, sorted(entities, key=lambda entity: (entity.offset, -entity.length)))


def _tag(html: str, at: int) -> re.Match[str]:
    tag = _TAG.match(html, at)
    if tag is None:
        raise MalformedError(f"Unclosed start tag at byte offset {at}")
    if tag[2].lower() not in TAGS and not (tag[1] and not tag[2]):
        raise MalformedError(f'Unsupported start tag "{tag[2]}" at byte offset {at}')
    return tag


def _allowed(name: str, inside: list[str]) -> None:
    """Code stands alone, quotes do not nest; TDLib drops such entities instead of saying so."""
    if {"code", "pre"} & set(inside) or (name in ("code", "pre") and set(inside) - {"blockquote"}):
        raise MalformedError(f"{name} within {inside}")
    if name in inside:
        raise MalformedError(f"{name} within itself")


def _check(name: str, attributes: dict[str, str]) -> None:
    if name != "tg-time":
        return
    if not re.fullmatch(r"\d{1,12}", attributes.get("unix", "")):
        raise MalformedError("Invalid Unix timestamp specified")
    if not re.fullmatch(r"r|w?[dD]?[tT]?", attributes.get("format", "")):
        raise MalformedError("Invalid date-time format specified")


def _attributes(text: str) -> dict[str, str]:
    return {name: quoted or bare or "" for name, quoted, bare in _ATTRIBUTE.findall(text)}


def _meaning(reference: re.Match[str]) -> str:
    decimal, hexadecimal, name = reference.groups()
    if name:
        return NAMED[name]
    return chr(int(decimal) if decimal else int(hexadecimal, 16))
