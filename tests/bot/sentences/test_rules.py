"""Every sentence said, not said, and not to be checked; and none said without its inputs."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec
import pytest
from msgspec.structs import replace

from bot.figures import Deaf
from bot.flush.flush import Severity, Stage
from bot.sentences import SENTENCES
from bot.sentences.case import Case, Headline
from bot.sentences.sentence import State
from bot.wording.text import plain
from tests.bot.sentences.golden import CASE, NOW, at, figure, m
from tests.bot.sentences.later import CLOSED, CROWDED, FADING, SECOND


class Row(NamedTuple):
    """A case in which it is said, one in which not, one that leaves it open, and its inputs."""

    said: Case
    line: str
    unsaid: Case
    unchecked: Case
    reason: str
    inputs: tuple[str, ...]


def without(case: Case, path: str) -> Case:
    """The case with one field, or one field of a view, unknown."""
    name, _, field = path.partition(".")
    empty = () if isinstance(getattr(case, name), tuple) else None
    if not field:
        return replace(case, **{name: empty})
    view = getattr(case, name)
    lost: object = () if isinstance(getattr(view, field), tuple) else None
    return replace(case, **{name: replace(view, **{field: lost})})


def having(case: Case, path: str, value: object) -> Case:
    name, _, field = path.partition(".")
    if not field:
        return replace(case, **{name: value})
    return replace(case, **{name: replace(getattr(case, name), **{field: value})})


def total(case: Case, long: float, short: float) -> Case:
    return replace(case, reading=replace(case.reading, long=m(long), short=m(short)))


HEADLINED = having(CASE, "news.headlines", (Headline("theblock.co", "Rates stay", at(-14)),))
RISING = having(having(CASE, "now.oi", figure(430_000, NOW)), "now.price", figure(91_600, NOW))
CALM_SPOT = having(FADING, "now.spot_buys", figure(176e6, FADING.at_ms))
BINANCE = Deaf("binance", CLOSED.at_ms - 3_600_000, CLOSED.at_ms - 1_800_000, "closed")

ROWS: Mapping[str, Row] = {
    "side": Row(
        CASE,
        "Longs hit hardest: 87% of it",
        total(CASE, 30, 10),
        without(CASE, "normal"),
        "7 days of record are needed",
        ("normal",),
    ),
    "all_clear": Row(
        CLOSED,
        "No second wave in 8 h",
        CASE,
        having(CLOSED, "flush.deaf", (BINANCE,)),
        "Binance off 09:41–10:11 UTC",
        ("flush",),
    ),
    "ended": Row(
        CLOSED,
        "The flush of TIME–TIME: $565M+, 86% longs",
        CASE,
        having(CASE, "flush.stage", Stage.OVER),
        "its end is not known",
        ("flush",),
    ),
    "second_wave": Row(
        SECOND,
        "Began 1 h 48 min after the first ended; 26% of its size so far",
        CASE,
        without(CASE, "flush"),
        "no flush is followed",
        ("flush",),
    ),
    "rank": Row(
        CASE,
        "Largest hour in 92 days",
        having(CASE, "standing.rank", 12),
        having(CASE, "standing.days", 6.5),
        "watched for 6 days, 7 needed",
        ("standing",),
    ),
    "move": Row(
        CASE,
        "BTC −4.9% to $87,020",
        having(CASE, "now.price", figure(91_300, NOW)),
        having(CASE, "now.price", figure(87_020, NOW - 180_000)),
        "last told 02:01 UTC",
        ("before", "now", "before.price", "now.price"),
    ),
    "order": Row(
        CASE,
        "Largest order $11.8M: BTC long, Bybit, TIME",
        total(CASE, 4_000, 0),
        having(CASE, "reading.largest", None),
        "no order of known size",
        ("reading.largest",),
    ),
    "pace": Row(
        CASE,
        "Slowing: $16M in the last 5 min, $138M in the worst 5",
        CLOSED,
        having(CASE, "minutes", CASE.minutes[-8:]),
        "8 minutes known, 10 needed",
        ("flush", "windows", "minutes"),
    ),
    "aftermath": Row(
        CLOSED,
        "Since then the largest hour was $24M+",
        CASE,
        without(CLOSED, "hour_since"),
        "not added up",
        ("flush", "hour_since"),
    ),
    "open_interest": Row(
        CASE,
        "BTC open interest −4.8% in coins since TIME",
        having(CASE, "now.oi", figure(405_000, NOW)),
        having(CASE, "now.oi", figure(392_300, NOW, ("Binance",))),
        "other sources told it before",
        ("before", "now", "before.oi", "now.oi"),
    ),
    "refilled": Row(
        CLOSED,
        "28% of the flushed open interest is back, in coins",
        FADING,
        without(CLOSED, "peak.oi"),
        "no source told it",
        ("before", "peak", "now", "before.oi", "peak.oi", "now.oi"),
    ),
    "levels": Row(
        CASE,
        "BTC closed below its 7-day low $88,150; 30-day low $85,600 holds",
        having(CASE, "before.levels", CASE.before.levels[2:] if CASE.before else ()),
        without(CASE, "before.levels"),
        "no levels were fixed before",
        ("before", "now", "before.levels", "now.price", "minutes"),
    ),
    "depth": Row(
        CROWDED,
        "BTC: $25M in 15 min, more than the bids within 1% ($8.0M)",
        having(CROWDED, "before.bids_1", figure(900e6, at(-3))),
        CASE,
        "Binance spot answered 429",
        ("before", "before.bids_1", "windows"),
    ),
    "source": Row(
        CASE,
        "BTC is 39% of this, about its share of open interest (37%)",
        having(CASE, "reading.coins", CASE.reading.coins[1:]),
        having(CASE, "before.oi_share", figure(0.37, at(-90))),
        "told 23:34 UTC, not right before 01:04 UTC",
        ("before", "before.oi_share"),
    ),
    "alts": Row(
        CASE,
        "Alts follow BTC by 4 min",
        having(CASE, "minutes", tuple(replace(each, alts=each.btc) for each in CASE.minutes)),
        having(CASE, "minutes", CASE.minutes[-20:]),
        "20 minutes known, 31 needed",
        ("minutes",),
    ),
    "self_feeding": Row(
        CASE,
        "Self-feeding: 4 rounds of burst, new low, burst",
        having(CASE, "minutes", tuple(replace(each, low=9.0) for each in CASE.minutes)),
        having(CASE, "minutes", tuple(replace(each, low=None) for each in CASE.minutes)),
        "no prices minute by minute",
        ("flush", "minutes"),
    ),
    "catalyst": Row(
        CASE,
        "No catalyst in the 3 news feeds read at TIME",
        HEADLINED,
        having(CASE, "news.read_ms", at(44)),
        "last read 01:48 UTC",
        ("news", "news.read"),
    ),
    "headlines": Row(
        HEADLINED,
        "Before it: “Rates stay” (theblock.co, TIME)",
        CASE,
        having(having(CASE, "news.read", ()), "news.failed", (("a.example", "HTTP 500"),)),
        "a.example: HTTP 500",
        ("news", "news.read"),
    ),
    "crowded": Row(
        CROWDED,
        "Longs crowded before: funding and open interest in their top 10%",
        having(CROWDED, "before.oi_percentile", 0.5),
        CASE,
        "not watched for long enough",
        tuple(
            f"before{f}" for f in ("", ".funding", ".oi", ".funding_percentile", ".oi_percentile")
        ),
    ),
    "forced": Row(
        CROWDED,
        "Forced flow was 11% of all BTC futures volume in 1 h",
        having(CROWDED, "traded", figure(9e9, NOW)),
        CASE,
        "no source told it",
        ("traded",),
    ),
    "funding": Row(
        FADING,
        "Funding +0.031% → +0.004% per 8 h: longs pay far less",
        CASE,
        without(FADING, "now.funding"),
        "no source told it",
        ("before", "now", "before.funding", "now.funding"),
    ),
    "cooling": Row(
        FADING,
        "15-min volatility at 38% of its peak and falling",
        having(FADING, "volatilities", (0.9, 1.0, 0.95, 0.93)),
        having(FADING, "volatilities", (1.0, 0.93)),
        "not enough bars of 15 min",
        ("now", "peak", "now.volatility", "peak.volatility", "volatilities"),
    ),
    "spot": Row(
        FADING,
        "BTC spot takers are buying: 58% of $420M in 15 min",
        CALM_SPOT,
        having(FADING, "now.spot_sells", figure(0.0, FADING.at_ms - 600_000)),
        "last told 02:16 UTC",
        ("now", "now.spot_buys", "now.spot_sells"),
    ),
    "regime": Row(
        CASE,
        "Price and open interest fell: longs were flushed out",
        RISING,
        without(CASE, "now.oi"),
        "no source told it",
        ("before", "now", "before.oi", "now.oi", "before.price", "now.price"),
    ),
    "severity": Row(
        CASE,
        "Severity: severe",
        having(CASE, "flush.severity", Severity.MINOR),
        without(CASE, "flush"),
        "no flush is followed",
        ("flush",),
    ),
    "common": Row(
        CASE,
        "Common: 7 of 10 busy hours are this one-sided",
        total(CASE, 60, 40),
        without(CASE, "one_sided_share"),
        "7 days of record are needed",
        ("one_sided_share",),
    ),
}


def test_every_sentence_has_its_three_tests() -> None:
    assert set(ROWS) == set(SENTENCES)


@pytest.mark.parametrize("name", SENTENCES)
def test_it_is_said_where_its_condition_holds(name: str) -> None:
    verdict = SENTENCES[name].judge(ROWS[name].said)
    assert verdict.state is State.SAID, plain(verdict.evidence)
    assert plain(verdict.line, "TIME") == ROWS[name].line
    assert verdict.evidence


@pytest.mark.parametrize("name", SENTENCES)
def test_it_is_not_said_where_its_condition_does_not_hold(name: str) -> None:
    verdict = SENTENCES[name].judge(ROWS[name].unsaid)
    assert verdict.state is State.NOT_SAID, plain(verdict.evidence)
    assert verdict.line == ()
    assert verdict.evidence


@pytest.mark.parametrize("name", SENTENCES)
def test_it_could_not_be_checked_and_says_why(name: str) -> None:
    verdict = SENTENCES[name].judge(ROWS[name].unchecked)
    assert verdict.state is State.UNCHECKED
    assert verdict.line == ()
    assert plain(verdict.evidence) == ROWS[name].reason


INPUTS = [(name, path) for name, row in ROWS.items() for path in row.inputs]


@pytest.mark.parametrize(("name", "path"), INPUTS)
def test_nothing_is_said_when_an_input_is_unknown(name: str, path: str) -> None:
    assert SENTENCES[name].judge(without(ROWS[name].said, path)).state is State.UNCHECKED


@pytest.mark.parametrize("name", SENTENCES)
def test_what_is_no_input_decides_nothing(name: str) -> None:
    """So that the lists of inputs above are complete. Without a flush another start is meant."""
    case, inputs = ROWS[name].said, {path.partition(".")[0] for path in ROWS[name].inputs}
    always = {"at_ms", "coin", "reading", "flush"}
    for field in msgspec.structs.fields(Case):
        if field.name not in inputs | always:
            without_it = SENTENCES[name].judge(without(case, field.name))
            assert without_it.line == SENTENCES[name].judge(case).line, field.name


def test_names_versions_and_needs_are_given() -> None:
    for name, sentence in SENTENCES.items():
        assert sentence.name == name
        assert sentence.version >= 1
        assert sentence.needs
