"""Property tests find the same in every run; nothing that is logged may hold a token.

``--hypothesis-profile=explore`` looks further.
"""

import logging
from collections.abc import Iterator

import pytest
from hypothesis import settings

from bot.log import Redactor
from tests.leaks import MARKERS, LeakWatch

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", deadline=None, max_examples=1_000)
settings.load_profile("repeatable")


def pytest_configure(config: pytest.Config) -> None:
    """All is heard, for the sake of tokens; what a failing test shows begins at warnings."""
    config.option.log_level = config.option.log_level or "WARNING"
    logging.getLogger().setLevel(logging.DEBUG)


@pytest.fixture(scope="session")
def leak_watch() -> LeakWatch:
    return LeakWatch(Redactor(MARKERS))


@pytest.fixture(autouse=True)
def _no_token_is_logged(leak_watch: LeakWatch) -> Iterator[None]:
    """At DEBUG, in every test: what it finds fails the test that it was found after."""
    leak_watch.watch()
    yield
    leaks, leak_watch.leaks = leak_watch.leaks, []
    assert not leaks, f"a token was logged: {leaks[0]}"
