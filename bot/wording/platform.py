"""What the operator is told of a chat platform: a refused token, an outage, and their ends."""

from bot.wording.numbers import bracketed, clock, count, duration

KEPT = "What waits for it is kept."


def refused(platform: str, at_ms: int, waiting: int | None) -> str:
    """``⚠️ Telegram refused the token at 14:02 UTC. 12 alerts are waiting, none lost. ...``

    ``waiting`` None: nobody could count them.
    """
    mend = f"Put a new {platform.upper()}_TOKEN in .env and restart."
    return f"⚠️ {platform.title()} refused the token at {clock(at_ms)}. {_waiting(waiting)} {mend}"


def accepted(platform: str, for_ms: int, waiting: int | None) -> str:
    """``Telegram takes the token again after 12 min. 12 alerts go out now.``"""
    return f"{platform.title()} takes the token again after {duration(for_ms)}.{_going(waiting)}"


def lost(platform: str, since_ms: int, reason: str, waiting: int | None) -> str:
    """``⚠️ Telegram cannot be used since 14:02 UTC (Bad Gateway, 502). 12 alerts are ...``"""
    since = f"{clock(since_ms)}{_why(platform, reason)}"
    return f"⚠️ {platform.title()} cannot be used since {since}. {_waiting(waiting)}"


def back(platform: str, for_ms: int, waiting: int | None) -> str:
    """``Telegram is back after 12 min. 12 alerts go out now.``"""
    return f"{platform.title()} is back after {duration(for_ms)}.{_going(waiting)}"


def unheard(platform: str, since_ms: int, reason: str) -> str:
    """``⚠️ Telegram hands me no commands since 14:02 UTC (Conflict). Alerts still go out.``"""
    since = f"{clock(since_ms)}{_why(platform, reason)}"
    return f"⚠️ {platform.title()} hands me no commands since {since}. Alerts still go out."


def heard(platform: str, for_ms: int) -> str:
    """``Telegram hands me commands again after 12 min.``"""
    return f"{platform.title()} hands me commands again after {duration(for_ms)}."


def stopped(platform: str, at_ms: int, sentence: str) -> str:
    """``⚠️ Discord has stopped at 14:02 UTC. This bot is in too many servers ...``

    With its time: where it stops the operator's own platform, he reads it after the restart.
    """
    return f"⚠️ {platform.title()} has stopped at {clock(at_ms)}. {sentence}"


def _why(platform: str, reason: str) -> str:
    return bracketed(reason.rstrip(".").removeprefix(f"{platform.title()} "))


def _waiting(waiting: int | None) -> str:
    if waiting is None:
        return KEPT
    if waiting == 0:
        return "No alert is waiting."
    if waiting == 1:
        return "1 alert is waiting, none lost."
    return f"{count(waiting)} alerts are waiting, none lost."


def _going(waiting: int | None) -> str:
    if not waiting:
        return ""
    return " 1 alert goes out now." if waiting == 1 else f" {count(waiting)} alerts go out now."
