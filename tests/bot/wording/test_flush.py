"""The pages of a flush's story, line by line beside those of the standard of tone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.clock import HOUR_MS, MINUTE_MS
from bot.figures import Deaf
from bot.flush.flush import Stage
from bot.sentences.case import Case
from bot.sentences.judging import judge
from bot.story.follow import Step
from bot.wording.flush import page_message
from bot.wording.flush_case import flush_message, flushes_message
from bot.wording.text import Message, Tone
from handlers.discord.style import styled
from handlers.telegram.style import html
from tests.bot.sentences import golden, later, storms
from tests.bot.sentences.golden import FLUSH, NOW, at, m
from tests.doubles.telegram_html import parse

LONGEST_LINE = 90
"""Characters; the note on coverage may be longer."""

LAST = "As of {} · F311"
SAMPLES = "At least: Binance, OKX, Bitget and Aster publish samples. "


def page(case: Case, step: Step, after_ms: int = 0, direct: bool = True) -> Message:
    return page_message(case, judge(case), step, after_ms, direct, why="F311.7")


def lines(message: Message) -> list[str]:
    """What a Telegram reader sees, as Telegram's own parser has it; times in UTC."""
    return parse(html(message)).text.splitlines()


def test_the_start_as_it_reads_an_hour_later() -> None:
    """TONE 2.1, without a reader's rule; its first line says that it is a flush."""
    assert lines(page(golden.CASE, Step.START)) == [
        "🔻 Flush: $526M+ in 1 h · 87% longs",
        "Largest hour in 92 days. BTC −4.9% to $87,020.",
        "",
        "BTC $205M · ETH $126M · SOL $53M · rest $142M",
        "Largest order $11.8M: BTC long, Bybit, 01:41 UTC",
        "Slowing: $16M in the last 5 min, $138M in the worst 5",
        "BTC open interest −4.8% in coins since 01:04 UTC",
        "BTC closed below its 7-day low $88,150; 30-day low $85,600 holds",
        "BTC is 39% of this, about its share of open interest (37%)",
        "Alts follow BTC by 4 min",
        "Self-feeding: 4 rounds of burst, new low, burst",
        "No catalyst in the 3 news feeds read at 02:03 UTC",
        "Bybit $168M · Binance $142M · OKX $90M · 13 more $126M",
        f"{SAMPLES}15 of 16 exchanges heard; Lighter off since 01:41 UTC.",
        LAST.format("02:04 UTC"),
    ]


def test_the_short_style_of_a_group() -> None:
    """TONE 2.1, "short"."""
    assert lines(page(golden.CASE, Step.START, direct=False)) == [
        "🔻 Flush: $526M+ in 1 h · 87% longs",
        "Largest hour in 92 days. BTC −4.9% to $87,020.",
        "BTC $205M · ETH $126M · SOL $53M · rest $142M",
        f"{SAMPLES}15 of 16 exchanges heard; Lighter off since 01:41 UTC.",
        LAST.format("02:04 UTC"),
    ]


def test_building_says_that_it_speeds_up_and_what_broke() -> None:
    """TONE 3.1."""
    wave = replace(
        golden.WAVE, long=m(190.5), short=m(23.5), coins=golden.scaled(golden.COINS, 0.4065)
    )
    flush = replace(FLUSH, stage=Stage.BUILDING, waves=(wave,), deaf=())
    told = lines(page(replace(_at(34), flush=flush), Step.BUILDING))
    assert told[0] == "🔻 Building: $214M+ in 34 min · 89% longs"
    assert "BTC $83M · ETH $51M · SOL $21M · rest $58M" in told
    assert told[-1] == LAST.format("01:38 UTC")


def test_fading_is_not_over() -> None:
    """TONE 3.2."""
    told = lines(page(later.FADING, Step.FADING))
    assert told[0] == "🔻 Fading: $526M+ since 01:04 UTC · 87% longs"
    for line in (
        "Largest hour in 92 days. BTC $87,410, +1.0% off the low $86,540.",
        "$18M in the last 15 min, after $296M in the worst 15",
        "BTC open interest −5.2% in coins since 01:04 UTC",
        "Funding +0.031% → +0.004% per 8 h: longs pay far less",
        "15-min volatility at 38% of its peak and falling",
        "Not over. When it is, I watch 8 h for a second wave and tell you either way.",
    ):
        assert line in told


def test_the_end_says_what_it_was_and_what_is_watched_for() -> None:
    told = lines(page(later.CLOSED, Step.END))
    assert told[0] == "✅ Over: $565M+ in 1 h 37 min · 86% longs"
    assert "I watch 8 h for a second wave and tell you either way." in told
    assert not any("the largest hour was" in line for line in told), "it has just ended"


def test_an_end_that_was_not_heard_is_none() -> None:
    assert later.CLOSED.flush is not None
    case = replace(later.CLOSED, flush=replace(later.CLOSED.flush, uncertain=True))
    assert lines(page(case, Step.END))[0] == (
        "⚠️ Seems over, not all was heard: $565M+ in 1 h 37 min · 86% longs"
    )


def test_the_all_clear_that_nobody_else_sends() -> None:
    """TONE 3.3, on a bot that heard Lighter's way back within the event."""
    message = page(later.CLOSED, Step.ALL_CLEAR)
    assert message.tone is Tone.CALM
    assert lines(message) == [
        "✅ All clear: no second wave in 8 h",
        "The flush of 01:04 UTC–02:41 UTC: $565M+, 86% longs. Largest hour in 92 days. "
        "BTC $88,260: +2.0% off the low, −3.5% from before.",
        "",
        "Since then the largest hour was $24M+",
        "BTC open interest −3.7% in coins since 01:04 UTC",
        "28% of the flushed open interest is back, in coins",
        "Funding +0.031% → +0.009% per 8 h: longs pay far less",
        "Volatility 1.2× its 30-day level, 6.1× at the peak",
        f"{SAMPLES}15 of 16 exchanges heard throughout; Lighter off 01:41 UTC–02:10 UTC.",
        "This says what did not happen, not what will.",
        "F311 closed",
    ]


def test_where_an_exchange_was_deaf_it_is_no_all_clear() -> None:
    """TONE 3.3, its last line."""
    assert later.CLOSED.flush is not None
    away = Deaf("binance", at(246), at(288), "closed")
    flush = replace(later.CLOSED.flush, deaf=(away,))
    told = lines(page(replace(later.CLOSED, flush=flush), Step.ALL_CLEAR))
    assert told[0] == (
        "⚠️ No second wave heard in 8 h, but Binance off 05:10–05:52 UTC. No all-clear."
    )


def test_a_second_wave_is_held_against_the_first() -> None:
    """TONE 3.4."""
    told = lines(page(later.SECOND, Step.SECOND_WAVE))
    assert told[:2] == [
        "🔻 Second wave: $148M+ in 22 min · 84% longs",
        "Began 1 h 48 min after the first ended; 26% of its size so far. "
        "BTC $86,310, below the first low $86,540.",
    ]


def test_a_look_back_tells_what_came_back() -> None:
    told = lines(page(later.CLOSED, Step.AFTER, HOUR_MS))
    assert told[0] == "✅ 1 h after the flush of $565M+ in 1 h 37 min · 86% longs"
    assert "28% of the flushed open interest is back, in coins" in told
    assert "4 h after" in lines(page(later.CLOSED, Step.AFTER, 4 * HOUR_MS))[0]


@pytest.mark.parametrize(
    ("step", "head"),
    [
        (Step.START, "🔻 BTC flush: "),
        (Step.BUILDING, "🔻 BTC building: "),
        (Step.PEAK, "🔻 BTC past its peak: "),
        (Step.FADING, "🔻 BTC fading: "),
        (Step.END, "✅ BTC over: "),
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


def test_a_case_tells_the_whole_event() -> None:
    message = flush_message(later.CLOSED, judge(later.CLOSED))
    told = lines(message)
    assert told[0] == "🔻 F311 market-wide: $565M+ · 86% longs · severe"
    for line in (
        "Onset 01:06 UTC · building 01:13 UTC · peak 01:56 UTC · fading 02:26 UTC · over 02:41 UTC",
        "Longs $486M · shorts $79M · imbalance +0.72",
        "Worst minute $39M at 01:42 UTC · 5 min $138M · 15 min $296M · hour $526M",
    ):
        assert line in told
    assert [button.label for row in message.buttons for button in row] == ["Why?", "Files"]
    going_on = flush_message(golden.CASE, judge(golden.CASE))
    assert going_on.buttons[0][-1].action == "hush|311"


def test_several_flushes_are_a_line_each() -> None:
    bitcoin = replace(FLUSH, id=312, coin="BTC")
    message = flushes_message([bitcoin, FLUSH])
    assert lines(message) == [
        "The last 2 flushes",
        "F312 · 22 Nov 01:04 UTC · BTC · $526M+ · 87% longs · severe · peak",
        "F311 · 22 Nov 01:04 UTC · $526M+ · 87% longs · severe · peak",
    ]
    assert [button.action for button in message.buttons[0]] == ["flush|312", "flush|311"]
    assert lines(flushes_message([]))[0] == "No flush seen yet."
    assert lines(flushes_message([], "SOL"))[0] == "No flush of SOL seen yet."


CASES = st.one_of(
    st.sampled_from(
        [golden.CASE, later.FADING, later.CLOSED, later.SECOND, later.CROWDED, later.SQUEEZE]
    ),
    st.builds(storms.news_burst, st.integers(0, 50), st.integers(2, 40)),
    st.builds(storms.alternating, st.integers(0, 12)),
)


@given(CASES, st.sampled_from(list(Step)), st.booleans(), st.booleans(), st.data())
def test_whatever_happens_a_page_is_short_whole_and_takes_telegrams_parser(
    case: Case, step: Step, direct: bool, known: bool, data: st.DataObject
) -> None:
    assert case.flush is not None
    if not known:
        case = replace(case, before=None, now=None, peak=None, standing=None, news=None)
    coin = data.draw(st.sampled_from([None, "BTC", "PEPE"]))
    case = replace(case, coin=coin, flush=replace(case.flush, coin=coin))
    message = page(case, step, data.draw(st.sampled_from([0, HOUR_MS, 4 * HOUR_MS])), direct)
    told = lines(message)
    assert len("\n".join(told)) <= 1_000 + 4 * sum(" UTC" in line for line in told)
    assert styled(message), "Discord takes it as well"
    for line in told:
        assert "None" not in line
        assert "  " not in line
        coverage = "heard" in line or ". " in line
        assert coverage or len(line) <= LONGEST_LINE, line


def _at(minute: int) -> Case:
    shift = at(minute) - NOW
    case = golden.CASE
    minutes = tuple(replace(one, start_ms=one.start_ms + shift) for one in case.minutes)
    reading = replace(
        case.reading, at_ms=at(minute), hearing=replace(case.reading.hearing, deaf=())
    )
    return replace(case, at_ms=at(minute), reading=reading, minutes=minutes, windows=())


def test_a_page_is_about_a_flush() -> None:
    with pytest.raises(ValueError, match="about a flush"):
        page(replace(golden.CASE, flush=None), Step.START)


def test_the_length_of_a_wave_that_has_just_begun_is_no_negative_time() -> None:
    wave = replace(golden.WAVE, start_ms=NOW + MINUTE_MS)
    case = replace(golden.CASE, flush=replace(FLUSH, waves=(wave,)))
    assert "in 0 s" in lines(page(case, Step.START))[0]
