"""Pictures and files at the Bot API double: uploaded once, then known by their ids.

After the Bot API's documentation of sendPhoto, sendDocument, editMessageMedia ("or to add media to
text messages") and editMessageCaption.
"""

from typing import Any

from aiohttp.web import FileField

from tests.doubles.telegram_html import MalformedError, Parsed, parse, utf16
from tests.doubles.telegram_wire import Params, RefusedError, bad

LONGEST_CAPTION = 1024
SIGNATURE = b"\x89PNG\r\n\x1a\n"
WRONG_ID = "wrong file identifier/HTTP URL specified"
WORDLESS = "there is no text in the message to edit"


class Shelf:
    """Files that were uploaded, by their ids; ``forget`` makes all ids wrong."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.uploads = 0

    def forget(self) -> None:
        self.files.clear()

    def photo(self, told: Any) -> tuple[str, bytes]:
        """The id and the content of what was sent as a photo."""
        if not isinstance(told, FileField):
            if told not in self.files:
                raise RefusedError(bad(WRONG_ID))
            return told, self.files[told]
        content = told.file.read()
        if not content.startswith(SIGNATURE):
            raise RefusedError(bad("IMAGE_PROCESS_FAILED"))
        self.uploads += 1
        name = f"AgAC-{len(self.files) + 1}-{self.uploads}"
        self.files[name] = content
        return name, content


def media(params: Params) -> tuple[Any, Params]:
    """What an InputMedia stands for, and its caption."""
    told = params["media"]
    if told["type"] != "photo":
        raise RefusedError(bad("MEDIA_INVALID"))
    name = told["media"]
    if name.startswith("attach://"):
        return params[name.removeprefix("attach://")], told
    return name, told


def captioned(params: Params) -> Parsed:
    """The words below a picture; there may be none."""
    told, marked = params.get("caption", ""), params.get("parse_mode") == "HTML"
    try:
        shown = parse(told) if marked else Parsed(told, [])
    except MalformedError as error:
        raise RefusedError(bad(f"can't parse entities: {error}")) from None
    if utf16(shown.text) > LONGEST_CAPTION:
        raise RefusedError(bad("message caption is too long"))
    return shown
