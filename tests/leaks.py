"""Watches over everything that is logged while tests run: no token of theirs may be in it."""

import logging
from traceback import format_exception
from urllib.parse import quote

import structlog

from bot.log import Redactor, formatter, route
from tests.doubles.discord import TOKEN as DISCORD
from tests.doubles.telegram import TOKEN as TELEGRAM

MARKERS = (TELEGRAM, DISCORD)
TRACES = (*MARKERS, quote(TELEGRAM, safe=""), TELEGRAM.split(":")[1])
"""What would give a token away."""


class LeakWatch(logging.Handler):
    """Formats as the program does, where a token may be in it, and keeps what it finds there."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(formatter(redactor))
        self.leaks: list[str] = []

    def watch(self) -> None:
        """Hear everything, also where a test has changed what is heard."""
        root = logging.getLogger()
        if self not in root.handlers:
            root.addHandler(self)
        root.setLevel(logging.DEBUG)
        # Two records of each statement, which the program never lets through and no token is in.
        logging.getLogger("aiosqlite").setLevel(logging.INFO)
        if not structlog.is_configured():
            route()

    def emit(self, record: logging.LogRecord) -> None:
        raw = _raw(record)
        if any(trace in raw for trace in TRACES):
            text = self.format(record)
            if any(trace in text for trace in TRACES):
                self.leaks.append(text)


def _raw(record: logging.LogRecord) -> str:
    """All that a formatter may show, without its work."""
    raw = f"{record.msg} {record.args}" if record.args else str(record.msg)
    if record.exc_info and record.exc_info[1] is not None:
        raw += "".join(format_exception(record.exc_info[1]))
    return raw
