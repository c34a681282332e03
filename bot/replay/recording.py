"""Recordings: JSON Lines of what an exchange sent, one frame or instrument table a line."""

from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import msgspec

from bot.errors import UserError
from bot.exchanges import EXCHANGES
from bot.wording.numbers import together

_2100_MS = 4_102_444_800_000
_SHAPE = '{"exchange":"binance","received":1723895903305,"frame":"..."}'


class Line(msgspec.Struct, gc=False):
    """Either ``frame`` (the text of one WebSocket frame) or ``instruments`` is there.

    ``instruments`` is the body of an instrument answer, as JSON or as the text of it; ``received``
    is in milliseconds.
    """

    exchange: str
    received: int
    frame: str | None = None
    instruments: msgspec.Raw = msgspec.Raw()

    @property
    def body(self) -> bytes:
        """The instruments' JSON."""
        raw = bytes(self.instruments)
        return msgspec.json.decode(raw, type=str).encode() if raw.startswith(b'"') else raw


_DECODER = msgspec.json.Decoder(Line)


def read_line(text: bytes | str) -> Line:
    """One line of a recording. Raises ``UserError`` for what is none."""
    try:
        line = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise UserError(f"it is not a line like {_SHAPE}") from error
    if line.exchange not in EXCHANGES:
        names = together(sorted(EXCHANGES))
        raise UserError(f"I know no exchange {line.exchange[:40]!a}, only {names}")
    if (line.frame is None) == (not bytes(line.instruments)):
        raise UserError("it holds neither a frame nor instruments, or both")
    if not 0 < line.received < _2100_MS:
        raise UserError('"received" is not a time in milliseconds')
    return line


def each_line(paths: Sequence[Path], take: Callable[[bytes], None]) -> Iterator[int]:
    """Hand every line of some files to ``take``, in order; yields the bytes read so far.

    Raises ``UserError`` that names the file, and the line ``take`` refused. Empty lines are none.
    """
    read = 0
    for path in paths:
        try:
            with path.open("rb") as lines:
                for number, line in enumerate(lines, 1):
                    read += len(line)
                    text = line.removeprefix(BOM_UTF8) if number == 1 else line
                    if text.strip():
                        _hand_over(path, number, text, take)
                        yield read
        except OSError as error:
            raise UserError(f"I cannot read {path}: {error.strerror or error}.") from error


def _hand_over(path: Path, number: int, line: bytes, take: Callable[[bytes], None]) -> None:
    try:
        take(line)
    except UserError as mistake:
        _refuse(path, number, mistake)


def _refuse(path: Path, number: int, mistake: UserError) -> NoReturn:
    raise UserError(f"{path}, line {number}: {mistake.sentence}.") from mistake
