"""Where a terminal's answers put their files."""

from collections.abc import Iterable
from pathlib import Path
from tempfile import mkdtemp

from bot.wording.text import File


class Folder:
    """A new folder within ``parent`` (None: where the system keeps what is temporary), made with
    the first file, for nobody else to read or to foresee."""

    def __init__(self, parent: Path | None = None) -> None:
        self._parent = parent
        self._path: Path | None = None

    def keep(self, files: Iterable[File]) -> list[Path]:
        """Write the files, over those of the same name; where they are. Raises ``OSError``."""
        if self._path is None:
            self._path = Path(mkdtemp(prefix="liqwatch-", dir=self._parent))
        paths = []
        for file in files:
            path = self._path / Path(file.name).name
            path.write_bytes(file.content)
            paths.append(path)
        return paths
