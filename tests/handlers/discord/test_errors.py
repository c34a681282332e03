"""The table of errors, row by row."""

import aiohttp
import discord
import pytest
from aiohttp.client_reqrep import ConnectionKey

from bot.delivery.outcomes import Gone, Outcome, Refused, Retry
from handlers.discord.errors import outcome_of


class Answer:
    """As much of an HTTP answer as the library's errors read."""

    def __init__(self, status: int, headers: dict[str, str]) -> None:
        self.status = status
        self.reason = "a reason"
        self.headers = headers


def said(status: int, code: int = 0, **headers: str) -> discord.HTTPException:
    kinds = {403: discord.Forbidden, 404: discord.NotFound}
    kind = discord.DiscordServerError if status >= 500 else kinds.get(status, discord.HTTPException)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return kind(Answer(status, named), {"code": code, "message": "told"})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        (10003, 404, "the channel was deleted"),
        (10004, 404, "the server is gone"),
        (50001, 403, "no access to the channel"),
        (50007, 403, "closed DMs"),
        (50013, 403, "no permission to write"),
    ],
)
def test_what_is_gone(code: int, status: int, reason: str) -> None:
    assert outcome_of(said(status, code)) == Gone(reason)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (discord.RateLimited(61.5), Retry(61.5, "Discord asked to wait")),
        (
            said(429, Retry_After="2.5", Via="1.1 google"),
            Retry(2.5, "Discord asked to wait"),
        ),
        (
            said(429, Retry_After="nan"),
            Retry(60.0, "Discord asked to wait", platform_wide=True),
        ),
        (said(429, 20016, Retry_After="30", Via="g"), Retry(30.0, "Discord: slow mode")),
        (said(400, 50035), Refused("Discord answered 400 (code 50035)")),
        (said(403, 0), Gone("Discord answered 403 (code 0)")),
        (said(401, 0), Retry(300.0, "Discord refused the token", platform_wide=True)),
    ],
)
def test_what_an_answer_means(error: Exception, outcome: Outcome) -> None:
    assert outcome_of(error) == outcome


def refused_connection() -> aiohttp.ClientConnectorError:
    key = ConnectionKey("127.0.0.1", 1, False, True, None, None, None)
    return aiohttp.ClientConnectorError(key, OSError(111, "refused"))


@pytest.mark.parametrize(
    "error",
    [refused_connection(), ConnectionRefusedError(), aiohttp.ConnectionTimeoutError()],
)
def test_what_never_left_is_no_unknown(error: Exception) -> None:
    outcome = outcome_of(error)
    assert isinstance(outcome, Retry)
    assert not outcome.unknown
    assert outcome.platform_wide


@pytest.mark.parametrize(
    "error",
    [
        said(500),
        said(503),
        TimeoutError(),
        aiohttp.ServerDisconnectedError(),
        ConnectionResetError(104, "reset"),
        TimeoutError(),
    ],
)
def test_what_may_have_arrived_is_unknown(error: Exception) -> None:
    outcome = outcome_of(error)
    assert isinstance(outcome, Retry)
    assert outcome.unknown


@pytest.mark.parametrize(("status", "everybodys"), [(500, False), (502, True), (503, True)])
def test_an_answer_of_the_door_itself_is_everybodys(status: int, everybodys: bool) -> None:
    outcome = outcome_of(said(status))
    assert isinstance(outcome, Retry)
    assert outcome.platform_wide is everybodys
