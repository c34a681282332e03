"""Nothing secret passes the log."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.log import Redactor, configure

TELEGRAM = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawx"
DISCORD = "MTE5ODYyMjQ4MzQ3MTkyNTI0OA.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWsABCDEF"
PLAIN = "no-known-shape"


@pytest.fixture
def _quiet_afterwards() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    libraries = [one for one in root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    levels = {one.name: one.level for one in libraries}
    yield
    root.handlers, root.level = handlers, level
    for one in list(root.manager.loggerDict):
        logging.getLogger(one).setLevel(levels.get(one, logging.NOTSET))
    structlog.reset_defaults()


@pytest.mark.usefixtures("_quiet_afterwards")
def test_tokens_leave_no_trace_in_lines_nor_tracebacks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("debug", [PLAIN])
    log = structlog.get_logger()
    log.info("asked", url=f"https://api.telegram.org/bot{TELEGRAM}/getMe")
    logging.getLogger("some.library").debug("header %s", DISCORD)
    try:
        raise ValueError(f"postgresql://me:hunter22@db/x {PLAIN}")
    except ValueError:
        log.exception("failed")
    written = capsys.readouterr().err
    assert "asked" in written
    assert "failed" in written
    assert "ValueError" in written
    for secret in (TELEGRAM, DISCORD, "hunter22", PLAIN):
        assert secret not in written


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
