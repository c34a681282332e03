"""The table of errors, row by row: the real library, over sockets, against every refusal."""

import aiohttp
import discord
import pytest
from aiohttp.client_reqrep import ConnectionKey

from bot.delivery.outcomes import Delivered, Gone, Outcome, Refused, Retry, Unauthorized
from bot.rules import Destination
from bot.wording.text import Button, Message, Paragraph
from handlers.discord.errors import outcome_of
from tests.doubles.discord import Fault
from tests.handlers.discord.conftest import ALERTS, Scene, opened

CHANNEL = Destination("discord", ALERTS)
PERSON = Destination("discord", 42, direct=True)
POST = f"POST /channels/{ALERTS}/messages"
ALERT = Message(
    ("$526M+ in 1 h",), (Paragraph((("BTC *up*",),)),), ((Button("Mute 1 h", "mute|1h"),),)
)
WAIT = "Discord asked to wait"


def unknown(reason: str, platform_wide: bool = False) -> Retry:
    return Retry(5.0, reason, unknown=True, platform_wide=platform_wide, harmless_s=120.0)


def waiting(seconds: float, platform_wide: bool = False) -> Retry:
    return Retry(seconds, WAIT, limited=True, platform_wide=platform_wide)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault(429, retry_after=1.25), waiting(1.25)),
        (Fault(429, retry_after=3_600), waiting(3_600.0)),
        (Fault(429, retry_after=2.5, scope="global"), waiting(2.5, platform_wide=True)),
        (Fault(429, retry_after=90, via=False), waiting(90.0, platform_wide=True)),
        (Fault(429, page=True), waiting(60.0, platform_wide=True)),
        (Fault(429, retry_after=2.5, scope="shared"), Retry(2.5, WAIT)),
        (Fault(429, code=20016, retry_after=30), Retry(30.0, "Discord: slow mode")),
        (Fault(500), unknown("Discord answered 500 (code 0)")),
        (Fault(502, page=True), unknown("Discord answered 502 (code 0)", platform_wide=True)),
        (Fault(503), unknown("Discord answered 503 (code 0)", platform_wide=True)),
        (Fault(504), unknown("Discord answered 504 (code 0)", platform_wide=True)),
        (Fault(521, page=True), unknown("Discord answered 521 (code 0)", platform_wide=True)),
        (Fault(then="drop"), unknown("no answer from Discord (ServerDisconnectedError)")),
        (Fault(then="half"), unknown("no answer from Discord (ClientPayloadError)")),
        (Fault(401), Unauthorized("Discord refused the token")),
        (Fault(404, code=10003), Gone("the channel was deleted", chat_wide=True)),
        (Fault(404, code=10004), Gone("the server is gone", chat_wide=True)),
        (Fault(403, code=50001), Gone("no access to the channel", chat_wide=True)),
        (Fault(403, code=50007), Gone("closed DMs")),
        (Fault(403, code=50013), Gone("no permission to write")),
        (Fault(403, code=50278), Gone("closed DMs: no server in common")),
        (Fault(403), Gone("Discord answered 403 (code 0)")),
        (Fault(404), Gone("Discord answered 404 (code 0)")),
        (Fault(404, code=10008), Delivered(0)),
        (Fault(400, code=50035, times=2), Refused("Discord answered 400 (code 50035)")),
    ],
    ids=str,
)
async def test_what_an_answer_means(scene: Scene, fault: Fault, outcome: Outcome) -> None:
    calls = fault.times
    scene.discord.fail(POST, fault)
    assert await scene.platform.notifier.deliver(CHANNEL, ALERT, "L1") == outcome
    posted = [arrival for arrival in scene.discord.arrivals if arrival.path == POST]
    assert len(posted) == calls


@pytest.mark.parametrize(
    ("code", "reason"), [(10003, "the channel was deleted"), (50001, "no access to the channel")]
)
async def test_a_thread_that_is_gone_takes_nothing_of_its_channel_along(
    scene: Scene, code: int, reason: str
) -> None:
    thread = Destination("discord", ALERTS, thread=ALERTS + 1)
    scene.discord.fail(f"POST /channels/{thread.thread}/messages", Fault(404, code=code))
    outcome = await scene.platform.notifier.deliver(thread, ALERT, "L1")
    assert outcome == Gone(reason, chat_wide=False)


@pytest.mark.parametrize("then", ["hang", "drop", "half"])
async def test_what_was_taken_and_not_answered_is_posted_once_however_often_it_is_sent(
    then: str,
) -> None:
    async with opened(timeout_s=0.3) as scene:
        scene.discord.fail(POST, Fault(then=then))  # type: ignore[arg-type]
        first = await scene.platform.notifier.deliver(CHANNEL, ALERT, "L1")
        assert isinstance(first, Retry)
        assert first.unknown
        assert first.harmless_s == scene.platform.notifier.harmless_s == 120.0
        again = await scene.platform.notifier.deliver(CHANNEL, ALERT, "L1")
        other = await scene.platform.notifier.deliver(CHANNEL, ALERT, "L2")
        assert len(scene.discord.posts) == 2
        assert (again, other) == tuple(Delivered(number) for number in scene.discord.messages)


async def test_a_refused_connection_is_surely_not_sent() -> None:
    async with opened() as scene:
        await scene.discord.stop()
        assert await scene.platform.notifier.deliver(CHANNEL, ALERT, "L1") == Retry(
            5.0, "Discord cannot be reached", platform_wide=True
        )
        assert isinstance(await scene.platform.notifier.probe(), Retry)


async def test_what_discord_will_never_take_goes_out_as_plain_words(scene: Scene) -> None:
    scene.discord.fail(POST, Fault(400, code=50035))
    outcome = await scene.platform.notifier.deliver(CHANNEL, ALERT, "L1")
    (sent,) = scene.discord.posted_in(ALERTS)
    assert outcome == Delivered(next(iter(scene.discord.messages)))
    assert sent["content"] == "$526M+ in 1 h\nBTC \\*up\\*"
    assert (sent["embeds"], sent["components"]) == ([], [])
    assert sent["allowed_mentions"]["parse"] == []


async def test_an_edit_is_never_unknown_as_it_may_be_made_again(scene: Scene) -> None:
    sent = await scene.platform.notifier.deliver(CHANNEL, ALERT, "L1")
    assert isinstance(sent, Delivered)
    path = f"PATCH /channels/{ALERTS}/messages/{sent.message}"
    scene.discord.fail(path, Fault(then="drop"))
    cut = await scene.platform.notifier.deliver(CHANNEL, ALERT, "L1", edits=sent.message)
    assert isinstance(cut, Retry)
    assert not cut.unknown
    scene.discord.fail(path, Fault(400, code=50035))
    plain = await scene.platform.notifier.deliver(CHANNEL, ALERT, "L1", edits=sent.message)
    assert plain == sent
    assert scene.discord.edits[-1][1]["embeds"] == []


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault(502), Retry(5.0, "Discord answered 502 (code 0)", False, True, harmless_s=120.0)),
        (Fault(429, code=40003, retry_after=7), Retry(7.0, "Discord: opening DMs too fast")),
        (Fault(403, code=50278), Gone("closed DMs: no server in common")),
        (Fault(404, code=10013), Gone("no such user")),
    ],
    ids=str,
)
async def test_what_keeps_a_direct_channel_shut(
    scene: Scene, fault: Fault, outcome: Outcome
) -> None:
    scene.discord.fail("POST /users/@me/channels", fault)
    assert await scene.platform.notifier.deliver(PERSON, ALERT, "L1") == outcome
    assert scene.discord.posts == []


async def test_a_direct_channel_that_is_gone_is_opened_anew_once(scene: Scene) -> None:
    assert isinstance(await scene.platform.notifier.deliver(PERSON, ALERT, "L1"), Delivered)
    scene.discord.unknown_channels.add(scene.discord.direct[42])
    again = await scene.platform.notifier.deliver(PERSON, ALERT, "L2")
    assert again == Retry(0.0, "the direct channel was closed")
    last = await scene.platform.notifier.deliver(PERSON, ALERT, "L2")
    assert last == Gone("the channel was deleted", chat_wide=True)


def refused_connection() -> aiohttp.ClientConnectorError:
    key = ConnectionKey("127.0.0.1", 1, False, True, None, None, None)
    return aiohttp.ClientConnectorError(key, OSError(111, "refused"))


@pytest.mark.parametrize(
    "error",
    [refused_connection(), ConnectionRefusedError(), aiohttp.ConnectionTimeoutError()],
)
def test_what_never_left_is_no_unknown(error: Exception) -> None:
    assert outcome_of(error) == Retry(5.0, "Discord cannot be reached", platform_wide=True)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ConnectionResetError(104, "x"), unknown("no answer from Discord (ConnectionResetError)")),
        (TimeoutError(), unknown("no answer from Discord (TimeoutError)")),
        (discord.RateLimited(61.5), waiting(61.5)),
        (discord.LoginFailure(), Unauthorized("Discord refused the token")),
        (discord.ClientException(), Refused("ClientException inside the library")),
    ],
)
def test_what_the_library_says_by_itself(error: Exception, outcome: Outcome) -> None:
    assert outcome_of(error) == outcome
