"""A database with something in every table, and all of a database to compare."""

from pathlib import Path

from sqlalchemy import text

from bot.flush.flush import Entry, Flush, Span, Stage, Wave
from bot.market import Gap
from bot.pictures.chart import Picture
from bot.ports import BadFrame, Chat, Keyboard, Ledger, Mark, PastSum
from bot.rules import Notice
from bot.story.batch import Batch, Telling
from bot.story.follow import Follow, How, Step
from bot.structure.facts import Candle, Fact, Measure
from storage import Storage, open_storage
from storage.address import understand
from storage.copying import TABLES, Contents
from storage.engines import postgresql_engine, sqlite_reader
from tests.storage.conftest import Home
from tests.storage.samples import ALICE, GROUP, NOW, a_liquidation, a_rule, an_alert
from tests.storage.steps import added, ask, wish

HELD = Contents(rules=2, chats=2, notifications=4, open=3)
"""What it has then."""


async def fill_home(home: Home) -> Home:
    async with open_storage(home.url, home.data_dir) as storage:
        await fill(storage)
    await finish(home)
    return home


async def fill(storage: Storage) -> None:
    """Something in every table, a merged notification, and numbers that were used up."""
    for threshold in (1, 2, 3):
        await added(storage, a_rule(threshold=threshold))

    async def remove(ledger: Ledger) -> None:
        await ledger.remove((await ledger.rules(ALICE))[-1].id)

    await storage.books.keep(remove, Mark("telegram:1", 7), NOW)
    await storage.books.failed(Mark("telegram:1", 8), "press", "TimeoutError", NOW)
    await storage.keyboards.keep(Keyboard("telegram", 1, 2, ("off|1", "é|\n")), NOW)
    await wish(storage, Chat(GROUP, "stopped", NOW, "asked to", role=2**60, share=True))
    rules = await storage.rulebook.of(ALICE)
    await storage.outbox.store([an_alert(rule) for rule in rules], [], NOW)
    for number in (1, 2):
        await storage.outbox.put(GROUP, Notice(f"hello {number} 🔻", NOW), f"{number}", NOW)
    gap = Gap("okx", "swap", NOW, None, "closed")
    await storage.outbox.store([], [], NOW, [a_liquidation(n) for n in range(1000)], [gap])
    await storage.listings.save("okx", [], NOW)
    await storage.notebook.write("offset", "5")
    await storage.quarantine.keep([BadFrame("okx", bytes(range(256)), "no price", NOW)])
    await storage.past.add("file", [PastSum("BTC", "okx", NOW, 1, 2**62, -1)])
    candle = Candle("okx", "BTC", True, 60_000, NOW, 0.1, 1e300, 1e-300, 2 / 3, None, 7.0)
    await storage.facts.keep([Fact("okx", "", Measure.OI_USD, NOW, 1 / 3)], [candle])
    await fill_story(storage)


async def fill_story(storage: Storage) -> None:
    """Something of a flush in each of its tables."""

    async def follow(ledger: Ledger) -> None:
        await ledger.follow(Follow(GROUP, 6, "BTC", how={Step.END: How.OFF}), 1)
        await ledger.hush(GROUP, 2)

    await storage.books.keep(follow, None, NOW)
    telling = Telling("F1.é", 1, "start", NOW, bytes(range(256)))
    span = Span(3, 2**62, NOW)
    wave = Wave(NOW, None, 3, 1, 2, None, span, span, span, span)
    flush = Flush(None, Stage.ONSET, (Entry(Stage.ONSET, NOW),), (wave,), 1, 2, id=2**40)
    await storage.flushes.store(Batch((), (telling,), (flush,), (), b"{}"), NOW)
    await storage.pictures.keep(Picture(bytes(range(256)), "d", "a chart"), NOW)


async def finish(home: Home) -> None:
    """What no book writes on demand: a chain in which a child came before its parent."""
    await ask(
        home,
        "UPDATE notification SET state = 'merged', settled_ms = 5, merged_into = 4 WHERE id = 3",
    )
    await ask(home, "INSERT INTO listing VALUES ('bybit', '[]', 5)")
    await ask(home, "INSERT INTO hour VALUES (0, 'okx', 'BTC', 1, 2, 3, 4, 5, 6, 7)")
    await ask(home, "INSERT INTO pruned VALUES ('telegram', 'dead', 'gone: blocked', 2)")
    await ask(home, "UPDATE chat SET moved_to = 99 WHERE share")


_LAST = {
    False: "SELECT seq FROM sqlite_sequence ORDER BY name",
    True: "SELECT last_value FROM pg_sequences ORDER BY sequencename",
}


async def everything_in(url: str | None, data_dir: Path) -> dict[str, list[object]]:
    """Every row of every table, and the next numbers."""
    address = understand(url, data_dir)
    engine = sqlite_reader(address) if address.file else postgresql_engine(address, 1)
    async with engine.connect() as connection:
        found: dict[str, list[object]] = {}
        for table in TABLES:
            rows = await connection.execute(table.select().order_by(*table.primary_key))
            found[table.name] = [tuple(row) for row in rows]
        found["last numbers"] = list(
            (await connection.execute(text(_LAST[address.file is None]))).scalars()
        )
    await engine.dispose()
    return found
