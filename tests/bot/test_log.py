"""Nothing secret passes the log."""

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from urllib.parse import quote

import pytest
import structlog

from bot.log import Redactor, configure
from tests.doubles.discord import TOKEN as DISCORD_MARKER
from tests.leaks import MARKERS, LeakWatch

TELEGRAM = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawx"
DISCORD = "MTE5ODYyMjQ4MzQ3MTkyNTI0OA.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWsABCDEF"
PLAIN = "no-known-shape"
URL = "postgresql://me:h%75nter22@db/x"


@pytest.fixture
def _quiet_afterwards() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    libraries = [one for one in root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    levels = {one.name: one.level for one in libraries}
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield
    root.handlers, root.level = handlers, level
    for one in list(root.manager.loggerDict):
        logging.getLogger(one).setLevel(levels.get(one, logging.NOTSET))
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    structlog.reset_defaults()


class Bot:
    """Shows its token to whoever looks at it, as some libraries' objects do."""

    def __repr__(self) -> str:
        return f"Bot[token={TELEGRAM}]"

    def __del__(self) -> None:
        raise ValueError(f"gone with {PLAIN}")


def by_structlog() -> None:
    structlog.get_logger().info("asked", url=f"https://api.telegram.org/bot{TELEGRAM}/getMe")


def by_lazy_arguments() -> None:
    number, tail = TELEGRAM.split(":")
    logging.getLogger("some.library").debug("%s:%s and %r", number, tail, {"of": PLAIN})


def in_a_representation() -> None:
    bot = [{"bot": SimpleNamespace(token=DISCORD), "url": URL}]
    logging.getLogger("some.library").warning("%s", bot)


def in_an_address() -> None:
    encoded = quote(TELEGRAM, safe="")
    logging.getLogger("some.library").info(f"GET /bot{encoded}/getMe {encoded.lower()}")


def in_a_traceback() -> None:
    try:
        raise ValueError(f"{URL} {PLAIN}")
    except ValueError:
        structlog.get_logger().exception("failed")


def in_a_group_with_causes() -> None:
    try:
        try:
            raise OSError(f"no answer from {DISCORD}")
        except OSError as cause:
            raise ExceptionGroup(f"of {PLAIN}", [KeyError(TELEGRAM), OSError(URL)]) from cause
    except ExceptionGroup:
        logging.getLogger("asyncio").exception("Task exception was never retrieved")


def in_arguments_that_do_not_fit() -> None:
    logging.getLogger("some.library").info("%d of %s", TELEGRAM, DISCORD, PLAIN)


def in_a_setting() -> None:
    logging.getLogger("some.library").info("connecting with user='me' password='hunter22'")
    logging.getLogger("some.library").info("connecting with password=other-words&host=x")


def at_the_end_of_the_process() -> None:
    error = ExceptionGroup("ended", [ValueError(f"{TELEGRAM} {PLAIN}")])
    sys.excepthook(type(error), error, None)


def at_the_end_of_a_thread() -> None:
    def work() -> None:
        raise ValueError(f"{DISCORD} {URL}")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def where_nobody_can_take_it() -> None:
    bot = Bot()
    del bot


WAYS = (
    by_structlog,
    by_lazy_arguments,
    in_a_representation,
    in_an_address,
    in_a_traceback,
    in_a_group_with_causes,
    in_arguments_that_do_not_fit,
    in_a_setting,
    at_the_end_of_the_process,
    at_the_end_of_a_thread,
    where_nobody_can_take_it,
)
SECRETS = (
    TELEGRAM,
    TELEGRAM.split(":")[1],
    DISCORD,
    "hunter22",
    "h%75nter22",
    PLAIN,
    "other-words",
)


@pytest.mark.usefixtures("_quiet_afterwards")
@pytest.mark.parametrize("said", WAYS)
@pytest.mark.parametrize("known", [True, False], ids=["known", "only by its shape"])
def test_secrets_leave_no_trace(
    said: Callable[[], None], known: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("debug", [TELEGRAM, DISCORD, PLAIN, URL] if known else [PLAIN])
    said()
    written = capsys.readouterr().err
    assert written != ""
    assert [secret for secret in SECRETS if secret in written] == []
    assert said is in_arguments_that_do_not_fit or "[secret]" in written


def test_the_half_of_a_known_token_that_is_enough_is_taken_out_alone() -> None:
    number, tail = TELEGRAM.split(":")
    assert Redactor([TELEGRAM]).clean(f"{number} with {tail}") == f"{number} with [secret]"


def test_the_password_of_a_known_address_is_taken_out_alone() -> None:
    assert Redactor([URL]).clean("hunter22 or h%75nter22 of me") == "[secret] or [secret] of me"
    assert Redactor(["postgresql://u@[bad"]).clean("u is no secret") == "u is no secret"


@pytest.mark.usefixtures("_quiet_afterwards")
def test_what_is_not_secret_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    configure("debug", [PLAIN])
    in_a_group_with_causes()
    by_structlog()
    in_arguments_that_do_not_fit()
    written = capsys.readouterr().err
    for word in (
        "asked",
        "never retrieved",
        "OSError",
        "no answer from",
        "test_log.py",
        "not logged",
    ):
        assert word in written


def test_a_watch_over_the_suite_sees_what_the_log_would_show() -> None:
    blind, careful = LeakWatch(Redactor()), LeakWatch(Redactor(MARKERS))
    record = logging.makeLogRecord({"msg": "with %s", "args": (DISCORD_MARKER,)})
    blind.emit(record)
    careful.emit(record)
    assert len(blind.leaks) == 1 and DISCORD_MARKER in blind.leaks[0]
    assert careful.leaks == []


@pytest.mark.usefixtures("_quiet_afterwards")
def test_libraries_are_never_louder_than_the_level_that_was_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("error")
    logging.getLogger("discord.client").warning("nothing that anybody must know")
    assert capsys.readouterr().err == ""
    configure("debug")
    logging.getLogger("discord.client").info("chatter")
    logging.getLogger("aiosqlite").debug("chatter about a person's alerts")
    logging.getLogger("discord.client").warning("trouble")
    written = capsys.readouterr().err
    assert "trouble" in written
    assert "chatter" not in written


def test_the_longer_secret_is_taken_out_before_its_part() -> None:
    assert Redactor(["abcdef", "abcdefghi"]).clean("x abcdefghi y") == "x [secret] y"
