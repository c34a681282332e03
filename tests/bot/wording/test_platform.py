"""What the operator reads of a chat platform that cannot be used."""

from bot.clock import MINUTE_MS
from bot.wording.platform import accepted, back, heard, lost, refused, stopped, unheard

AT = 14 * 60 * MINUTE_MS + 2 * MINUTE_MS


def test_a_lost_platform_is_told_with_since_when_why_and_how_many_wait() -> None:
    assert lost("telegram", AT, "Bad Gateway (502)", 12) == (
        "⚠️ Telegram cannot be used since 14:02 UTC (Bad Gateway, 502). "
        "12 alerts are waiting, none lost."
    )
    assert lost("telegram", AT, "Telegram cannot be reached (ConnectError)", None) == (
        "⚠️ Telegram cannot be used since 14:02 UTC (cannot be reached, ConnectError). "
        "What waits for it is kept."
    )
    assert lost("discord", AT, "", 1) == (
        "⚠️ Discord cannot be used since 14:02 UTC. 1 alert is waiting, none lost."
    )
    assert lost("discord", AT, "", 0) == (
        "⚠️ Discord cannot be used since 14:02 UTC. No alert is waiting."
    )


def test_a_platform_that_hands_over_nothing_is_told_apart_from_one_that_is_lost() -> None:
    assert unheard("telegram", AT, "Bad Gateway (502)") == (
        "⚠️ Telegram hands me no commands since 14:02 UTC (Bad Gateway, 502). Alerts still go out."
    )
    assert heard("telegram", 12 * MINUTE_MS) == "Telegram hands me commands again after 12 min."


def test_a_platform_that_is_back_is_told_with_how_long_it_was_away() -> None:
    assert back("telegram", 12 * MINUTE_MS, 12) == (
        "Telegram is back after 12 min. 12 alerts go out now."
    )
    assert back("telegram", 12 * MINUTE_MS, 0) == "Telegram is back after 12 min."


def test_a_refused_token_is_told_with_what_to_do() -> None:
    assert refused("telegram", AT, 12) == (
        "⚠️ Telegram refused the token at 14:02 UTC. 12 alerts are waiting, none lost. "
        "Put a new TELEGRAM_TOKEN in .env and restart."
    )
    assert accepted("telegram", 12 * MINUTE_MS, 1) == (
        "Telegram takes the token again after 12 min. 1 alert goes out now."
    )


def test_a_platform_that_stopped_for_good_is_told_with_its_time_as_it_may_be_read_later() -> None:
    assert stopped("discord", AT, "This bot is in too many servers.") == (
        "⚠️ Discord has stopped at 14:02 UTC. This bot is in too many servers."
    )
