"""Whatever is typed or pressed: a reply, never an exception, never silence in private."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.commands import COMMANDS, VERBS
from handlers.routing.repairs import RUN
from tests.handlers.asking import GROUP, ask, push, say, words
from tests.handlers.commands.flushed import GOING_ON, OVER, flushing

_TYPED = (
    "BTC btcc all 1h 5m 2h long shorts imbalance order > < 50m 80% 1.5b $50,000,000 nan inf 1e309 "
    "market severe end ring off second wave F311 L1 "
    "-5m 0 ５０m \u202e \u200b | @1 list remove 7 bybit binance <b> @everyone 1000PEPE"
)
WORDS = st.sampled_from(_TYPED.split(" "))
TEXTS = st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=8).map(" ".join))


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from([*COMMANDS, "moon", ""]), text=TEXTS)
def test_any_text_to_any_command_is_answered(name: str, text: str) -> None:
    asyncio.run(_ask_everywhere(name, text))


async def _ask_everywhere(name: str, text: str) -> None:
    here = await flushing(OVER, running=(GOING_ON,))
    reply = await ask(f"/{name} {text}", here)
    assert reply.message is not None
    assert words(reply).strip()
    await ask(f"/{name} {text}", here, GROUP)
    assert words(await say(text, here)).strip()


@settings(max_examples=150, deadline=None)
@given(
    verb=st.one_of(st.sampled_from([*VERBS, RUN, ""]), st.text(max_size=10)),
    arguments=st.lists(
        st.one_of(st.text(max_size=20), WORDS, st.sampled_from([*COMMANDS])), max_size=4
    ),
)
def test_any_press_is_answered(verb: str, arguments: list[str]) -> None:
    async def pressed() -> None:
        here = await flushing(OVER, running=(GOING_ON,))
        reply = await push("|".join([verb, *arguments]), here)
        assert reply.message is not None or reply.toast

    asyncio.run(pressed())
