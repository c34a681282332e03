"""The pages of a flush's story; beside the standard of tone: ``test_tone``."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.clock import HOUR_MS, MINUTE_MS
from bot.figures import Deaf, Reading
from bot.flush.flush import Flush
from bot.sentences.case import Case
from bot.sentences.judging import Judged, judge
from bot.sentences.sentence import State, Verdict
from bot.story.composing import Moment
from bot.story.follow import Step
from bot.wording.flush import page_message
from bot.wording.flush_case import flush_message
from bot.wording.text import Message, Tone
from handlers.discord.style import styled
from handlers.telegram.style import html
from tests.bot.sentences import golden, later, storms
from tests.bot.sentences.golden import FLUSH, NOW, at
from tests.bot.wording import tone_cases
from tests.doubles.telegram_html import parse

LONGEST_LINE = 90
"""Characters; the note on coverage may be longer."""

LATE = len(" · sent 23 h 59 min late")

LAST = "As of {} · F311"
SAMPLES = "At least: Binance, OKX, Bitget and Aster publish samples. "


AWAY = Deaf("binance", at(246), at(288), "closed")


def page(case: Case, step: Step, after_ms: int = 0, direct: bool = True) -> Message:
    return page_message(case, judge(case), step, after_ms, direct, why="F311.7")


def lines(message: Message) -> list[str]:
    """What a Telegram reader sees, as Telegram's own parser has it; times in UTC."""
    return parse(html(message)).text.splitlines()


def twice() -> Case:
    """The event and its second wave, both over."""
    assert later.SECOND.flush is not None
    first, second = later.SECOND.flush.waves
    waves = (first, replace(second, end_ms=later.SECOND_AT))
    return replace(later.SECOND, flush=replace(later.SECOND.flush, waves=waves))


def test_the_start_tells_the_split_and_the_case_behind_it() -> None:
    assert lines(page(golden.CASE, Step.START))[:5] == [
        "🔻 Flush: $526M+ in 1 h · 87% longs",
        "Largest hour in 92 days. BTC −4.9% to $87,020.",
        "",
        "Longs $458M · shorts $68M · imbalance +0.74",
        "BTC $205M · ETH $126M · SOL $53M · rest $142M",
    ]


def test_the_end_says_what_it_was_and_what_is_watched_for() -> None:
    """As it reads when prices and rates are those of hours later."""
    assert lines(page(later.CLOSED, Step.END)) == [
        "✅ Over: $565M+ in 1 h 37 min · 86% longs",
        "Largest hour in 92 days ($526M+).",
        "BTC $88,260: +2.0% off the low, −3.5% from before",
        "",
        "From 01:04 UTC to 02:41 UTC · worst 15 min $296M",
        "Longs $486M · shorts $79M · imbalance +0.72",
        "BTC $205M · ETH $126M · SOL $53M · rest $142M",
        "Largest order $11.8M: BTC long, Bybit, 01:41 UTC",
        "BTC open interest −3.7% in coins since 01:04 UTC",
        "28% of the flushed open interest is back, in coins",
        "Funding +0.031% → +0.009% per 8 h: longs pay far less",
        "Volatility 1.2× its 30-day level, 6.1× at the peak",
        "Bybit $168M · Binance $142M · OKX $90M · 13 more $126M",
        f"{SAMPLES}15 of 16 exchanges heard throughout; Lighter off 01:41 UTC–02:10 UTC.",
        "I watch 8 h for a second wave and tell you either way.",
        LAST.format("10:41 UTC"),
    ]


def test_an_end_without_a_rank_tells_its_largest_hour_all_the_same() -> None:
    told = lines(page(replace(later.CLOSED, standing=None), Step.END))
    assert "From 01:04 UTC to 02:41 UTC · largest hour $526M" in told


def test_an_end_that_was_not_heard_is_none() -> None:
    assert later.CLOSED.flush is not None
    case = replace(later.CLOSED, flush=replace(later.CLOSED.flush, uncertain=True))
    assert lines(page(case, Step.END))[0] == (
        "⚠️ Seems over, not all was heard: $565M+ in 1 h 37 min · 86% longs"
    )
    assert lines(page(case, Step.AFTER, HOUR_MS))[0] == (
        "⚠️ 1 h after the flush of $565M+ in 1 h 37 min · 86% longs, not all was heard"
    )


def test_the_end_of_two_waves_is_about_both() -> None:
    told = lines(page(twice(), Step.END))
    assert told[0] == "✅ Over: $713M+ in 2 waves · 86% longs"
    assert "From 01:04 UTC to 04:51 UTC · worst 15 min $296M" in told
    assert "BTC $264M · ETH $126M · SOL $53M · rest $142M" in told, "coins of both, added up"
    assert "I watch 8 h for a further wave and tell you either way." in told


@pytest.mark.parametrize(
    ("deaf", "said"),
    [
        ((later.LIGHTER, AWAY), "Binance was off 05:10 UTC–05:52 UTC"),
        ((replace(AWAY, to_ms=None),), "Binance was off since 05:10 UTC"),
        ((replace(AWAY, kind="mute"),), "Binance was oddly silent 05:10 UTC–05:52 UTC"),
        ((replace(AWAY, kind="stopped"),), "I was not running 05:10 UTC–05:52 UTC"),
        (
            (AWAY, AWAY, replace(AWAY, exchange="okx"), replace(AWAY, exchange="bybit")),
            "Binance was off 05:10 UTC–05:52 UTC and 2 more were not heard",
        ),
    ],
)
def test_where_an_exchange_was_deaf_it_is_no_all_clear(deaf: tuple[Deaf, ...], said: str) -> None:
    """TONE 3.3, its last line; each reader sees his own times."""
    assert later.CLOSED.flush is not None
    flush = replace(later.CLOSED.flush, deaf=deaf)
    told = lines(page(replace(later.CLOSED, flush=flush), Step.ALL_CLEAR))
    assert told[0] == f"⚠️ No second wave heard in 8 h, but {said}. No all-clear."
    assert not any("what did not happen" in line for line in told), "that is not known"


def test_an_all_clear_is_calm_and_offers_the_files_in_place_of_a_mute() -> None:
    message = page(later.CLOSED, Step.ALL_CLEAR)
    assert message.tone is Tone.CALM
    assert [[(button.label, button.action) for button in row] for row in message.buttons] == [
        [("Why?", "why|F311.7"), ("Case: chart, CSV, JSON", "casefiles|311")]
    ]


def test_a_look_back_tells_what_came_back() -> None:
    told = lines(page(later.CLOSED, Step.AFTER, HOUR_MS))
    assert told[0] == "✅ 1 h after the flush of $565M+ in 1 h 37 min · 86% longs"
    assert "28% of the flushed open interest is back, in coins" in told
    assert "4 h after" in lines(page(later.CLOSED, Step.AFTER, 4 * HOUR_MS))[0]


def test_a_group_hears_shortly_what_matters_at_each_step() -> None:
    def shortly(case: Case, step: Step) -> list[str]:
        return lines(page(case, step, HOUR_MS, direct=False))[1:]

    assert shortly(later.FADING, Step.FADING) == [
        "$18M in the last 15 min, after $296M in the worst 15.",
        "BTC $87,410, +1.0% off the low $86,540",
        "BTC $205M · ETH $126M · SOL $53M · rest $142M",
        "15 of 16 exchanges heard, four of them sampled. As of 02:26 UTC · F311",
    ]
    assert shortly(tone_cases.building(), Step.BUILDING) == [
        "Speeding up: $71M in the last 5 min, $32M in the 5 before.",
        "BTC −2.6% to $89,100",
        "BTC $86M · ETH $51M · SOL $20M · rest $57M",
        "16 of 16 exchanges heard, four of them sampled. As of 01:38 UTC · F311",
    ], "levels are told at length"
    assert "Since then the largest hour was $24M+" in shortly(later.CLOSED, Step.AFTER)
    assert "I watch 8 h for a second wave and tell you either way." in shortly(
        later.CLOSED, Step.END
    )
    assert shortly(later.CLOSED, Step.ALL_CLEAR) == [
        "The flush of 01:04 UTC–02:41 UTC: $565M+, 86% longs. Largest hour in 92 days.",
        "Since then the largest hour was $24M+",
        "BTC $88,260: +2.0% off the low, −3.5% from before",
        "16 of 16 exchanges heard, four of them sampled. F311 closed",
    ], "what counts is who was heard since it ended"


@pytest.mark.parametrize(
    ("step", "head"),
    [
        (Step.START, "🔻 BTC flush: "),
        (Step.BUILDING, "🔻 BTC building: "),
        (Step.PEAK, "🔻 BTC past its peak: "),
        (Step.FADING, "🔻 BTC fading: "),
        (Step.END, "✅ BTC flush over: "),
        (Step.SECOND_WAVE, "🔻 BTC another wave: "),
        (Step.AFTER, "✅ 1 h after the BTC flush of "),
        (Step.ALL_CLEAR, "⚠️ No second wave of BTC heard in 8 h"),
    ],
)
def test_a_coins_flush_names_its_coin_first(step: Step, head: str) -> None:
    flush = replace(FLUSH, coin="BTC")
    assert lines(page(replace(golden.CASE, coin="BTC", flush=flush), step))[0].startswith(head)


def test_a_coins_flush_that_folds_says_where_its_story_goes_on() -> None:
    flush = replace(FLUSH, coin="BTC", within=310)
    told = lines(page(replace(golden.CASE, coin="BTC", flush=flush), Step.PEAK))
    assert told[1] == "Part of the market-wide flush F310 from here on."


def test_buttons_ask_why_open_the_case_and_leave_in_peace() -> None:
    rows = page(golden.CASE, Step.START).buttons
    assert [[(button.label, button.action) for button in row] for row in rows] == [
        [("Why?", "why|F311.7"), ("Case", "flush|311")],
        [("Mute this flush", "hush|311")],
    ]
    assert len(page(golden.CASE, Step.START, direct=False).buttons) == 1


CASES = st.one_of(
    st.sampled_from(
        [
            golden.CASE,
            later.FADING,
            later.CLOSED,
            later.SECOND,
            later.CROWDED,
            later.SQUEEZE,
            twice(),
        ]
    ),
    st.builds(storms.news_burst, st.integers(0, 50), st.integers(2, 40)),
    st.builds(storms.alternating, st.integers(0, 12)),
)


@given(CASES, st.sampled_from(list(Step)), st.booleans(), st.booleans(), st.data())
def test_whatever_happens_a_page_is_short_whole_and_takes_telegrams_parser(
    case: Case, step: Step, direct: bool, known: bool, data: st.DataObject
) -> None:
    flush = case.flush
    assert flush is not None
    if not known:
        case = replace(case, before=None, now=None, peak=None, standing=None, news=None)
    coin = data.draw(st.sampled_from([None, "BTC", "PEPE"]))
    case = replace(case, coin=coin, flush=replace(flush, coin=coin))
    check(flush_message(case, judge(case)))
    check(page(case, step, data.draw(st.sampled_from([0, HOUR_MS, 4 * HOUR_MS])), direct))


def check(message: Message) -> None:
    """Short, whole, and taken by both platforms."""
    told = lines(message)
    assert told[0], "the first line stands on a lock screen"
    assert len("\n".join(told).replace(" UTC", "")) <= 1_000 - LATE
    assert styled(message), "Discord takes it as well"
    for line in told:
        assert "None" not in line
        assert "  " not in line
        assert "heard" in line or len(line.replace(" UTC", "")) <= LONGEST_LINE, line


class OneCase:
    """Looks at the same whatever is asked."""

    def of_flush(self, flush: Flush) -> Case:
        return replace(golden.CASE, flush=flush)

    def of_reading(self, reading: Reading, flush: Flush | None = None) -> Case:
        return golden.CASE


def test_why_asks_about_the_moment_that_was_told_and_not_about_the_latest() -> None:
    moment = Moment(OneCase(), page_message, FLUSH, "F311.3600")
    told = moment.page(Step.START, direct=True, loud=True, edit=False, quotes="")
    assert told.message.buttons[0][0].action == "why|F311.3600"


@pytest.mark.parametrize("step", [Step.START, Step.END])
def test_what_there_is_no_room_for_gives_way_and_who_was_heard_stays(step: Step) -> None:
    detail = Verdict(State.SAID, ("evidence",), ("One of many things that stand out of it",))
    many = [Judged(f"sentence {number}", 1, "nothing", detail) for number in range(60)]
    told = lines(page_message(golden.CASE, [*judge(golden.CASE), *many], step))
    assert 900 < len("\n".join(told).replace(" UTC", "")) <= 1_000 - LATE
    assert told[-1].startswith("As of ")
    assert any("15 of 16 exchanges heard" in line for line in told[-3:])


def test_a_page_is_about_a_flush() -> None:
    with pytest.raises(ValueError, match="about a flush"):
        page(replace(golden.CASE, flush=None), Step.START)


def test_the_length_of_a_wave_that_has_just_begun_is_no_negative_time() -> None:
    wave = replace(golden.WAVE, start_ms=NOW + MINUTE_MS)
    case = replace(golden.CASE, flush=replace(FLUSH, waves=(wave,)))
    assert "in 0 s" in lines(page(case, Step.START))[0]
