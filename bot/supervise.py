"""Keeps one platform or feed alive without its neighbours noticing."""

from collections.abc import Awaitable, Callable

import structlog

from bot.backoff import Backoff
from bot.clock import Clock
from bot.errors import ConfigError

log = structlog.get_logger()


async def supervise(
    name: str,
    run: Callable[[], Awaitable[None]],
    clock: Clock,
    refused: Callable[[str, ConfigError], Awaitable[None]],
) -> None:
    """Run ``run`` again whenever it fails, with backoff.

    It is over when ``run`` returns (its person has left) or raises ``ConfigError``:
    ``refused(name, error)`` is then told why it will not be tried again.
    """
    backoff = Backoff()
    while True:
        started = clock.monotonic()
        try:
            await run()
            return
        except ConfigError as error:
            await refused(name, error)
            return
        except Exception:  # one's fault must stay its own
            log.exception("failed, and begins anew", which=name)
        await clock.sleep(backoff.after(clock.monotonic() - started))


async def fault_of(work: Awaitable[object]) -> Exception | None:
    """Await one person's question; what went wrong in it comes back as a value.

    So that a platform can say sorry and listen on to everybody else.
    """
    try:
        await work
    except Exception as error:  # noqa: BLE001 -- returned: one question must not end the rest
        return error
    return None
