"""``liqwatch quarantine``: the frames that could not be read, shown so that they do no harm."""

from collections.abc import Sequence

import msgspec
from rich.console import Console
from rich.text import Text

from bot.clock import as_datetime
from bot.ports import BadFrame
from bot.wording.numbers import count, named

_START = 120


def show_quarantine(frames: Sequence[BadFrame], as_json: bool, out: Console) -> None:
    """Print them in their order, newest last; one JSON array has whole frames and milliseconds."""
    if as_json:
        out.out(msgspec.json.encode([_told(frame) for frame in frames]).decode(), highlight=False)
        return
    if not frames:
        out.print("No frame is in quarantine: all that came could be read.")
    for frame in frames:
        for line in _lines(frame):
            out.print(line, soft_wrap=True)


def harmless(raw: bytes) -> str:
    """ASCII that can be printed and read back: ``\\x1b`` and the like instead of other bytes."""
    return raw.decode("latin-1").encode("unicode_escape").decode("ascii")


def _told(frame: BadFrame) -> dict[str, object]:
    return {
        "received": frame.received_ms,
        "exchange": frame.exchange,
        "reason": plain(frame.reason),
        "frame": harmless(frame.frame),
    }


def _lines(frame: BadFrame) -> tuple[Text, Text]:
    at = as_datetime(frame.received_ms).strftime("%Y-%m-%d %H:%M:%S UTC")
    whole = harmless(frame.frame)
    cut = f" … ({count(len(frame.frame))} bytes)" if len(whole) > _START else ""
    return (
        Text.assemble(f"{at}  ", (named(frame.exchange), "bold"), f"  {plain(frame.reason)}"),
        Text(f"    {whole[:_START]}{cut}", "dim"),
    )


def plain(text: str) -> str:
    """A reason may quote what others sent: without what a terminal would act on."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
