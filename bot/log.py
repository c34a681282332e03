"""One structured log for everything, with every secret taken out."""

import logging
import re
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from types import TracebackType
from urllib.parse import quote, unquote, urlsplit

import structlog

SHAPES = re.compile(
    r"\d{6,12}(?::|%3[Aa])[A-Za-z0-9_-]{30,}"  # Telegram
    r"|[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"  # Discord
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"  # user and password of a URL
    r"|(?<=password=)(?:'[^']*'|\"[^\"]*\"|[^\s&,;)'\"]+)"
)

REPLACEMENT = "[secret]"

SHORTEST = 6
"""Shorter than this nothing is looked for: half of every text would be taken out."""

SHORTEST_PART = 20
"""A token's parts of this length are secrets of their own: Telegram's behind the colon."""

CHATTY = ("httpx", "httpcore", "discord", "telegram", "alembic", "aiohttp.access", "aiosqlite")
"""httpx logs the token in its URL, telegram what people write, aiosqlite whose each alert is."""

log = structlog.get_logger()


class Redactor:
    """Takes known secrets, and whatever looks like one, out of a text."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets for part in _parts(secret) for form in _forms(part)}
        longest_first = sorted((f for f in forms if len(f) >= SHORTEST), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def clean(self, text: str) -> str:
        return SHAPES.sub(REPLACEMENT, self._known.sub(REPLACEMENT, text))


def _parts(secret: str) -> Iterator[str]:
    """The whole, and what of it would be enough: a URL's password, a token's second half."""
    yield secret
    if "://" not in secret:
        yield from (part for part in re.split(r"[:.]", secret) if len(part) >= SHORTEST_PART)
        return
    with suppress(ValueError):
        password = urlsplit(secret).password or ""
        yield from (password, unquote(password))


def _forms(part: str) -> tuple[str, ...]:
    """As it is, as it stands in an address, and as ``repr`` shows it."""
    address = quote(part, safe="")
    return part, address, re.sub("%..", lambda found: found[0].lower(), address), repr(part)[1:-1]


class _Redacting(logging.Formatter):
    """The last gate: also what other libraries log, tracebacks included."""

    def __init__(self, inner: logging.Formatter, redactor: Redactor) -> None:
        super().__init__()
        self._inner = inner
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        return self._redactor.clean(self._inner.format(record))


class _Handler(logging.StreamHandler):  # type: ignore[type-arg]  # generic for type checkers alone
    """Tells of a record that cannot be written without its arguments, which are not cleaned."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 -- logging's own name
        fault = type(sys.exc_info()[1]).__name__
        with suppress(OSError, ValueError):
            self.stream.write(f"not logged: {record.pathname}:{record.lineno} ({fault})\n")


def configure(level: str, secrets: Iterable[str] = ()) -> None:
    """Send structlog's and every library's records to stderr in one form, and what ends us too."""
    handler = _Handler(sys.stderr)
    handler.setFormatter(formatter(Redactor(secrets), colours=sys.stderr.isatty()))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLogger().level))
    route()
    sys.excepthook = _ended
    threading.excepthook = _thread_ended
    sys.unraisablehook = _nobody_took


def formatter(redactor: Redactor, colours: bool = False) -> logging.Formatter:
    """How a record reads, whoever logged it."""
    inner = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=colours),
        ],
    )
    return _Redacting(inner, redactor)


def route() -> None:
    """Let structlog's records go the way of the others."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _shared() -> list[structlog.typing.Processor]:
    return [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Python would print it as it is."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    log.critical("ended by an error", exc_info=(kind, error, trace))


def _thread_ended(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and not issubclass(ended.exc_type, SystemExit):
        log.error("a thread ended", exc_info=(ended.exc_type, ended.exc_value, ended.exc_traceback))


def _nobody_took(error: "sys.UnraisableHookArgs") -> None:
    exc_info = (error.exc_type, error.exc_value, error.exc_traceback)
    log.error("an error that nobody took", of=repr(error.object), exc_info=exc_info)
