"""Property tests find the same in every run; nothing that is logged may hold a token.

``--hypothesis-profile=explore`` looks further.
"""

import gc
import logging
import ssl
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import settings

from bot.log import Redactor
from tests.leaks import MARKERS, LeakWatch

settings.register_profile(
    "repeatable", derandomize=True, deadline=None, database=None, max_examples=50
)
settings.register_profile("explore", deadline=None, max_examples=1_000)
settings.load_profile("repeatable")


def pytest_configure(config: pytest.Config) -> None:
    """All is heard, for the sake of tokens; what a failing test shows begins at warnings."""
    config.option.log_level = config.option.log_level or "WARNING"
    logging.getLogger().setLevel(logging.DEBUG)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Among several workers, tests that wait stand evenly between those that compute."""
    if not hasattr(config, "workerinput"):
        return
    waiting = [item for item in items if "tests/e2e/" in item.nodeid]
    computing = [item for item in items if "tests/e2e/" not in item.nodeid]
    apart = len(computing) // max(1, len(waiting)) + 1
    items[:] = [
        item
        for number, one in enumerate(waiting)
        for item in (one, *computing[number * apart : (number + 1) * apart])
    ] + computing[len(waiting) * apart :]


def pytest_collection_finish() -> None:
    """What was loaded stays: to count through it again and again was a tenth of all time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _certificates_are_read_once() -> Iterator[None]:
    """By all clients of a process; the program has two in its life, the tests hundreds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", cache(ssl.create_default_context))
        yield


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
