"""A ``.env`` file as it is written: names and values, or what is wrong with it in one sentence."""

from collections.abc import Collection, Mapping
from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream
from rapidfuzz import fuzz, process

from bot.errors import ConfigError


def read_env_file(path: Path, known: Collection[str]) -> Mapping[str, str]:
    """Nothing where there is no file. Raises ``ConfigError``, also for a misspelt known name."""
    if not path.exists():
        return {}
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigError(f"{path} cannot be read: {reason}.") from None
    values: dict[str, str] = {}
    for binding in parse_stream(StringIO(text)):
        if binding.error or (binding.key and binding.value is None):
            line = binding.original.line
            raise ConfigError(f"{path}, line {line}: write NAME=value, one a line.")
        if binding.key and binding.value is not None:
            _refuse_misspelt(path, binding.key, binding.original.line, known)
            values[binding.key] = binding.value
    return values


def _refuse_misspelt(path: Path, name: str, line: int, known: Collection[str]) -> None:
    if name.upper() in known:
        return
    near = process.extractOne(name.upper(), known, scorer=fuzz.ratio, score_cutoff=85)
    if near:
        raise ConfigError(f"{path}, line {line}: {name} is no setting; did you mean {near[0]}?")
