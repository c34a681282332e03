"""The texts of the standard of tone, each beside what is rendered of its one event.

What reads otherwise is listed with each text, by the line that it stands for, and why.
"""

import re
from collections.abc import Mapping

from bot.clock import MINUTE_MS
from bot.rules import Alert
from bot.sentences.case import Case
from bot.sentences.judging import judge, told
from bot.story.follow import Step
from bot.wording.alert import alert_message
from bot.wording.flush import page_message
from bot.wording.reading import liqs_message
from bot.wording.text import Message
from handlers.discord.style import styled
from handlers.telegram.style import html
from tests.bot.sentences import golden, later
from tests.bot.sentences.golden import HOUR, NOW
from tests.bot.wording import tone_cases
from tests.bot.wording.events import rule
from tests.doubles.telegram_html import parse, utf16

CAPTION = 1_000

SAMPLES = "At least: Binance, OKX, Bitget and Aster publish samples."
LIGHTER = "15 of 16 exchanges heard throughout; Lighter off 02:41–03:10."

Deviations = Mapping[str, tuple[str, ...]]
"""What stands in place of a line of the standard."""


def read(message: Message) -> list[str]:
    """As Telegram's parser leaves it for a reader in Berlin, spaces of tables made one."""
    shown = parse(html(message)).text
    assert utf16(shown) <= CAPTION
    local = re.sub(r"(\d\d):(\d\d) UTC", lambda at: f"{(int(at[1]) + 1) % 24:02}:{at[2]}", shown)
    return [" ".join(line.split()) for line in local.splitlines()]


def expected(standard: str, instead: Deviations) -> list[str]:
    lines = [line.strip() for line in standard.strip().splitlines()]
    assert set(instead) <= set(lines), "a deviation from what is not there"
    return [told for line in lines for told in instead.get(line, (line,))]


def page(case: Case, step: Step, direct: bool = True) -> Message:
    return page_message(case, judge(case), step, direct=direct)


def an_alert() -> Message:
    fired = Alert(
        rule=rule(),
        episode=1,
        level=1,
        value=HOUR.total,
        at_ms=NOW - 7 * MINUTE_MS,
        reading=HOUR,
        told=told(judge(golden.CASE), 600),
        flush=311,
    )
    return alert_message(fired, NOW)


def test_the_alert() -> None:
    """2.1. The coins' sides are told too; the flush is said to be one."""
    standard = """
        🔻 $526M+ liquidated in 1 h · 87% longs
        Largest hour in 92 days. BTC −4.9% to $87,020.

        Longs $458M · shorts $68M · imbalance +0.74
        BTC $205M · ETH $126M · SOL $53M · rest $142M
        Largest order $11.8M: BTC long, Bybit, 02:41
        Slowing: $16M in the last 5 min, $138M in the worst 5
        BTC open interest −4.8% in coins since 02:04
        BTC closed below its 7-day low $88,150; 30-day low $85,600 holds
        BTC is 39% of this, about its share of open interest (37%)
        Alts follow BTC by 4 min
        Self-feeding: 4 rounds of burst, new low, burst
        No catalyst in the 3 news feeds read at 03:03
        Bybit $168M · Binance $142M · OKX $90M · 13 more $126M
        At least: Binance, OKX, Bitget and Aster publish samples. """
    standard += """15 of 16 exchanges heard; Lighter off since 02:41.
        As of 03:04 · your alert: all 1h > $500M, crossed 02:57 · F311
    """
    instead = {
        "Bybit $168M · Binance $142M · OKX $90M · 13 more $126M": (
            "Longs: BTC 91% · ETH 88% · SOL 86%",
            "Bybit $168M · Binance $142M · OKX $90M · 13 more $126M",
        ),
        "As of 03:04 · your alert: all 1h > $500M, crossed 02:57 · F311": (
            "As of 03:04 · your alert: all 1h > $500M, crossed 02:57 · in flush F311",
        ),
    }
    assert read(an_alert()) == expected(standard, instead)


def test_the_short_style() -> None:
    """2.1, "short", of a flush: its head says what it is, its last line of when it is."""
    standard = """
        🔻 $526M+ liquidated in 1 h · 87% longs
        Largest hour in 92 days. BTC −4.9% to $87,020, open interest −4.8%.
        BTC $205M · ETH $126M · SOL $53M · rest $142M
        15 of 16 exchanges heard, four of them sampled.
    """
    instead = {
        "🔻 $526M+ liquidated in 1 h · 87% longs": ("🔻 Flush: $526M+ in 1 h · 87% longs",),
        "15 of 16 exchanges heard, four of them sampled.": (
            "15 of 16 exchanges heard, four of them sampled. As of 03:04 · F311",
        ),
    }
    assert read(page(golden.CASE, Step.START, direct=False)) == expected(standard, instead)


def test_on_discord() -> None:
    """2.2. Split, coins and the largest order share a field; exchanges stand among the details;
    a note that tells a time is a field, because footers show nobody his own."""
    shown = styled(an_alert())
    assert shown.content == "🔻 $526M+ liquidated in 1 h · 87% longs"
    (embed,) = shown.embeds
    assert embed.colour is not None
    assert embed.colour.value == 0xD64545
    assert embed.description == "Largest hour in 92 days. BTC −4.9% to $87,020."
    fields = {field.name: (field.value or "").splitlines() for field in embed.fields}
    assert fields["What is in it"] == [
        "Longs **$458M** · shorts $68M · imbalance +0.74",
        "BTC $205M · ETH $126M · SOL $53M · rest $142M",
        "Largest order $11.8M: BTC long, Bybit, <t:1795311660:t>",
        "Slowing: $16M in the last 5 min, $138M in the worst 5",
    ]
    assert "Bybit $168M · Binance $142M · OKX $90M · 13 more $126M" in fields["Details"]
    assert "Alts follow BTC by 4 min" in fields["Details"]


def test_building() -> None:
    """3.1. A page is the same for all who follow: it knows no reader's own alert. The level is a
    sentence of its own."""
    standard = """
        🔻 Building: $214M+ in 34 min · 89% longs
        Speeding up: $71M in the last 5 min, $32M in the 5 before.
        BTC −2.6% to $89,100, below yesterday's low $89,900. Next: 7-day low $88,150, 1.1% away.

        BTC $86M · ETH $51M · SOL $20M · rest $57M
        Your alert all 1h > $500M is $282M away
        16 of 16 exchanges heard; Binance, OKX, Bitget and Aster publish samples.
        As of 02:38 · F311
    """
    instead = {
        "BTC −2.6% to $89,100, below yesterday's low $89,900. "
        "Next: 7-day low $88,150, 1.1% away.": (
            "BTC −2.6% to $89,100",
            "BTC closed below yesterday's low $89,900; 7-day low $88,150 holds, 1.1% away",
        ),
        "Your alert all 1h > $500M is $282M away": (),
        "16 of 16 exchanges heard; Binance, OKX, Bitget and Aster publish samples.": (
            f"{SAMPLES} All 16 exchanges heard.",
        ),
    }
    assert read(page(tone_cases.building(), Step.BUILDING)) == expected(standard, instead)


def test_fading() -> None:
    """3.2. The rank is told by its claim; spot takers are told where they lean; who was heard is
    told of the whole event."""
    standard = """
        🔻 Fading: $560M+ since 02:04 · 86% longs
        $18M in the last 15 min, after $296M in the worst 15.
        BTC $87,410, +1.0% off the low $86,540

        Largest hour $526M+, largest in 92 days
        BTC open interest −5.2% in coins
        Funding +0.031% → +0.004% per 8 h: longs pay far less
        15-min volatility at 38% of its peak and falling
        Not over. When it is, I watch 8 h for a second wave and tell you either way.
        As of 03:26 · F311
    """
    instead = {
        "Largest hour $526M+, largest in 92 days": ("Largest hour in 92 days ($526M+)",),
        "BTC open interest −5.2% in coins": ("BTC open interest −5.2% in coins since 02:04",),
        "15-min volatility at 38% of its peak and falling": (
            "15-min volatility at 38% of its peak and falling",
            "BTC spot takers are buying: 58% of $420M in 15 min",
            f"{SAMPLES} {LIGHTER}",
        ),
    }
    assert read(page(tone_cases.fading(), Step.FADING)) == expected(standard, instead)


def test_the_all_clear() -> None:
    """3.3. How far open interest is from before is told beside how much of it is back; who was
    heard is told of the event and of the hours after it."""
    standard = """
        ✅ All clear: no second wave in 8 h
        The flush of 02:04–03:41: $565M+, 86% longs, largest hour in 92 days.

        Since then the largest hour was $24M+
        BTC $88,260: +2.0% off the low, −3.5% from before
        28% of the flushed open interest is back, in coins
        Funding +0.009% per 8 h
        Volatility 1.2× its 30-day level, 6.1× at the peak
        16 of 16 exchanges heard throughout. This says what did not happen, not what will.
        F311 closed
    """
    instead = {
        "The flush of 02:04–03:41: $565M+, 86% longs, largest hour in 92 days.": (
            "The flush of 02:04–03:41: $565M+, 86% longs. Largest hour in 92 days.",
        ),
        "28% of the flushed open interest is back, in coins": (
            "BTC open interest −3.7% in coins since 02:04",
            "28% of the flushed open interest is back, in coins",
        ),
        "Funding +0.009% per 8 h": ("Funding +0.031% → +0.009% per 8 h: longs pay far less",),
        "16 of 16 exchanges heard throughout. This says what did not happen, not what will.": (
            f"{SAMPLES} {LIGHTER}",
            "All of them heard since 03:41. This says what did not happen, not what will.",
        ),
    }
    assert read(page(later.CLOSED, Step.ALL_CLEAR)) == expected(standard, instead)


def test_the_second_wave() -> None:
    """3.4. Open interest is compared with that before the event, never with that at the first end;
    the largest order is told."""
    standard = """
        🔻 Second wave: $148M+ in 22 min · 84% longs
        Began 1 h 48 min after the first ended; 26% of its size so far.
        BTC $86,310, below the first low $86,540

        BTC $59M · ETH $36M · SOL $15M · rest $38M
        BTC open interest −2.1% more, in coins
        16 of 16 exchanges heard; four publish samples.
        As of 05:51 · F311
    """
    instead = {
        "BTC open interest −2.1% more, in coins": (),
        "16 of 16 exchanges heard; four publish samples.": (f"{SAMPLES} {LIGHTER}",),
    }
    assert read(page(tone_cases.second(), Step.SECOND_WAVE)) == expected(standard, instead)


def test_the_answer_to_liqs() -> None:
    """4.1. To the letter."""
    standard = """
        Liquidations · all coins · 1 h
        $526M+ · 87% longs · 54× a normal hour
        total longs
        BTC $205M 91%
        ETH $126M 88%
        SOL $53M 86%
        XRP $26M 84%
        rest $116M 80%
        5m $16M · 15m $89M · 4h $556M · 24h $771M
        Largest order $11.8M: BTC long, Bybit, 02:41
        Bybit 32% · Binance 27% · OKX 17% · 13 more 24%
        At least: Binance, OKX, Bitget and Aster publish samples. """
    standard += "15 of 16 exchanges heard; Lighter off since 02:41."
    answer = liqs_message(HOUR, golden.WINDOWS, golden.STANDING)
    assert read(answer) == expected(standard, {})
