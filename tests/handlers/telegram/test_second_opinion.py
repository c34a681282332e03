"""The adapter against a Bot API server that others wrote: a second opinion on ours."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, FormData, web
from lo_bot_api_emulator import LoBotApiEmulator
from telegram import Update

from bot.allowed import Allowed
from bot.clock import SystemClock
from bot.delivery.outcomes import Delivered
from bot.delivery.pacing import Limits
from bot.delivery.turnstile import Turnstile
from bot.pictures.chart import Picture
from bot.rules import Destination
from bot.wording.text import Bold, Button, File, Message
from handlers.telegram.attempts import Attempts, Speak
from handlers.telegram.calls import Calls
from handlers.telegram.connection import Connection
from handlers.telegram.listen import Listener
from handlers.telegram.notify import TelegramNotifier
from tests.fakes import FakeKeyboards
from tests.handlers.telegram.conftest import background

TOKEN = "123:second"
ANN = 41
UNKNOWN_THERE = ("link_preview_options",)


async def served(app: web.Application) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    return runner, f"http://{host}:{port}"


@pytest.fixture
async def emulator() -> AsyncIterator[tuple[LoBotApiEmulator, str]]:
    """The emulator, and in front of it a layer that keeps newer parameters from it."""
    emulator = LoBotApiEmulator()
    behind, address = await served(emulator.app())
    async with ClientSession() as session:

        async def forward(request: web.Request) -> web.Response:
            form = FormData()
            for name, value in (await request.post()).items():
                if isinstance(value, web.FileField):
                    form.add_field(name, value.file.read(), filename=value.filename)
                elif name not in UNKNOWN_THERE:
                    form.add_field(name, value)
            async with session.post(f"{address}{request.path}", data=form) as answer:
                return web.Response(
                    body=await answer.read(), status=answer.status, content_type="application/json"
                )

        app = web.Application()
        app.router.add_post("/{rest:.*}", forward)
        front, url = await served(app)
        yield emulator, url
        await front.cleanup()
    await behind.cleanup()


async def test_messages_buttons_and_edits_are_taken(emulator: tuple[LoBotApiEmulator, str]) -> None:
    connection = Connection(TOKEN, emulator[1])
    calls = Calls(connection.bot, Turnstile(Limits(), SystemClock()))
    notifier = TelegramNotifier(connection.bot, calls, FakeKeyboards(), SystemClock(), Allowed())
    message = Message(("Longs <$5M> & ", Bold("more")), buttons=((Button("Mute", "mute|1h"),),))
    to_ann = Destination("telegram", ANN, direct=True)
    sent = await notifier.deliver(to_ann, message, "L1")
    assert isinstance(sent, Delivered)
    assert await notifier.deliver(to_ann, message, "L1", edits=sent.message) == sent
    await connection.close()


async def test_pictures_captions_quotes_and_files_are_taken(
    emulator: tuple[LoBotApiEmulator, str],
) -> None:
    connection = Connection(TOKEN, emulator[1])
    calls = Calls(connection.bot, Turnstile(Limits(), SystemClock()))
    picture = Picture(b"\x89PNG\r\n\x1a\n", "d1", "a chart")
    message = Message(("Longs <$5M> & ", Bold("more")), picture=picture)
    to_ann = Destination("telegram", ANN, direct=True)
    first = await calls.send(to_ann, message)
    assert isinstance(first, Delivered)
    assert isinstance(await calls.send(to_ann, message, to=first.message), Delivered)
    file = File("F311.csv", b"a,b")
    assert isinstance(await calls.give(to_ann, file, to=first.message), Delivered)
    asked = [request["method"] for request in emulator[0].requests]
    assert asked == ["sendPhoto", "sendPhoto", "sendDocument"]
    await connection.close()


async def test_updates_are_handled_and_confirmed(emulator: tuple[LoBotApiEmulator, str]) -> None:
    server, url = emulator
    connection = Connection(TOKEN, url)
    heard: list[int] = []
    enough = asyncio.Event()

    async def handle(update: Update) -> Speak:
        heard.append(update.update_id)
        return answered

    async def answered() -> None:
        if len(heard) == 2:
            enough.set()

    async def failed(update: int, kind: str, error: str) -> None:
        raise AssertionError(error)

    chat = {"id": ANN, "type": "private", "first_name": "Ann"}
    body = {"message_id": 1, "date": 1_700_000_000, "chat": chat, "text": "/liqs"}
    asked = [await server.enqueue_update({"message": body}, token=TOKEN) for _ in range(2)]
    attempts = Attempts(handle, lambda update: answered, failed, SystemClock())
    async with background(Listener(connection.bot, attempts, SystemClock()).run()):
        async with asyncio.timeout(5):
            await enough.wait()
    assert heard == asked
    assert await connection.bot.get_updates() == ()
    await connection.close()
