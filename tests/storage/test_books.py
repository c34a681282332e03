"""Chats, instrument tables and notes come back as they were saved."""

import asyncio
from decimal import Decimal

from msgspec.structs import replace

from bot.market import Instrument
from bot.ports import Chat, Chats, Ledger, Listings, Notebook
from storage import Storage
from tests.storage.samples import ALICE, GROUP, NOW
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


async def test_a_cancelled_change_that_had_begun_is_whole(storage: Storage) -> None:
    async def one_more(ledger: Ledger) -> None:
        await ledger.change(ALICE, lambda chat: replace(chat, role=chat.role + 1))
        await ledger.change(
            ALICE, lambda chat: replace(chat, muted_until_ms=chat.muted_until_ms + 1)
        )

    for waits in range(25):
        task = asyncio.create_task(storage.books.keep(one_more, None, NOW))
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
