"""Migrations: a filled database keeps every row, and a failed step leaves it as it was."""

from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.delivery.outcomes import Delivered
from bot.errors import ConfigError
from bot.market import Gap
from bot.ports import BadFrame, Keyboard, Ledger, Mark, PastSum
from bot.rules import Notice
from storage import open_report, open_storage
from storage.address import understand
from storage.engines import postgresql_engine, sqlite_migrator
from storage.pruning import KEPT_MS
from storage.schema import migrate, shipped
from storage.tables import Table
from tests.storage.conftest import Home, PostgresServer
from tests.storage.samples import ALICE, BOB, GROUP, NOW, a_liquidation, a_rule, an_alert
from tests.storage.steps import added, on_tape, settled

TABLES = sorted(Table.metadata.tables)
OF_0001 = ("rule", "chat", "notification", "listing", "note")

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "test_next"
down_revision = "{ours}"

def upgrade():
    with op.batch_alter_table("notification") as batch:
        batch.add_column(sa.Column("lane", sa.String(), nullable=False, server_default="alert"))
        batch.alter_column("reason", new_column_name="why")
    with op.batch_alter_table("rule") as batch:
        batch.add_column(sa.Column("quiet", sa.Boolean(), nullable=True))
    {more}

def downgrade():
    with op.batch_alter_table("rule") as batch:
        batch.drop_column("quiet")
    with op.batch_alter_table("notification") as batch:
        batch.drop_column("lane")
        batch.alter_column("why", new_column_name="reason")
"""


def newest() -> str:
    head = ScriptDirectory.from_config(shipped()).get_current_head()
    assert head
    return head


def with_next(directory: Path, more: str = "") -> Config:
    """Our migrations and one more after them."""
    (directory / "versions").mkdir()
    config = shipped()
    text = NEXT.format(more=more, ours=newest())
    (directory / "versions" / "test_next.py").write_text(text)
    ours = f"{config.get_main_option('script_location')}/versions"
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{ours}\n{directory / 'versions'}")
    return config


async def fill(home: Home) -> None:
    async with open_storage(home.url, home.data_dir) as storage:
        rules = [
            await added(storage, a_rule(place, threshold=n), 50)
            for place in (ALICE, GROUP)
            for n in (1, 2, 3)
        ]
        await storage.outbox.store([an_alert(rule) for rule in rules], [], NOW)
        for one in await storage.outbox.claim("telegram", NOW, 9, 1000, set()):
            await storage.outbox.settle(one, Delivered(message=1), NOW)
        await storage.notebook.write("offset", "5")
        gap = Gap("okx", "swap", NOW, None, "closed")
        await storage.outbox.store([], [], NOW, [a_liquidation()], [gap])
        await storage.quarantine.keep([BadFrame("okx", b"?", "no price", NOW)])
        await storage.past.add("file", [PastSum("BTC", "okx", NOW, 1, 1, 1)])
        await storage.books.keep(nothing, Mark("telegram:1", 1), NOW)
        await storage.books.failed(Mark("telegram:1", 2), "message", "TimeoutError", NOW)
        await storage.keyboards.keep(Keyboard("telegram", 1, 1, ("off|1",)), NOW)
        await storage.outbox.put(BOB, Notice("hello", NOW), "greeting", NOW - 1)
        await settled(storage, Delivered(message=1), NOW - 1)
        await storage.outbox.thin(NOW + KEPT_MS)  # that alone ended long enough before


async def nothing(_: Ledger) -> None:
    """A command without an effect of its own: only its mark is noted."""


@pytest.fixture(params=["sqlite", "postgresql"])
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """A database of its own, since it will not stay as the others expect it."""
    if request.param == "sqlite":
        return Home(None, tmp_path)
    server: PostgresServer = request.getfixturevalue("postgres")
    return Home(server.url(server.fresh()), tmp_path)


@pytest.fixture
async def filled(own: Home) -> Home:
    await fill(own)
    return own


@pytest.fixture
async def engine(filled: Home) -> AsyncIterator[AsyncEngine]:
    address = understand(filled.url, filled.data_dir)
    made = sqlite_migrator(address) if address.file else postgresql_engine(address, 1)
    async with made.begin() as connection:
        # A child of another row: what a careless rebuild of the table would lose.
        await connection.execute(text("UPDATE notification SET merged_into = 1 WHERE id > 3"))
    yield made
    await made.dispose()


async def rows(engine: AsyncEngine, tables: Iterable[str] = TABLES) -> dict[str, int]:
    async with engine.begin() as connection:
        found = {}
        for table in tables:
            count = await connection.execute(text(f'SELECT count(*) FROM "{table}"'))  # noqa: S608
            found[table] = count.scalar_one()
        children = "SELECT count(*) FROM notification WHERE merged_into = 1"
        found["children"] = (await connection.execute(text(children))).scalar_one()
        return found


async def test_a_filled_database_goes_up_and_down_and_keeps_every_row(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    before = await rows(engine)
    assert before["rule"] == before["notification"] == 6 and before["pruned"] == 1
    assert before["children"] == 5  # two were merged into it, three more by hand
    config = with_next(tmp_path)
    await migrate(engine, config, "here")
    assert await rows(engine) == before
    await migrate(engine, config, "here", to=newest())
    assert await rows(engine) == before


async def test_a_filled_database_of_the_first_version_keeps_every_row(
    engine: AsyncEngine, filled: Home
) -> None:
    before = await rows(engine, OF_0001)
    await migrate(engine, shipped(), "here", to="0001")
    assert await rows(engine, OF_0001) == before
    with pytest.raises(ConfigError, match="not of this version yet: start the bot once"):
        async with open_report(filled.url, filled.data_dir):
            pass
    async with open_storage(filled.url, filled.data_dir) as storage:
        assert len(await storage.rulebook.of(ALICE)) == 3
        assert await storage.notebook.read("offset") == "5"
        await storage.outbox.store([], [], NOW, [a_liquidation()])
        assert await on_tape(storage) == [a_liquidation()]
    assert await rows(engine, OF_0001) == before


async def test_a_migration_that_fails_leaves_everything_as_it_was(
    engine: AsyncEngine, filled: Home, tmp_path: Path
) -> None:
    before = await rows(engine)
    config = with_next(tmp_path, more="op.execute('SELECT * FROM no_such_table')")
    with pytest.raises(Exception, match="no_such_table"):
        await migrate(engine, config, "here")
    assert await rows(engine) == before
    async with open_storage(filled.url, filled.data_dir) as storage:
        assert len(await storage.rulebook.of(ALICE)) == 3


async def test_a_migration_that_orphans_rows_is_refused(
    engine: AsyncEngine, tmp_path: Path
) -> None:
    before = await rows(engine)
    config = with_next(tmp_path, more="op.execute('DELETE FROM notification WHERE id = 1')")
    with pytest.raises(Exception, match=r"without their parents|violates foreign key"):
        await migrate(engine, config, "here")
    assert await rows(engine) == before


async def test_the_migrations_make_what_the_tables_say(engine: AsyncEngine) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Table.metadata))

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_the_first_version_can_be_taken_back_and_made_again(engine: AsyncEngine) -> None:
    await migrate(engine, shipped(), "here", to="base")
    await migrate(engine, shipped(), "here")
    assert sum((await rows(engine)).values()) == 0
