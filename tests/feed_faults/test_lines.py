"""Lines that break in every way: noticed in 30 s, healed in 15 s, told; nobody else disturbed."""

from typing import NamedTuple

import pytest

from tests.doubles.exchanges import MUTE, PONGS_ONLY, Faults
from tests.feed_faults.rig import a_rig

DRIP_S = 0.003
"""Real seconds, in which the clock goes on by one: a byte a second."""


class Fault(NamedTuple):
    """The double's switches, for the line that stands or for the next (``cut``).

    ``words``: what ``/sources`` says of it.
    """

    exchange: str
    words: str
    switches: dict[str, object]
    cut: bool = True


FAULTS = {
    "answers 503": Fault("aster", "HTTP 503", {"status": 503}),
    "closes at once": Fault("lighter", "broke", {"close_at_once": True}),
    "never answers the handshake": Fault("bitmex", "no answer in 5 s", {"stalled": True}),
    "accepts and is mute": Fault("binance", "not acknowledged", {"says": MUTE}),
    "accepts and answers pings": Fault("bybit", "not acknowledged", {"says": PONGS_ONLY}),
    "goes on with pongs": Fault("binance", "without data", {"says": PONGS_ONLY}, cut=False),
    "a byte a second": Fault("bybit", "not even a pong", {"drip_s": DRIP_S}, cut=False),
    "accepts with a byte a second": Fault("bitget", "not acknowledged", {"drip_s": DRIP_S}),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_a_broken_line_is_noticed_said_healed_and_its_gap_told(fault: Fault) -> None:
    sick = fault.exchange
    async with a_rig(sick, "okx") as rig:
        double = rig[sick]
        await rig.hear()
        for name, value in fault.switches.items():
            setattr(double.faults, name, value)
        if fault.cut:
            double.cut()
        await rig.noticed(sick, fault.words)
        missed = rig.clock.now_ms()
        if "drip_s" not in fault.switches:  # what drips is whole in the end
            await rig.missed(sick)
        await rig.undisturbed("okx")
        double.faults = Faults()
        await rig.healed(sick)
        assert rig.told_as_missed(sick, missed)
        await rig.undisturbed("okx")
