"""A platform's faults stay its own."""

import asyncio

from bot.errors import ConfigError
from bot.supervise import fault_of, supervise
from tests.clocks import ManualClock


class Shaky:
    """Fails as often as told, then runs until cancelled."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.starts = 0

    async def run(self) -> None:
        self.starts += 1
        if self.faults:
            raise self.faults.pop(0)
        await asyncio.Event().wait()


async def nobody(name: str, error: ConfigError) -> None:
    raise AssertionError(f"{name} was refused: {error}")


async def test_it_is_started_again_after_a_fault() -> None:
    clock, shaky = ManualClock(), Shaky(ZeroDivisionError(), OSError())
    async with asyncio.TaskGroup() as group:
        task = group.create_task(supervise("x", shaky.run, clock, nobody))
        await clock.advance(120)
        assert shaky.starts == 3
        assert not task.done()
        task.cancel()


async def test_a_refusal_ends_it_for_good_and_is_told_in_its_sentence() -> None:
    told: list[tuple[str, str]] = []

    async def tell(name: str, error: ConfigError) -> None:
        told.append((name, str(error)))

    shaky = Shaky(ConfigError("The token was refused."))
    await supervise("x", shaky.run, ManualClock(), tell)
    assert told == [("x", "The token was refused.")]
    assert shaky.starts == 1


async def test_one_whose_person_left_is_not_started_again() -> None:
    starts = 0

    async def leave() -> None:
        nonlocal starts
        starts += 1

    await supervise("x", leave, ManualClock(), nobody)
    assert starts == 1


async def test_a_fault_can_be_had_as_a_value() -> None:
    async def broken() -> None:
        raise KeyError("a")

    assert isinstance(await fault_of(broken()), KeyError)
    assert await fault_of(asyncio.sleep(0)) is None
