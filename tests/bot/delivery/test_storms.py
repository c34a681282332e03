"""What must stand in a storm, measured with the real courier on a manual clock."""

from functools import partial

import pytest
from msgspec.structs import replace

from bot.delivery.pacing import Limits
from tests.bot.delivery.platforms import DISCORD, TELEGRAM, ClockDiscord, ClockTelegram
from tests.bot.delivery.storms import Storm, Wish, cascade, questions, share, storm
from tests.clocks import ManualClock
from tests.torture import times

PER_SECOND = times(3)
"""A tenth of the chats at a tenth of the pace in ``make test``; under torture Telegram's own."""

CHATS, GROUPS, ALERTS = times(200), times(20), times(930)
SHAPES = ((1, 4, 3, 1, 1), (6, 2, 1, 1), (1, 2, 3, 2, 1, 1))
LONE = 999_999


def telegram() -> tuple[Limits, partial[ClockTelegram]]:
    """Limits and double of a Telegram of this run's size."""
    limits = replace(TELEGRAM, per_second=PER_SECOND)
    return limits, partial(ClockTelegram, per_second=PER_SECOND)


@pytest.mark.parametrize("minutes", SHAPES[: times(1)])
async def test_a_cascade_reaches_everybody_within_a_minute_and_questions_are_answered(
    minutes: tuple[int, ...],
) -> None:
    wishes = cascade(ALERTS, CHATS, GROUPS, minutes)
    wishes += questions(times(60), CHATS, GROUPS, span_s=300)
    passed = await storm(wishes, *telegram())
    accounts = await passed.office.outbox.accounts()
    assert passed.p95() <= 60
    assert passed.longest() <= 120
    assert share(passed.answers, 0.95) <= 2
    assert passed.platform.provoked < 0.01 * passed.platform.calls.total()
    assert accounts.whole
    assert (accounts.created, accounts.open, accounts.dead) == (ALERTS, 0, 0)


@pytest.mark.parametrize("merged", [True, False][: times(1)])
async def test_one_chat_with_400_alerts_delays_nobody_else(merged: bool) -> None:
    wishes = cascade(times(90), times(30), times(3), (1, 1))
    wishes += [Wish(30.0, chat) for chat in range(times(3) + 1, times(30) + 1)]
    flood = [Wish(number / 4, LONE) for number in range(400)]
    without = await storm(wishes, *telegram(), merged=merged)
    beside = await storm(wishes + flood, *telegram(), merged=merged)
    assert len(beside.waits[LONE]) == 400
    assert beside.p95(but=LONE) <= 1.2 * without.p95()


@pytest.mark.parametrize("chat_by_chat", [False, True])
async def test_1000_sends_over_100_discord_channels_take_hardly_longer_than_they_must(
    chat_by_chat: bool,
) -> None:
    chats = [number % 100 + 1 for number in range(1_000)]
    wishes = [Wish(0.0, chat) for chat in (sorted(chats) if chat_by_chat else chats)]
    passed = await storm(wishes, DISCORD, ClockDiscord, merged=False)
    assert isinstance(passed.platform, ClockDiscord)
    assert passed.platform.calls.total() == len(passed.office.outbox.delivered) == 1_000
    assert passed.platform.provoked == 0
    assert passed.platform.overall.most_together <= 50
    assert passed.platform.ended_at <= 1.05 * 1_000 / 50


async def test_1000_telegram_chats_are_reached_at_97_percent_of_its_pace() -> None:
    wishes = [Wish(0.0, chat) for chat in range(1, 1_001)]
    passed = await storm(wishes, TELEGRAM, ClockTelegram)
    assert isinstance(passed.platform, ClockTelegram)
    assert passed.platform.overall.most_together <= 30
    assert 0.97 * passed.platform.ended_at <= 1_000 / 30


async def test_a_flood_of_questions_leaves_the_alerts_their_share() -> None:
    wishes = [Wish(number / 40, number + 1, question=True) for number in range(1_200)]
    wishes += [Wish(10.0, 5_000 + number) for number in range(60)]
    passed = await storm(wishes, TELEGRAM, ClockTelegram)
    assert isinstance(passed.platform, ClockTelegram)
    assert passed.longest() <= 60 / (0.2 * 30) + 3
    assert passed.platform.overall.most_together <= 30


async def limited(after_s: float | None) -> Storm:
    """A busy minute in which the platform asks one chat for patience; None: nobody."""

    def platform(clock: ManualClock) -> ClockTelegram:
        double = ClockTelegram(clock)
        if after_s is not None:
            double.bans[LONE] = after_s
        return double

    wishes = cascade(1_200, 400, 40, (3, 1))
    wishes += [Wish(1.0 + number, LONE) for number in range(60)]
    return await storm(wishes, TELEGRAM, platform)


async def test_one_chats_429_is_obeyed_to_the_moment_and_changes_nothing_for_others() -> None:
    quiet = await limited(None)
    for after_s in (1.0, 60.0, 3_600.0)[: times(2)]:
        passed = await limited(after_s)
        assert passed.platform.early == passed.platform.provoked == 0
        assert max(passed.waits[LONE]) == pytest.approx(after_s, rel=0.1, abs=3.0)
        assert abs(passed.p95(but=LONE) - quiet.p95(but=LONE)) < 0.1 * quiet.p95(but=LONE)


@pytest.mark.parametrize("after_s", [1.0, 60.0])
async def test_nobody_is_called_before_a_429_for_all_is_over(after_s: float) -> None:
    limits, made = telegram()

    def platform(clock: ManualClock) -> ClockTelegram:
        double = made(clock)
        double.ban_all = after_s
        return double

    passed = await storm(cascade(times(120), times(40), times(4), (3, 1)), limits, platform)
    accounts = await passed.office.outbox.accounts()
    assert passed.platform.early == 0
    assert (accounts.open, accounts.dead) == (0, 0)
