"""The event of the standard of tone, told as its section 2.1 tells it."""

from bot.sentences.judging import judge, told
from bot.wording.text import Moment, plain
from bot.wording.why import why_message
from tests.bot.sentences.golden import CASE, HOUR, START, m
from tests.bot.sentences.later import CLOSED, FADING, SECOND
from tests.bot.wording.events import lines

ROOM = 500


def test_the_alert_says_what_the_standard_says() -> None:
    said = told(judge(CASE), ROOM)
    assert plain(said.lead) == "Largest hour in 92 days. BTC −4.9% to $87,020."
    assert [plain(line, "TIME") for line in said.facts] == [
        "Slowing: $16M in the last 5 min, $138M in the worst 5"
    ]
    assert [plain(line, "TIME") for line in said.details] == [
        "BTC open interest −4.8% in coins since TIME",
        "BTC closed below its 7-day low $88,150; 30-day low $85,600 holds",
        "BTC is 39% of this, about its share of open interest (37%)",
        "Alts follow BTC by 4 min",
        "Self-feeding: 4 rounds of burst, new low, burst",
        "No catalyst in the 3 news feeds read at TIME",
    ]
    assert Moment(START) in said.details[0]


def test_the_event_adds_up_to_its_table() -> None:
    assert sum(part.total for part in HOUR.coins) == HOUR.total == m(526.4)
    assert sum(part.total for part in HOUR.exchanges) == HOUR.total
    assert len(HOUR.exchanges) == 16


def test_why_accounts_for_each_sentence_as_the_standard_does() -> None:
    rows = lines(why_message(CASE, judge(CASE)))
    assert rows[0] == "Why? · all coins · 1 h · F311"
    for row in (
        "87% longs        458.1M of 526.4M; said when one side > 65% and total > 5x a normal hour",
        "largest in 92 d  1st of 61 flushes since 22 Aug; same 16 exchanges; "
        "97% of the time heard; 2nd: 391.0M, 14 Oct",
        "open interest    412.0k → 392.3k BTC. 19.7k BTC = $1.80B; liquidations heard explain "
        "$205M (11%) of it",
        "39% BTC          205.3M of 526.4M; open interest share 37.0%",
        "self-feeding     4 alternations of burst and new low within 60 s (3 needed)",
        "no catalyst      coindesk.com, theblock.co, federalreserve.gov read 02:03 UTC; "
        "newest headline 23:52 UTC",
        "not checked      ",
        "                 order book depth (Binance spot answered 429)",
    ):
        assert any(each.startswith(row) for each in rows), row
    tilt = next(row for row in rows if row.startswith("39% BTC"))
    assert tilt.endswith("tilt 1.05: as big as BTC is, no more")
    assert "not proof of one" in next(row for row in rows if row.startswith("self-feeding"))


def test_fading_is_told_by_its_facts() -> None:
    said = told(judge(FADING), ROOM)
    assert "BTC $87,410, +1.0% off the low $86,540." in plain(said.lead)
    details = [plain(line, "TIME") for line in (*said.facts, *said.details)]
    for line in (
        "$18M in the last 15 min, after $296M in the worst 15",
        "BTC open interest −5.2% in coins since TIME",
        "Funding +0.031% → +0.004% per 8 h: longs pay far less",
        "15-min volatility at 38% of its peak and falling",
    ):
        assert line in details


def test_the_all_clear_is_told_by_its_facts() -> None:
    said = told(judge(CLOSED), ROOM)
    assert plain(said.lead, "TIME").startswith("The flush of TIME–TIME: $565M+, 86% longs. ")
    told_lines = [plain(line) for line in (*said.facts, *said.details)]
    for line in (
        "Since then the largest hour was $24M+",
        "28% of the flushed open interest is back, in coins",
        "Volatility 1.2× its 30-day level, 6.1× at the peak",
    ):
        assert line in told_lines
    assert "BTC $88,260: +2.0% off the low, −3.5% from before." in plain(said.lead)


def test_a_second_wave_is_held_against_the_first() -> None:
    lead = plain(told(judge(SECOND), ROOM).lead)
    assert "Began 1 h 48 min after the first ended; 26% of its size so far." in lead
    assert "BTC $86,310, below the first low $86,540." in lead
