"""``liqwatch case``: the same files again, and one sentence for whatever cannot work."""

from pathlib import Path

import pytest

from bot.cli.opening import made_again, number_of, write
from bot.clock import SystemClock
from bot.errors import ConfigError, UserError
from bot.wording.text import File
from tests.bot.casebook.kept import PLAN, kept
from tests.bot.casebook.test_files import TOLD
from tests.fake_flushbook import FakeFlushbook


class Stored:
    """Fulfils what is read of an open database."""

    def __init__(self) -> None:
        flush, self.archive, self.facts = kept(PLAN, "06:00")
        self.flushes = FakeFlushbook()
        self.flushes.kept = {flush.id: flush}
        self.flushes.told = {telling.key: telling for telling in TOLD}


@pytest.mark.parametrize("name", ["F311", "311", "f311", " F311 "])
def test_a_case_is_called_by_its_number(name: str) -> None:
    assert number_of(name) == 311


@pytest.mark.parametrize("name", ["", "F", "flush", "-3", "3.5", "F3F", "٣", "9" * 19])
def test_what_is_no_number_is_said(name: str) -> None:
    with pytest.raises(UserError, match="such as F311"):
        number_of(name)


async def test_a_case_is_made_again_from_what_is_stored() -> None:
    files, line = await made_again(Stored(), 311, SystemClock())
    assert [file.name for file in files] == ["F311.png", "F311.csv", "F311.json"]
    assert files[0].content.startswith(b"\x89PNG")
    again, _ = await made_again(Stored(), 311, SystemClock())
    assert again == files
    assert line == "2 of 2 tellings follow from their records again."


async def test_an_unknown_case_is_one_sentence() -> None:
    with pytest.raises(UserError, match="I know no flush F999; /flushes lists"):
        await made_again(Stored(), 999, SystemClock())


def test_files_go_into_a_folder_that_is_made(tmp_path: Path) -> None:
    write((File("F1.csv", b"a"),), tmp_path / "new" / "one")
    assert (tmp_path / "new" / "one" / "F1.csv").read_bytes() == b"a"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigError, match="cannot write to"):
        write((File("F1.csv", b"a"),), tmp_path / "file")
