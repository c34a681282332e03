"""The same few faults on every exchange, each with a neighbour that must not notice."""

import pytest

from bot.exchanges import EXCHANGES
from tests.doubles.exchanges import ACKS_ONLY, EVERYTHING, MUTE, garbage
from tests.feed_faults.rig import FILLED_S, HEALED_S, NOTICED_S, Rig, a_rig

FILLED = ("okx", "gate", "htx", "deribit", "dydx", "kraken", "bitfinex")
"""Those with a public history."""


def neighbour(name: str) -> str:
    return "okx" if name != "okx" else "bybit"


def test_those_with_a_history_are_those_that_publish_one() -> None:
    assert {name for name, each in EXCHANGES.items() if each.history is not None} == set(FILLED)


async def test_all_are_heard_at_once_and_to_the_cent() -> None:
    async with a_rig(*EXCHANGES) as rig:
        await rig.hear()
        await rig.undisturbed(*EXCHANGES)
        assert not [double.breaches for double in rig.doubles if double.breaches]


@pytest.mark.parametrize("name", EXCHANGES)
async def test_a_close_is_noticed_and_healed(name: str) -> None:
    async with a_rig(name, neighbour(name)) as rig:
        await rig.hear()
        await rig[name].drop()
        await rig.noticed(name, "closed by the exchange")
        missed = await rig.missed(name)
        await rig.healed(name)
        await past_is_told(rig, name, missed)
        await rig.undisturbed(neighbour(name))


@pytest.mark.parametrize("name", EXCHANGES)
async def test_an_outage_is_filled_or_stays_told(name: str) -> None:
    async with a_rig(name, neighbour(name)) as rig:
        await rig.hear()
        await rig[name].shut()
        await rig.noticed(name, "refuses the connection")
        await rig.live_on(60, hurry=2)
        missed = await rig.missed(name)
        await rig.undisturbed(neighbour(name))
        await rig[name].reopen()
        await rig.healed(name)
        await past_is_told(rig, name, missed)
        await rig.undisturbed(neighbour(name))


async def past_is_told(rig: Rig, name: str, missed: int) -> None:
    """By its history, so that nothing is missing; or as missing, where it has none."""
    if name not in FILLED:
        assert rig.told_as_missed(name, missed)
        assert rig.heard_all(name)
        return
    await rig.until(lambda: rig.recovered(name), FILLED_S, "not filled")
    await rig.live_on(5)
    await rig.hear(name)


@pytest.mark.parametrize("name", EXCHANGES)
async def test_an_exchange_that_falls_mute_is_noticed_and_healed(name: str) -> None:
    async with a_rig(name, neighbour(name)) as rig:
        await rig.hear()
        rig[name].faults.says = MUTE
        await rig.noticed(name, "not even a pong|without data")
        rig[name].faults.says = EVERYTHING
        await rig.healed(name)
        await rig.undisturbed(neighbour(name))


@pytest.mark.parametrize("name", EXCHANGES)
async def test_who_acknowledges_and_sends_nothing_is_noticed_and_stays_so(name: str) -> None:
    promised = EXCHANGES[name].data_s or 0.0
    async with a_rig(name, neighbour(name)) as rig:
        await rig.hear()
        rig[name].faults.says = ACKS_ONLY
        await rig[name].drop()
        await rig.noticed(name, "acknowledges and sends nothing")
        missed = await rig.missed(name)
        for _ in range(10):
            await rig.live_on(promised / 5, hurry=promised / 30)
            assert rig.source(name).state == "deaf"
        assert "without data" in await rig.complaint(name)
        rig[name].faults.says = EVERYTHING
        await rig.healed(name)
        await past_is_told(rig, name, missed)
        await rig.undisturbed(neighbour(name))


@pytest.mark.parametrize("name", EXCHANGES)
async def test_garbage_is_quarantined_and_costs_no_more_than_itself(name: str) -> None:
    async with a_rig(name, neighbour(name)) as rig:
        await rig.hear()
        rig[name].faults.spoil = garbage
        await rig.noticed(name, "of its frames unreadable")
        missed = await rig.missed(name)
        await rig.until(lambda: rig.source(name).bad > 1, NOTICED_S)
        assert rig.feeds[name].bad_frames()
        rig[name].faults.spoil = None
        await rig.hear(name)
        await rig.until(lambda: rig.well(name), 62, "not healed")
        assert rig.told_as_missed(name, missed)
        assert rig.source(name).reconnects == 0
        await rig.undisturbed(neighbour(name))


@pytest.mark.parametrize(("outage", "within_s"), [("refuses", HEALED_S), ("answers 503", 130.0)])
async def test_a_scarce_budget_of_connects_lasts_through_a_long_outage(
    outage: str, within_s: float
) -> None:
    """BitMEX allows 60 an hour, of which an attempt that did not reach it is none."""
    async with a_rig("bitmex") as rig:
        double = rig["bitmex"]
        await double.shut()
        if outage == "answers 503":
            double.faults.status = 503
            await double.reopen()
        await rig.live_on(900, hurry=6)
        assert double.attempts < 60
        double.faults.status = None
        await double.reopen()
        await rig.healed("bitmex", within_s)
