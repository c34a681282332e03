"""/sources: who is heard, and what is not known is not shown as zero."""

import pytest
from msgspec.structs import replace

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS
from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import Publication
from bot.exchanges.unheard import UNHEARD
from bot.figures import Deaf
from bot.ports import SourceStatus
from bot.wording.text import Message, Table
from handlers.discord.limits import BUTTONS_IN_ROW, EMBED, ROWS
from handlers.discord.style import len_of
from handlers.discord.style import styled as on_discord
from handlers.telegram.signs import units
from handlers.telegram.style import LONGEST_TEXT, bare
from handlers.telegram.style import html as on_telegram
from tests.fakes import NOW_MS, Furnished, a_reading, a_source
from tests.handlers.asking import SERVER, actions, ask, labelled, push, words

PHONE = 32
"""Columns of fixed width that a small phone shows without a break."""

REASON = "futures.kraken.com:443: the connection broke (ClientConnectionResetError)"


def house(*heard: SourceStatus) -> Furnished:
    here = Furnished()
    here.desk.statuses = list(heard)
    return here


async def told(*heard: SourceStatus, typed: str = "/sources") -> str:
    return words(await ask(typed, house(*heard)))


def at_its_worst(name: str) -> SourceStatus:
    """Everything that can be said of an exchange, at once."""
    gaps = [
        Deaf(name, NOW_MS - DAY_MS + HOUR_MS * at, NOW_MS - DAY_MS + HOUR_MS * at + 70_000, REASON)
        for at in range(20)
    ]
    return replace(
        a_source(name, "deaf", REASON),
        publication=EXCHANGES[name].publication,
        doubts=EXCHANGES[name].doubts,
        gaps=(*gaps, Deaf(name, NOW_MS - HOUR_MS, None, REASON)),
        hour=0.0,
        day=0.5,
        inverted=True,
        ahead_ms=DAY_MS,
        ratio=0.9,
    )


async def message(typed: str, *heard: SourceStatus) -> Message:
    shown = (await ask(typed, house(*heard))).message
    assert shown is not None
    return shown


async def test_an_exchange_that_was_never_heard_has_no_figures_rather_than_zero() -> None:
    deaf = replace(a_source("binance", "blocked", "HTTP 451"), hour=0.0, day=0.0)
    text = await told(replace(deaf, events=0, usd=0, last_event_ms=None))
    assert "$0" not in text
    assert "Sources · 0 of 1 exchanges heard" in text
    assert "Binance  blocked  –  0%" in text
    assert "⚠️ Binance off since 22:13 UTC: HTTP 451" in text


async def test_a_quiet_one_that_is_heard_has_zero() -> None:
    quiet = replace(a_source("okx"), events=0, usd=0, unpriced=0)
    assert "OKX  live  $0  100%" in await told(quiet)


@pytest.mark.parametrize("doubt", [{"day": 0.99}, {"unpriced": 3}])
async def test_a_nothing_of_which_a_part_was_not_heard_is_no_zero(doubt: dict[str, float]) -> None:
    quiet = replace(replace(a_source("okx"), events=0, usd=0, unpriced=0), **doubt)
    assert "$0" not in await told(quiet)
    assert "$0" not in await told(quiet, typed="/sources okx")


async def test_what_was_not_wholly_heard_is_not_covered_by_100_percent() -> None:
    missed = replace(a_source("okx"), hour=0.999_999_999_999, day=1 - 1e-12)
    assert "99%" in await told(missed)
    assert "Heard 99% of the last hour, 99% of 24 h" in await told(missed, typed="/sources okx")
    barely = replace(a_source("okx"), day=1e-15)
    assert "  1%" in await told(barely)


async def test_who_publishes_samples_or_something_else_is_named() -> None:
    derived = replace(a_source("bitmex"), publication=Publication("derived", how="orders placed"))
    text = await told(a_source("binance"), a_source("okx"), a_source("bybit"), derived)
    assert "At least: Binance and OKX publish samples." in text
    assert "BitMEX publishes orders placed." in text


async def test_each_exchange_that_is_not_well_is_named_with_since_when_and_why() -> None:
    mute = replace(
        a_source("bybit", "mute", "no liquidation while the market moves"),
        since_ms=NOW_MS,
        gaps=(Deaf("bybit", NOW_MS - 25 * MINUTE_MS, None, "", "mute"),),
    )
    degraded = a_source("htx", "degraded", "3% of its frames unreadable")
    inverted = replace(a_source("gate"), inverted=True)
    early = replace(a_source("aster"), ahead_ms=HOUR_MS)
    text = await told(mute, degraded, inverted, early, a_source("okx"))
    assert "Sources · 3 of 5 exchanges heard" in text
    assert "⚠️ Bybit oddly silent since 21:48 UTC: no liquidation while the market moves" in text
    assert "⚠️ HTX unreadable in part since 22:13 UTC: 3% of its frames unreadable" in text
    assert "⚠️ Gate: prices say that its sides are read the wrong way round" in text
    assert "⚠️ Aster: its times are 1 h ahead" in text
    assert text.count("⚠️") == 4


async def test_a_bot_that_listens_for_less_than_a_day_says_so() -> None:
    here = house(a_source("okx"))
    for exchange in (None, "okx"):
        young = a_reading(exchange=exchange, window="24h", since_ms=NOW_MS - 20 * MINUTE_MS)
        here.desk.readings[None, exchange, "24h"] = young
    for typed in ("/sources", "/sources okx"):
        assert "Listening for 20 min." in words(await ask(typed, here))


async def test_the_table_fits_a_phone_and_all_of_it_telegram_and_discord() -> None:
    worst = [at_its_worst(name) for name in EXCHANGES]
    shown = await message("/sources", *worst)
    (table,) = (block for block in shown.blocks if isinstance(block, Table))
    widths = [max(len(row[at]) for row in table.rows) for at in range(4)]
    assert sum(widths) + 2 * 3 <= PHONE
    assert len(table.rows) == 1 + len(EXCHANGES)
    assert units(bare(shown)) < LONGEST_TEXT
    assert "\n…" not in on_telegram(shown)
    assert_whole_on_discord(shown)
    assert len(shown.buttons) <= ROWS
    assert all(len(row) <= BUTTONS_IN_ROW for row in shown.buttons)


@pytest.mark.parametrize("name", EXCHANGES)
async def test_one_exchange_fits_telegram_and_discord_at_its_worst(name: str) -> None:
    shown = await message(f"/sources {name}", at_its_worst(name))
    assert "\n…" not in on_telegram(shown)
    assert_whole_on_discord(shown)


def assert_whole_on_discord(shown: Message) -> None:
    (embed,) = on_discord(shown).embeds
    assert len_of(embed) < EMBED
    fields = [field.value or "" for field in embed.fields]
    assert all("…" not in text for text in (embed.description or "", *fields))


async def test_one_exchange_is_told_with_everything() -> None:
    source = replace(
        a_source("gate"),
        publication=Publication("sampled", how="every tenth"),
        doubts=("Its size is a guess.", "So is its side."),
        gaps=(
            Deaf("gate", NOW_MS - 5 * HOUR_MS, NOW_MS - 5 * HOUR_MS + 12_000, "it broke"),
            Deaf("gate", NOW_MS - 2 * HOUR_MS, NOW_MS - HOUR_MS, "", "stopped"),
            Deaf("gate", NOW_MS - 4 * MINUTE_MS, None, "2% of its frames unreadable", "garbled"),
        ),
        ratio=0.968,
        history=True,
        inverted=True,
        day=0.97,
    )
    text = await told(source, typed="/sources gate")
    assert text.splitlines() == [
        "Sources · Gate · live",
        "Live since 22:13 UTC",
        "⚠️ Gate: prices say that its sides are read the wrong way round: its longs may be shorts",
        "Last liquidation 22:13 UTC · last sign of life 22:13 UTC",
        "24 h: $56M+ in 1,234 orders, and 3 without a known value",
        "Heard 100% of the last hour, 97% of 24 h",
        "My sum of the last whole hour is 0.97 of its own",
        "3 gaps, latest first:",
        "since 22:09 UTC 2% of its frames unreadable",
        "20:13 UTC–21:13 UTC I was not running",
        "12 s at 17:13 UTC it broke",
        "Publishes samples: every tenth. Its sums are at least that",
        "Has a history: what was missed is asked for afterwards",
        "In doubt:",
        "• Its size is a guess.",
        "• So is its side.",
        "Contracts listed: 500. Since I was started: unreadable frames 2, late orders 1, "
        "reconnects 4.",
    ]


async def test_more_gaps_than_are_told_are_counted() -> None:
    text = await told(at_its_worst("kraken"), typed="/sources kraken")
    assert "21 gaps, latest first:" in text
    assert "and 13 before" in text


async def test_buttons_lead_to_each_exchange_and_back() -> None:
    here = house(a_source("okx"), a_source("bybit"))
    overview = await ask("/sources", here)
    assert actions(overview)[:3] == ["sources|okx", "sources|bybit", "sources|unheard"]
    one = await push(labelled(overview, "Bybit").action, here)
    assert words(one).startswith("Sources · Bybit · live")
    assert one.edit
    again = await push(labelled(one, "↻ 22:13 UTC").action, here)
    assert words(again) == words(one)
    back = await push(labelled(one, "All exchanges").action, here)
    assert words(back) == words(overview)


async def test_a_form_asks_for_one_exchange() -> None:
    here = house(a_source("okx"), a_source("bybit"))
    reply = await ask("/sources", here, SERVER, options={"exchange": "bybit"})
    assert words(reply).startswith("Sources · Bybit · live")


async def test_exchanges_without_a_feed_are_named_and_on_a_press_explained() -> None:
    here = house(a_source("okx"))
    overview = await ask("/sources", here)
    assert all(one.title in words(overview) for one in UNHEARD.values())
    assert "Nor Backpack: the feed is not understood." in words(overview)
    explained = words(await push(labelled(overview, "Not heard").action, here))
    assert all(one.why in explained and one.means in explained for one in UNHEARD.values())


@pytest.mark.parametrize(
    ("typed", "title"),
    [("hyperliquid", "Hyperliquid"), ("Crypto.com", "Crypto.com"), ("WOO X", "WOO X")],
)
async def test_an_exchange_without_a_feed_can_be_asked_for(typed: str, title: str) -> None:
    text = await told(a_source("okx"), typed=f"/sources {typed}")
    assert text.startswith(f"Sources · {title} · not heard")
    assert "public feed" in text
    assert "my figures" in text


async def test_an_exchange_that_is_left_out_here_is_not_called_unknown() -> None:
    text = await told(a_source("okx"), typed="/sources kraken")
    assert text.startswith("Sources · Kraken · not watched")


@pytest.mark.parametrize("typed", ["krakn", "krakenn", "Kraken1"])
async def test_a_misspelt_exchange_is_offered_as_it_is_written(typed: str) -> None:
    reply = await ask(f"/sources {typed}", house(a_source("okx")))
    assert words(reply) == f"I know no exchange “{typed}”. Did you mean Kraken?"
    assert actions(reply) == ["run|sources|kraken"]


@pytest.mark.parametrize("typed", ["zzzzzz", "бинанс", "???"])
async def test_a_name_that_is_like_none_is_refused(typed: str) -> None:
    assert "I know no exchange" in await told(a_source("okx"), typed=f"/sources {typed}")
