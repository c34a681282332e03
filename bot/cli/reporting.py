"""Commands that only read, also beside a running bot: ``liqwatch quarantine``, ``outbox``."""

import msgspec
from rich.console import Console

from bot.clock import SystemClock
from bot.log import configure
from bot.ports import Accounts
from bot.quarantine import plain
from bot.settings import load_settings
from bot.wording.numbers import count, duration


async def report_quarantine(as_json: bool) -> None:
    """Read what is kept, and nothing else."""
    from bot.quarantine import show_quarantine
    from storage import open_report

    settings = load_settings()
    configure("error", settings.secrets)
    async with open_report(settings.database, settings.data_dir) as report:
        frames = await report.quarantine()
    show_quarantine(frames, as_json, Console(highlight=False))


async def report_outbox(as_json: bool) -> bool:
    """Whether every notification that was ever created is accounted for."""
    from storage import open_report

    settings = load_settings()
    configure("error", settings.secrets)
    async with open_report(settings.database, settings.data_dir) as report:
        accounts, oldest_ms = await report.accounts(), await report.waiting_since_ms()
    out = Console(highlight=False)
    if as_json:
        out.out(_told(accounts, oldest_ms), highlight=False)
    else:
        age_ms = None if oldest_ms is None else SystemClock().now_ms() - oldest_ms
        for line in outbox_lines(accounts, age_ms):
            out.print(line, markup=False, soft_wrap=True)
    return accounts.whole


def outbox_lines(accounts: Accounts, age_ms: int | None) -> list[str]:
    """The identity spelled out, then what is open and why the dead died; ``age_ms``: the oldest."""
    lines = [_identity(accounts)]
    if age_ms is not None:
        lines.append(f"The oldest that is open was created {duration(age_ms)} ago.")
    if accounts.reasons:
        lines.append("The dead, by reason:")
    width = max((len(count(number)) for _, number in accounts.reasons), default=0)
    lines += [f"  {count(number):>{width}}  {plain(why)}" for why, number in accounts.reasons]
    return lines


def _identity(accounts: Accounts) -> str:
    parts = (
        f"{count(accounts.sent)} sent + {count(accounts.merged)} merged + "
        f"{count(accounts.dead)} dead + {count(accounts.open)} open"
    )
    whole = f"{count(accounts.created)} created"
    if accounts.whole:
        return f"{whole} = {parts}: it adds up."
    return f"{whole}, but {parts}: it does not add up. Make a backup and report this."


def _told(accounts: Accounts, oldest_ms: int | None) -> str:
    fields = msgspec.structs.asdict(accounts) | {
        "reasons": dict(accounts.reasons),
        "oldest_open": oldest_ms,
        "whole": accounts.whole,
    }
    return msgspec.json.encode(fields).decode()
