"""The platform from its start to its end: who it is, what it offers, what it never says."""

import logging
import socket
import warnings

import pytest

from bot.clock import SystemClock
from bot.errors import ConfigError
from bot.rules import Destination
from bot.wording.text import Message
from handlers.commands import COMMANDS
from handlers.routing import router
from handlers.talk import House, Reply, Request
from handlers.telegram.connection import Connection
from handlers.telegram.platform import TelegramPlatform
from tests.doubles.telegram import TOKEN, TelegramDouble
from tests.doubles.telegram_wire import (
    Fault,
    bad,
    blocked,
    cut_after_accepting,
    gateway,
    limited,
    unauthorized,
)
from tests.fakes import FakeKeyboards, Furnished
from tests.handlers.telegram.conftest import HastyClock, Pages, Running, background

ANN, BEN = 41, 42
TO_ANN = Destination("telegram", ANN, direct=True)


class Stumbling:
    """Quotes what it was told in every mistake it makes."""

    parse_typed = staticmethod(router.parse_typed)

    async def answer(self, name: str, request: Request, house: House) -> Reply:
        raise ValueError(f"cannot read {request.text}")

    async def press(self, data: str, request: Request, house: House) -> Reply:
        raise ValueError(data)

    async def overheard(self, request: Request, house: House) -> Reply:
        raise ValueError(request.text)


async def test_the_commands_are_offered_in_each_scope_and_again_only_when_they_change(
    telegram: TelegramDouble, running: Running, notebook: Pages
) -> None:
    for _ in range(2):
        async with running():
            await telegram.say("/help", ANN)
            await telegram.messages(1)
        telegram.sent.clear()
    scopes = {"all_private_chats", "all_group_chats", "all_chat_administrators"}
    assert telegram.menus == {scope: list(COMMANDS) for scope in scopes}
    assert telegram.calls.count("setMyCommands") == 3
    notebook.pages = dict.fromkeys(notebook.pages, "an older list")
    async with running():
        await telegram.until(lambda: telegram.calls.count("setMyCommands") == 6)


async def test_a_start_survives_a_502_a_429_and_a_cut(
    telegram: TelegramDouble, running: Running, clock: HastyClock
) -> None:
    telegram.fail(
        gateway("getMe"), limited(4, method="getMe"), Fault(cut=True, method="deleteWebhook")
    )
    telegram.fail(gateway("setMyCommands"))
    async with running():
        await telegram.say("/liqs", ANN)
        await telegram.messages(1)
    assert 4.0 in clock.pauses


async def test_the_link_to_the_bot_is_known_after_the_start(
    telegram: TelegramDouble, running: Running, furnished: Furnished
) -> None:
    furnished.house.bot_links.clear()
    async with running():
        await telegram.until(lambda: "getUpdates" in telegram.calls)
    assert furnished.house.bot_links == {"telegram": "https://t.me/liqwatch_bot"}


async def test_a_refused_token_is_one_sentence(
    telegram: TelegramDouble, furnished: Furnished, notebook: Pages
) -> None:
    platform = TelegramPlatform(
        "123:not-the-one", telegram.url, SystemClock(), notebook, FakeKeyboards()
    )
    with pytest.raises(ConfigError, match="Telegram refused the token") as refused:
        await platform.run(furnished.house, router)
    assert "not-the-one" not in str(refused.value)
    assert await platform.check() == (False, str(refused.value))
    await platform.close()


@pytest.mark.parametrize("token", ["", "with space", "12:ä", "a\nb", "a/b"])
def test_what_cannot_be_a_token_is_refused_before_any_call(token: str) -> None:
    with pytest.raises(ConfigError, match="TELEGRAM_TOKEN"):
        Connection(token, "https://api.telegram.org")


@pytest.mark.parametrize("proxy", ["nonsense://x:1", "socks5://secret:word@127.0.0.1:1"])
def test_a_proxy_that_cannot_be_used_is_one_sentence_without_its_password(proxy: str) -> None:
    with pytest.raises(ConfigError, match="HTTPS_PROXY") as refused:
        Connection(TOKEN, "https://api.telegram.org", proxy)
    assert "secret" not in str(refused.value)


async def test_check_says_who_is_connected_or_what_to_mend(
    telegram: TelegramDouble, notebook: Pages
) -> None:
    platform = TelegramPlatform(TOKEN, telegram.url, SystemClock(), notebook, FakeKeyboards())
    good, sentence = await platform.check()
    await platform.close()
    assert good
    assert "@liqwatch_bot" in sentence
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    lost = TelegramPlatform(TOKEN, url, SystemClock(), notebook, FakeKeyboards())
    good, sentence = await lost.check()
    await lost.close()
    assert not good
    assert url in sentence
    assert "HTTPS_PROXY" in sentence


async def test_no_log_ever_holds_the_token_or_what_somebody_wrote(
    telegram: TelegramDouble,
    running: Running,
    furnished: Furnished,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    telegram.fail(gateway("getMe", page=True), gateway("getUpdates", page=True))
    telegram.fail(Fault(cut=True, method="getUpdates"), unauthorized("getUpdates"))
    telegram.fail(cut_after_accepting(), blocked(), *[bad("can't parse entities")] * 2)
    async with running() as platform:
        for number in range(5):
            await telegram.say(f"/liqs MARKEDWORD {number}", ANN)
        await telegram.update({"message": {"unlike": "MARKEDWORD"}})
        last = await telegram.say("MARKEDWORD", ANN)
        await telegram.until(lambda: telegram.confirmed == last + 1)
        assert (await platform.check())[0]
        await platform.notifier.deliver(TO_ANN, Message(("MARKEDWORD",)), "L1")
    async with running(Stumbling()):
        last = await telegram.say("/liqs MARKEDWORD", ANN)
        await telegram.until(lambda: telegram.confirmed == last + 1)
    wrong = TelegramPlatform(f"{TOKEN}x", telegram.url, SystemClock(), Pages(), FakeKeyboards())
    with pytest.raises(ConfigError):
        await wrong.run(furnished.house, router)
    await wrong.close()
    printed = caplog.text + "".join(capfd.readouterr())
    assert "an update was given up" in printed
    assert TOKEN.partition(":")[2] not in printed
    assert "MARKEDWORD" not in printed


async def test_the_places_on_an_updates_way_are_passed_in_order(
    telegram: TelegramDouble, running: Running, furnished: Furnished
) -> None:
    passed: list[str] = []
    furnished.house.passing = passed.append
    async with running():
        last = await telegram.say("/alert BTC 1h > 50m", ANN)
        await telegram.until(lambda: telegram.confirmed == last + 1)
    assert passed == ["update arrived", "update kept", "update answered"]


async def test_answers_keep_telegrams_pace_in_a_chat_and_edits_count(
    telegram: TelegramDouble, furnished: Furnished, notebook: Pages
) -> None:
    platform = TelegramPlatform(TOKEN, telegram.url, SystemClock(), notebook, furnished.keyboards)
    async with background(platform.run(furnished.house)):
        await telegram.say("/liqs", ANN)
        await telegram.say("/liqs", BEN)
        await telegram.messages(2)
        sent = next(sent for sent in telegram.sent if sent.chat == ANN)
        await telegram.press(sent, sent.data("5m"), ANN)
        await telegram.until(lambda: sent.edits == 1)
    await platform.close()
    assert telegram.door.most_in(0.9, chat=ANN) == 1
    assert telegram.door.most_in(0.9) == 2


async def test_the_librarys_advice_on_how_to_call_it_is_nothing_for_the_operator(
    telegram: TelegramDouble,
) -> None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        connection = Connection(TOKEN, telegram.url)
        await connection.bot.do_api_request("getUpdates", {"timeout": 0})
        await connection.close()
    assert [str(each.message) for each in said] == []
