"""Chats, instrument tables and notes; and that no change of any of them is ever lost."""

import asyncio
from decimal import Decimal

import msgspec

from bot.market import Instrument
from bot.ports import Chat, Chats, Listings, Notebook
from storage import Storage
from tests.storage.samples import ALICE, BOB, GROUP, NOW
from tests.storage.steps import wish

BTC = Instrument("okx", "BTC-USD-SWAP", "BTC", "USD", Decimal("100"), linear=False)
PEPE = Instrument("okx", "PEPE-USDT-SWAP", "PEPE", "USDT", Decimal("10000000"), linear=True)


async def test_a_chat_never_heard_of_is_active(storage: Storage) -> None:
    chats: Chats = storage.chats
    assert await chats.get(GROUP) == Chat(GROUP)


async def test_a_chat_comes_back_as_it_was_saved(storage: Storage) -> None:
    chat = Chat(GROUP, "stopped", NOW, "asked to", role=1_234_567_890_123_456_789, share=True)
    await wish(storage, chat)
    assert await storage.chats.get(GROUP) == chat
    assert await storage.chats.get(ALICE) == Chat(ALICE)
    await wish(storage, Chat(GROUP))
    assert await storage.chats.get(GROUP) == Chat(GROUP)


async def test_of_300_changes_at_once_none_is_lost(storage: Storage) -> None:
    def one_more(chat: Chat) -> Chat:
        return msgspec.structs.replace(chat, role=chat.role + 1)

    places = [ALICE, BOB, GROUP]
    await asyncio.gather(*(storage.chats.change(places[n % 3], one_more) for n in range(300)))
    assert [(await storage.chats.get(place)).role for place in places] == [100, 100, 100]


async def test_a_cancelled_change_that_had_begun_is_whole(storage: Storage) -> None:
    def one_more(chat: Chat) -> Chat:
        return msgspec.structs.replace(chat, role=chat.role + 1, muted_until_ms=chat.role + 1)

    for waits in range(25):
        task = asyncio.create_task(storage.chats.change(ALICE, one_more))
        for _ in range(waits):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        # Who is told that it ended may rely on it: what had begun is on disk, whole.
        chat = await storage.chats.get(ALICE)
        assert chat.role == chat.muted_until_ms == waits


async def test_an_instrument_table_comes_back_exactly(storage: Storage) -> None:
    listings: Listings = storage.listings
    await listings.save("okx", [BTC], NOW)
    await listings.save("okx", [BTC, PEPE], NOW + 1)
    assert await listings.load("okx") == [BTC, PEPE]
    assert await listings.load("bybit") == []


async def test_an_empty_table_does_not_replace_a_good_one(storage: Storage) -> None:
    await storage.listings.save("okx", [BTC], NOW)
    await storage.listings.save("okx", [], NOW + 1)
    assert await storage.listings.load("okx") == [BTC]


async def test_a_note_is_the_last_one_written(storage: Storage) -> None:
    notebook: Notebook = storage.notebook
    assert await notebook.read("telegram offset") is None
    await notebook.write("telegram offset", "41")
    await notebook.write("telegram offset", "42")
    assert await notebook.read("telegram offset") == "42"
