"""The command line as a person meets it: what cannot work is one sentence and exit code 2."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from bot.rules import Destination, Notice
from storage import open_storage
from tests.e2e.process import ran
from tests.e2e.rig import World

CHAT = Destination("telegram", 7_000_000_001, direct=True)
NOW_MS = 1_700_000_000_000


async def mistake(folder: Path, environment: Mapping[str, str], *arguments: str) -> str:
    """What a run that must fail said: one sentence."""
    end = await ran(folder, environment, *arguments)
    assert end.code == 2, end
    assert "Traceback" not in end.err
    last = end.err.strip().splitlines()[-1]
    assert not last.startswith("20"), f"the last line is of the log: {last}"
    return last


async def test_a_wrong_token_alone_ends_with_a_sentence(world: World, tmp_path: Path) -> None:
    world.telegram.token = "1:another-one"
    environment = world.environment("telegram")
    sentence = await mistake(tmp_path, environment, "run")
    assert "TELEGRAM_TOKEN" in sentence
    assert environment["TELEGRAM_TOKEN"] not in sentence


async def test_a_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    where = tmp_path / "taken" / "data"
    said = await mistake(tmp_path, {"DATA_DIR": str(where)}, "run")
    assert str(where) in said


async def test_a_broken_env_file_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("EXCHANGES=bybit\nthis is no setting\n")
    assert ".env, line 2" in await mistake(tmp_path, {}, "run")


async def test_a_rule_that_cannot_be_understood_ends_a_replay(tmp_path: Path) -> None:
    (tmp_path / "frames.jsonl").write_text("")
    said = await mistake(tmp_path, {}, "replay", "frames.jsonl", "--rule", "BTC 5m long > nan")
    assert "nan" in said


async def test_a_file_that_is_not_there_ends_a_replay(tmp_path: Path) -> None:
    assert "nothing.jsonl" in await mistake(tmp_path, {}, "replay", "nothing.jsonl")


async def test_a_terminal_that_cannot_show_every_letter_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "frames.jsonl").write_text("")
    end = await ran(tmp_path, {"PYTHONIOENCODING": "ascii"}, "replay", "frames.jsonl")
    assert (end.code, end.err) == (0, "")
    assert "0 liquidations" in end.out


async def test_a_replay_prints_one_object(tmp_path: Path) -> None:
    order = {"T": 1_723_895_903_000, "s": "BTCUSDT", "S": "Buy", "v": "200", "p": "60000"}
    frame = {"topic": "allLiquidation.BTCUSDT", "type": "snapshot", "ts": order["T"]}
    text = json.dumps(frame | {"data": [order]})
    line = {"exchange": "bybit", "received": 1_723_895_903_305, "frame": text}
    (tmp_path / "frames.jsonl").write_text(json.dumps(line) + "\n")
    end = await ran(tmp_path, {}, "replay", "frames.jsonl", "--json", "--rule", "BTC 5m long > 10m")
    assert end.code == 0, end.err
    told = json.loads(end.out)
    assert (told["events"], told["long_usd"], told["short_usd"]) == (1, "12000000", "0")
    assert len(told["alerts"]) == 1


async def test_the_demo_without_a_terminal_plays_through_and_compares(tmp_path: Path) -> None:
    end = await ran(tmp_path, {"TMPDIR": str(tmp_path)}, "demo", "--speed", "3600", patience_s=180)
    assert end.code == 0, end.err
    assert "The bot's hour equals the tape's to the cent." in end.out
    assert end.out.index("🔻") < end.out.index("✅ Over") < end.out.index("✅ All clear: no second")
    assert 1 <= end.out.count("it rings") <= 3
    saved = [Path(line.removeprefix("Saved: ")) for line in lines_with("Saved: ", end.out)]
    assert {path.suffix for path in saved} == {".png", ".csv", ".json"}
    assert all(path.stat().st_size for path in saved)
    assert end.err == ""


def lines_with(beginning: str, text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(beginning)]


async def test_the_outbox_is_accounted_for_beside_a_running_bot(tmp_path: Path) -> None:
    environment = {"DATA_DIR": "data"}
    assert "start the bot once" in await mistake(tmp_path, environment, "outbox")
    async with open_storage(None, tmp_path / "data") as storage:
        for number in range(3):
            await storage.outbox.put(CHAT, Notice("hello", NOW_MS), f"{number}", NOW_MS)
        look = await ran(tmp_path, environment, "outbox")
        told = await ran(tmp_path, environment, "outbox", "--json")
    assert (look.code, look.err) == (0, "")
    assert "3 created = 0 sent + 0 merged + 0 dead + 3 open: it adds up." in look.out
    fields = json.loads(told.out)
    assert (fields["created"], fields["whole"], fields["oldest_open"]) == (3, True, NOW_MS)


async def test_an_outbox_that_does_not_add_up_ends_with_1(tmp_path: Path) -> None:
    async with open_storage(None, tmp_path / "data") as storage:
        await storage.outbox.put(CHAT, Notice("hello", NOW_MS), "hello", NOW_MS)
    with closing(sqlite3.connect(tmp_path / "data" / "liqwatch.db")) as file:
        file.execute("UPDATE notification SET state = 'lost'")
        file.commit()
    end = await ran(tmp_path, {"DATA_DIR": "data"}, "outbox")
    assert end.code == 1
    assert "it does not add up" in end.out


async def test_a_backup_is_made_beside_a_running_bot_and_restored_when_it_has_stopped(
    tmp_path: Path,
) -> None:
    environment = {"DATA_DIR": "data"}
    async with open_storage(None, tmp_path / "data") as storage:
        await storage.outbox.put(CHAT, Notice("hello", NOW_MS), "hello", NOW_MS)
        made = await ran(tmp_path, environment, "backup", "backup.db")
        assert "already running" in await mistake(tmp_path, environment, "restore", "backup.db")
        await storage.outbox.put(CHAT, Notice("hello", NOW_MS), "later", NOW_MS)
    assert (made.code, made.err) == (0, "")
    assert "0 rules, 0 chats and 1 notification, 1 of them open" in made.out
    assert "there already" in await mistake(tmp_path, environment, "backup", "backup.db")
    assert "no file" in await mistake(tmp_path, environment, "restore", "typo.db")
    back = await ran(tmp_path, environment, "restore", "backup.db")
    assert (back.code, back.err) == (0, "")
    assert "may have been sent since the backup" in back.out
    assert "liqwatch.db.before-restore-" in back.out
    async with open_storage(None, tmp_path / "data") as storage:
        assert (await storage.outbox.accounts()).created == 1


@pytest.mark.parametrize("reachable", [True, False])
async def test_check_tells_what_can_be_reached_from_here(
    world: World, tmp_path: Path, reachable: bool
) -> None:
    if not reachable:
        world.telegram.token = "1:another-one"
    end = await ran(tmp_path, world.environment("telegram", "discord"), "check")
    assert end.code == (0 if reachable else 1), end
    assert end.err == ""
    assert "Bybit: live feed acknowledged" in end.out
    assert "https://discord.com/oauth2/authorize?client_id=" in end.out
    assert ("@liqwatch_bot" in end.out) is reachable
    assert ("@BotFather" in end.out) is not reachable
