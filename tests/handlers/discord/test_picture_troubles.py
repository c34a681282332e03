"""What Discord will not take with a picture it takes without, and each error has its meaning."""

import pytest
from msgspec.structs import replace

from bot.delivery.outcomes import Delivered, Gone, Outcome, Retry, Unauthorized
from bot.pictures.chart import Picture
from bot.rules import Destination
from bot.wording.text import Button, Message, Paragraph
from handlers.discord.platform import LIMITS
from tests.doubles.discord import Fault
from tests.handlers.discord.conftest import ALERTS, Scene, opened
from tests.handlers.discord.test_pace import at_rest

CHANNEL = Destination("discord", ALERTS)
POST = f"POST /channels/{ALERTS}/messages"
WORDS = Message(
    ("$526M+ in 1 h",), (Paragraph((("BTC *up*",),)),), ((Button("Mute 1 h", "mute|1h"),),)
)
SHOWN = replace(WORDS, picture=Picture(b"\x89PNG one", "d1", "a chart"))
METHODS = ("POST", "PATCH")


def unknown(reason: str, platform_wide: bool = False) -> Retry:
    return Retry(5.0, reason, unknown=True, platform_wide=platform_wide, harmless_s=120.0)


async def begun(scene: Scene, method: str) -> int | None:
    """What is edited was sent before."""
    if method == "POST":
        return None
    sent = await scene.platform.notifier.deliver(CHANNEL, Message(("Flush",)), "L1")
    assert isinstance(sent, Delivered)
    return sent.message


def path_of(edits: int | None) -> str:
    return POST if edits is None else f"PATCH /channels/{ALERTS}/messages/{edits}"


def calls(scene: Scene, path: str) -> int:
    return sum(arrival.path == path for arrival in scene.discord.arrivals)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (
            Fault(429, retry_after=1.25),
            Retry(1.25, "Discord asked to wait", limited=True),
        ),
        (Fault(500), unknown("Discord answered 500 (code 0)")),
        (Fault(502, page=True), unknown("Discord answered 502 (code 0)", platform_wide=True)),
        (Fault(then="drop"), unknown("no answer from Discord (ServerDisconnectedError)")),
        (Fault(401), Unauthorized("Discord refused the token")),
        (Fault(404, code=10003), Gone("the channel was deleted", chat_wide=True)),
        (Fault(403, code=50001), Gone("no access to the channel", chat_wide=True)),
        (Fault(403, code=50013, times=2), Gone("no permission to write")),
    ],
    ids=str,
)
async def test_what_is_said_of_a_picture_means_what_it_means_of_words(
    scene: Scene, method: str, fault: Fault, outcome: Outcome
) -> None:
    edits = await begun(scene, method)
    scene.discord.fail(path_of(edits), once_more(fault))
    if isinstance(outcome, Retry) and method == "PATCH":
        outcome = replace(outcome, unknown=False)  # an edit may be made again
    assert await scene.platform.notifier.deliver(CHANNEL, SHOWN, "L2", edits=edits) == outcome
    assert calls(scene, path_of(edits)) == fault.times


def once_more(fault: Fault) -> Fault:
    """The double counts its own down."""
    return Fault(**vars(fault))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "fault",
    [Fault(413, code=40005), Fault(400, code=50035), Fault(403, code=50013), Fault(413, page=True)],
    ids=str,
)
async def test_where_no_picture_is_taken_the_words_go_alone_with_all_that_is_theirs(
    scene: Scene, method: str, fault: Fault
) -> None:
    edits = await begun(scene, method)
    scene.discord.fail(path_of(edits), once_more(fault))
    outcome = await scene.platform.notifier.deliver(CHANNEL, SHOWN, "L2", edits=edits)
    assert isinstance(outcome, Delivered)
    shown = scene.discord.messages[outcome.message]
    assert shown["embeds"][0]["description"] == "BTC \\*up\\*"
    assert "image" not in shown["embeds"][0]
    assert shown["components"]
    assert scene.discord.files[outcome.message] == []


@pytest.mark.parametrize("method", METHODS)
async def test_what_is_wrong_with_the_words_too_costs_their_markup(
    scene: Scene, method: str
) -> None:
    edits = await begun(scene, method)
    scene.discord.fail(path_of(edits), Fault(400, code=50035, times=2))
    outcome = await scene.platform.notifier.deliver(CHANNEL, SHOWN, "L2", edits=edits)
    assert isinstance(outcome, Delivered)
    shown = scene.discord.messages[outcome.message]
    assert (shown["embeds"], shown["components"]) == ([], [])
    assert shown["content"] == "$526M+ in 1 h\nBTC \\*up\\*"


async def test_a_channel_without_the_right_to_attach_still_gets_the_words(scene: Scene) -> None:
    scene.discord.without_files.add(ALERTS)
    for number in range(2):
        outcome = await scene.platform.notifier.deliver(CHANNEL, SHOWN, f"L{number}")
        assert isinstance(outcome, Delivered)
    assert len(scene.discord.posted_in(ALERTS)) == 2


@pytest.mark.parametrize("message", [WORDS, SHOWN])
async def test_where_nothing_can_be_quoted_it_is_said_all_the_same(
    scene: Scene, message: Message
) -> None:
    scene.discord.without_history.add(ALERTS)
    outcome = await scene.platform.notifier.deliver(CHANNEL, message, "L1", quotes=77)
    assert isinstance(outcome, Delivered)
    (sent,) = scene.discord.posted_in(ALERTS)
    assert "message_reference" not in sent
    assert sent["embeds"][0]["description"] == "BTC \\*up\\*"
    assert ("uploads" in sent) == (message.picture is not None)
    assert calls(scene, POST) == 2


async def test_a_picture_that_was_taken_and_not_answered_is_posted_once(scene: Scene) -> None:
    scene.discord.fail(POST, Fault(then="drop"))
    first = await scene.platform.notifier.deliver(CHANNEL, SHOWN, "L1")
    assert isinstance(first, Retry)
    assert first.unknown
    assert isinstance(await scene.platform.notifier.deliver(CHANNEL, SHOWN, "L1"), Delivered)
    assert len(scene.discord.posts) == 1


async def test_each_further_call_passes_the_turnstile() -> None:
    async with opened(limits=LIMITS) as scene:
        await at_rest(scene.platform)
        scene.discord.fail(POST, Fault(400, code=50035, times=2))
        outcome = await scene.platform.notifier.deliver(CHANNEL, SHOWN, "L1")
        assert isinstance(outcome, Delivered)
        assert scene.platform.turnstile.allowance(ahead_s=0.1) == LIMITS.per_second - 2


async def test_an_upload_may_take_longer_than_words() -> None:
    async with opened(timeout_s=0.2) as scene:
        scene.discord.slow_s = 0.3
        assert isinstance(await scene.platform.notifier.deliver(CHANNEL, WORDS, "L1"), Retry)
        assert isinstance(await scene.platform.notifier.deliver(CHANNEL, SHOWN, "L2"), Delivered)
