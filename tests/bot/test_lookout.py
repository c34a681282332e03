"""What is wrong with the exchanges is told once, with its end; together what came together."""

from msgspec.structs import replace

from bot.clock import MINUTE_MS, SECOND_MS
from bot.figures import Deaf
from bot.lookout import Lookout
from bot.ports import SourceStatus
from tests.fakes import a_source

NOW = 1_700_000_000_000  # 22:13:20 UTC


def source(
    state: str,
    since_ms: int = NOW,
    reason: str = "",
    name: str = "okx",
    history: bool = False,
    event_ms: int = NOW - 1,
) -> SourceStatus:
    return replace(
        a_source(name, state, reason), since_ms=since_ms, history=history, last_event_ms=event_ms
    )


def later(lookout: Lookout, *sources: SourceStatus, s: float) -> list[str]:
    """What is told ``s`` seconds after ``NOW``."""
    return lookout.news(sources, NOW + round(s * SECOND_MS))


def test_a_reconnect_is_no_news() -> None:
    lookout = Lookout()
    assert later(lookout, source("deaf"), s=0) == []
    assert later(lookout, source("deaf"), s=59) == []
    assert later(lookout, source("live"), s=60) == []
    assert later(lookout, source("live"), s=180) == []


def test_a_silence_of_a_minute_is_told_once_and_so_is_its_end() -> None:
    lookout = Lookout()
    later(lookout, source("deaf"), s=0)
    told = later(lookout, source("connecting", NOW + 30_000, "HTTP 451"), s=60)
    assert told == ["⚠️ Not hearing OKX since 22:13 UTC (HTTP 451). Totals miss it."]
    assert later(lookout, source("deaf"), s=120) == []
    assert later(lookout, source("live"), s=720) == []
    back = later(lookout, source("live"), s=780)
    assert back == [
        "OKX is back after 12 min. It has no history, so 22:13–22:25 UTC stays unknown."
    ]
    assert later(lookout, source("live"), s=2000) == []


def test_one_that_returns_within_a_minute_was_never_back() -> None:
    lookout = Lookout()
    later(lookout, source("deaf"), s=60)
    later(lookout, source("live"), s=300)
    assert later(lookout, source("deaf"), s=330) == []
    assert later(lookout, source("deaf"), s=600) == []
    later(lookout, source("live"), s=720)
    (back,) = later(lookout, source("live"), s=780)
    assert back.startswith("OKX is back after 12 min.")


def test_of_one_with_a_history_nothing_is_called_unknown() -> None:
    lookout = Lookout()
    later(lookout, source("deaf", history=True), s=60)
    later(lookout, source("live", history=True), s=720)
    back = later(lookout, source("live", history=True), s=780)
    assert back == ["OKX is back after 12 min. Its history is asked for 22:13–22:25 UTC."]


def test_a_blocked_exchange_is_named_once_however_often_it_is_tried() -> None:
    lookout = Lookout()
    blocked = "blocked in this region (HTTP 451)"
    told = later(lookout, source("blocked", reason=blocked, name="binance"), s=60)
    assert told == [
        "⚠️ Not hearing Binance since 22:13 UTC (blocked in this region, HTTP 451). Totals miss it."
    ]
    for minute in range(2, 200):
        state = "connecting" if minute % 60 == 0 else "blocked"
        assert later(lookout, source(state, reason=blocked, name="binance"), s=60 * minute) == []


def test_the_silence_began_with_its_gap_however_late_it_was_found() -> None:
    found = replace(source("deaf"), gaps=(Deaf("okx", NOW - 5 * MINUTE_MS, None, ""),))
    (told,) = later(Lookout(), found, s=0)
    assert "since 22:08 UTC" in told


def test_all_lost_at_about_the_same_time_are_one_notice() -> None:
    lookout = Lookout()
    names = ("binance", "bybit", "okx", "gate", "bitget", "htx")
    lost = [
        source("deaf", NOW + at * SECOND_MS, f"{name} cannot be reached", name)
        for at, name in enumerate(names)
    ]
    well = source("live", name="deribit")
    assert later(lookout, *lost, well, s=62) == []  # the last is about to be lost for a minute
    told = later(lookout, *lost, well, s=65)
    assert told == ["⚠️ Not hearing Binance, Bybit, OKX and 3 more since 22:13 UTC. Why: /sources."]
    assert later(lookout, *lost, well, s=70) == []


def test_when_no_exchange_is_left_that_is_said_with_the_reason_they_share() -> None:
    lost = [source("deaf", reason="the proxy cannot be reached", name=n) for n in ("okx", "gate")]
    told = later(Lookout(), *lost, s=60)
    assert told == [
        "⚠️ Not hearing any of 2 exchanges since 22:13 UTC (the proxy cannot be reached). "
        "Totals miss them."
    ]


def test_one_that_is_lost_later_keeps_nobody_waiting_for_more_than_a_minute() -> None:
    lookout = Lookout()
    lost, later_lost = source("deaf", name="binance"), source("deaf", NOW + 61_000, name="gate")
    both = (lost, later_lost)
    assert later(lookout, lost, source("live", name="gate"), s=59) == []
    for s in (61, 90, 119):
        assert later(lookout, *both, s=s) == []
    assert later(lookout, *both, s=120) == [
        "⚠️ Not hearing Binance since 22:13 UTC. Totals miss it."
    ]
    assert later(lookout, *both, s=121) == ["⚠️ Not hearing Gate since 22:14 UTC. Totals miss it."]


def test_those_that_are_back_together_are_one_notice_that_names_the_unknown() -> None:
    lookout = Lookout()
    with_history = {"binance": False, "okx": True, "bybit": False}
    lost = [source("deaf", name=name, history=has) for name, has in with_history.items()]
    later(lookout, *lost, s=60)
    back = [source("live", name=name, history=has) for name, has in with_history.items()]
    later(lookout, *back, s=720)
    assert later(lookout, *back, s=780) == [
        "Binance, OKX and Bybit are back after 12 min. "
        "Binance and Bybit have no history: 22:13–22:25 UTC stays unknown there."
    ]


def test_a_mute_exchange_is_told_at_once_and_its_end_with_its_next_liquidation() -> None:
    lookout = Lookout()
    quiet = replace(
        source("mute", NOW, name="bybit", event_ms=NOW - 33 * MINUTE_MS),
        gaps=(Deaf("bybit", NOW - 33 * MINUTE_MS, None, "", "mute"),),
    )
    told = later(lookout, quiet, s=0)
    assert told == [
        "⚠️ Bybit is connected, but silent since 21:40 UTC while the market moves. "
        "Totals may miss it."
    ]
    assert later(lookout, quiet, s=60) == []
    connected_anew = source("live", NOW, name="bybit", event_ms=NOW - 33 * MINUTE_MS)
    assert later(lookout, connected_anew, s=90) == []
    assert later(lookout, quiet, s=600) == []
    speaks = source("live", NOW, name="bybit", event_ms=NOW + 11 * MINUTE_MS)
    assert later(lookout, speaks, s=661) == [
        "Bybit speaks again after 44 min. 21:40–22:24 UTC stays in doubt."
    ]
    assert later(lookout, speaks, s=700) == []


def test_unreadable_frames_are_told_when_they_go_on_and_when_they_are_over() -> None:
    lookout = Lookout()
    bad = source("degraded", reason="3% of its frames unreadable", name="htx")
    assert later(lookout, bad, s=61) == []  # one bad frame of a quiet exchange
    assert later(lookout, bad, s=120) == [
        "⚠️ HTX: 3% of its frames unreadable since 22:13 UTC. "
        "Totals miss a part; liqwatch quarantine shows it."
    ]
    well = source("live", name="htx")
    assert later(lookout, well, s=720) == []
    assert later(lookout, well, s=840) == [
        "HTX is readable again after 12 min. A part of 22:13–22:25 UTC stays unknown."
    ]


def test_a_lost_exchange_is_not_called_readable_again() -> None:
    lookout = Lookout()
    later(lookout, source("degraded", name="htx"), s=120)
    gone = source("deaf", NOW + 200_000, name="htx")
    assert later(lookout, gone, s=200) == []
    (told,) = later(lookout, gone, s=400)
    assert told.startswith("⚠️ Not hearing HTX since 22:16 UTC")


def test_inverted_sides_are_told_once_and_so_is_that_they_agree_again() -> None:
    lookout = Lookout()
    wrong = replace(source("live", name="gate"), inverted=True)
    assert later(lookout, wrong, s=0) == [
        "⚠️ Gate: prices say that its sides are read the wrong way round. "
        "Its longs may be shorts: /sources gate."
    ]
    assert later(lookout, wrong, s=600) == []
    assert later(lookout, source("live", name="gate"), s=900) == [
        "Gate: prices agree with its sides again."
    ]
