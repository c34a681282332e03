"""What each follower hears of a story, in lines; rings are few."""

from msgspec.structs import replace

from bot.events import ChatMoved, FlushMuted, FollowRemoved, FollowSaved
from bot.flush.flush import Severity
from bot.story.follow import Follow, How, Step
from tests.bot.flush.tapes import tape
from tests.bot.story.theatre import GROUP, PERSON, Theatre, settle, told

CALM = (0.05, 0.05)
ONE_WAVE = tape([("02:00", *CALM), ("02:04", 20, 1), ("02:09", 6, 1), ("02:15", *CALM)], "11:00")
TWO_WAVES = tape(
    [
        ("02:00", *CALM), ("02:04", 20, 1), ("02:09", 6, 1), ("02:15", *CALM),
        ("04:10", 30, 1), ("04:14", *CALM),
    ],
    "13:00",
)  # fmt: skip
MINE = Follow(PERSON, 7, severity=Severity.MINOR)


def rings(theatre: Theatre) -> list[str]:
    return [line for line in theatre.book.story(edits=False) if line.startswith("ring")]


async def test_by_default_start_and_end_ring_and_the_all_clear_comes_silently() -> None:
    theatre = await told(ONE_WAVE, MINE)
    assert theatre.book.story(edits=False) == [
        "ring F1: F1 start",
        "ring F1:end1 -> F1: F1 end",
        "silent F1:all clear1 -> F1: F1 all clear",
    ]


async def test_a_second_wave_rings_too_and_a_whole_story_never_more_than_three_times() -> None:
    theatre = await told(TWO_WAVES, MINE)
    assert rings(theatre) == [
        "ring F1: F1 start",
        "ring F1:end1 -> F1: F1 end",
        "ring F1:second wave2 -> F1: F1 second wave",
    ]


async def test_what_is_off_is_not_said_and_what_is_silent_rings_nobody() -> None:
    quiet = {Step.START: How.SILENT, Step.END: How.OFF, Step.ALL_CLEAR: How.OFF}
    theatre = await told(ONE_WAVE, replace(MINE, how=quiet))
    assert theatre.book.story(edits=False) == ["silent F1: F1 start"]


async def test_who_follows_from_severe_on_hears_nothing_of_less() -> None:
    theatre = await told(
        tape([("02:00", *CALM), ("02:04", 3, 0.1), ("02:07", *CALM)], "11:00"),
        replace(MINE, severity=Severity.SEVERE),
    )
    assert theatre.book.story() == []


async def test_later_stages_answer_the_first_page_where_people_have_written_since() -> None:
    theatre = Theatre(replace(MINE, how={Step.END: How.EDIT}))
    theatre.begin()
    await settle(20)
    half = len(ONE_WAVE) // 4
    await theatre.play(ONE_WAVE[:half])
    theatre.narration.activity.spoke(PERSON, theatre.real.now_ms() + 1)
    await theatre.play(ONE_WAVE[half:])
    await theatre.kill()
    assert any(line.startswith("silent F1:") for line in theatre.book.story(edits=False))


async def test_who_mutes_a_flush_hears_no_more_of_it() -> None:
    theatre = Theatre(MINE)
    theatre.begin()
    await settle(20)
    half = len(ONE_WAVE) // 4
    await theatre.play(ONE_WAVE[:half])
    theatre.narration.pass_on(FlushMuted(PERSON, 1))
    await settle(20)
    said = len(theatre.book.story())
    assert said
    await theatre.play(ONE_WAVE[half:])
    await theatre.kill()
    assert len(theatre.book.story()) == said


async def test_who_follows_from_now_on_hears_what_is_to_come_and_who_does_not_nothing() -> None:
    theatre = Theatre()
    theatre.begin()
    await settle(20)
    theatre.narration.pass_on(FollowSaved(MINE))
    theatre.narration.pass_on(FollowSaved(replace(MINE, destination=GROUP)))
    theatre.narration.pass_on(FollowRemoved(GROUP, None))
    await theatre.play(ONE_WAVE)
    await theatre.kill()
    assert rings(theatre)
    assert theatre.book.story(GROUP) == []


async def test_a_group_with_a_new_id_is_told_there() -> None:
    moved = replace(GROUP, chat=-200)
    theatre = Theatre(replace(MINE, destination=GROUP))
    theatre.begin()
    await settle(20)
    half = len(ONE_WAVE) // 4
    await theatre.play(ONE_WAVE[:half])
    theatre.narration.pass_on(ChatMoved(GROUP.platform, GROUP.chat, moved.chat))
    await theatre.play(ONE_WAVE[half:])
    await theatre.kill()
    assert any("end" in line for line in theatre.book.story(moved, edits=False))


async def test_a_coins_flush_is_a_part_of_the_markets_for_who_follows_both() -> None:
    theatre = await told(ONE_WAVE, MINE, replace(MINE, coin="BTC"))
    assert len(rings(theatre)) == 2, "the coin's flush rings nobody beside the market's"
