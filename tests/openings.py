"""What every opening of a database would do anew is done once for all tests of a process.

Statements are compiled for a dialect, and each engine makes one of its own; the program opens one
database in its life, a test a new one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Dialect
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage import engines, schema


@contextmanager
def made_once() -> Iterator[None]:
    dialects: dict[str, Dialect] = {}
    compiled: dict[str, dict[Any, Any]] = {}
    scripts: dict[str | None, ScriptDirectory] = {}

    def engine(*address: Any, **wishes: Any) -> AsyncEngine:
        made = create_async_engine(*address, **wishes)
        name = made.dialect.name
        known = dialects.setdefault(name, made.dialect)
        if _has_met_its_server(known):
            made.sync_engine.dialect = known
        else:
            dialects[name] = made.dialect
        statements = compiled.setdefault(name, {})
        made.sync_engine.update_execution_options(compiled_cache=statements)
        return made

    def shipped(config: Config) -> ScriptDirectory:
        if config.get_main_option("version_locations"):
            return ScriptDirectory.from_config(config)
        place = config.get_main_option("script_location")
        if place not in scripts:
            scripts[place] = ScriptDirectory.from_config(config)
        return scripts[place]

    class Scripts:
        from_config = staticmethod(shipped)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "create_async_engine", engine)
        patch.setattr(schema, "ScriptDirectory", Scripts)
        yield


def _has_met_its_server(dialect: Dialect) -> bool:
    """Before its first connection a dialect does not know what it speaks to."""
    return getattr(dialect, "server_version_info", None) is not None
