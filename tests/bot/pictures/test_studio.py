"""Charts are drawn once, elsewhere; whatever goes wrong there costs the picture alone."""

import asyncio
import sys

import pytest

from bot.clock import SystemClock
from bot.pictures.alt import alt_text
from bot.pictures.studio import KEPT, WAITING, Studio
from tests.bot.pictures.charts import a_chart
from tests.clocks import ManualClock

COUNTED = """
import pathlib, sys
sys.stdin.buffer.read()
with pathlib.Path({path!r}).open("a") as file:
    file.write("drawn ")
sys.stdout.buffer.write(b"\\x89PNG\\r\\n\\x1a\\n" + b"a picture")
"""


def python(program: str) -> tuple[str, ...]:
    return (sys.executable, "-I", "-S", "-c", program)


def counting(path: object) -> tuple[str, ...]:
    return python(COUNTED.format(path=str(path)))


async def test_a_chart_is_drawn_in_another_process_and_matplotlib_stays_there() -> None:
    program = (
        "import asyncio, sys\n"
        "from bot.clock import SystemClock\n"
        "from bot.pictures.studio import Studio\n"
        "from tests.bot.pictures.charts import a_chart\n"
        "picture = asyncio.run(Studio(SystemClock()).picture(a_chart()))\n"
        "print(len(picture.png) > 10_000, 'matplotlib' in sys.modules)\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert said.decode().split() == ["True", "False"]


async def test_the_same_chart_is_drawn_once_for_all_who_ask(tmp_path: object) -> None:
    studio = Studio(SystemClock(), counting(f"{tmp_path}/count"))
    first, second = await asyncio.gather(studio.picture(a_chart()), studio.picture(a_chart()))
    third = await studio.picture(a_chart())
    assert first is not None
    assert first is second is third
    assert first.alt == alt_text(a_chart())
    with open(f"{tmp_path}/count") as file:  # noqa: ASYNC230, PTH123
        assert file.read() == "drawn "


async def test_another_content_is_another_picture_and_the_oldest_are_forgotten(
    tmp_path: object,
) -> None:
    studio = Studio(SystemClock(), counting(f"{tmp_path}/count"))
    digests = set()
    for number in range(KEPT + 1):
        picture = await studio.picture(a_chart(title=str(number)))
        assert picture is not None
        digests.add(picture.digest)
    assert len(digests) == KEPT + 1
    await studio.picture(a_chart(title="0"))
    with open(f"{tmp_path}/count") as file:  # noqa: ASYNC230, PTH123
        assert file.read().count("drawn") == KEPT + 2


@pytest.mark.parametrize(
    "command",
    [python("raise SystemExit(1)"), python("print('no picture')"), ("/nowhere/python",)],
    ids=["it fails", "it says something else", "it does not exist"],
)
async def test_what_cannot_be_drawn_is_no_picture_and_may_be_tried_again(
    command: tuple[str, ...],
) -> None:
    studio = Studio(SystemClock(), command)
    assert await studio.picture(a_chart()) is None
    assert await studio.picture(a_chart()) is None


async def test_a_drawing_that_never_ends_is_ended() -> None:
    clock = ManualClock()
    studio = Studio(clock, python("import time; time.sleep(600)"))
    asked = asyncio.create_task(studio.picture(a_chart()))
    async with asyncio.timeout(10):
        while not asked.done():
            await clock.advance(5.0)
            await asyncio.sleep(0.01)
    assert await asked is None


async def test_too_many_at_once_are_not_drawn_and_a_close_ends_the_others() -> None:
    studio = Studio(SystemClock(), python("import time; time.sleep(600)"))
    asked = [
        asyncio.create_task(studio.picture(a_chart(title=str(number)))) for number in range(WAITING)
    ]
    await asyncio.sleep(0)
    assert await studio.picture(a_chart(title="one more")) is None
    async with asyncio.timeout(10):
        await studio.close()
        ended = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(each, asyncio.CancelledError) for each in ended)


async def test_who_stops_waiting_takes_the_picture_from_nobody(tmp_path: object) -> None:
    studio = Studio(SystemClock(), counting(f"{tmp_path}/count"))
    impatient = asyncio.create_task(studio.picture(a_chart()))
    patient = asyncio.create_task(studio.picture(a_chart()))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient is not None
