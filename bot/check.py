"""``liqwatch check``: the exchanges, and how findings are shown."""

import asyncio
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from bot.clock import SystemClock
from bot.feed.checkup import Finding, check_exchange
from bot.feed.web import checked_proxy, open_session
from bot.settings import Settings


def show(findings: Sequence[Finding], console: Console) -> bool:
    """One line each, and how to mend what is wrong; True when all is well."""
    for finding in findings:
        sign = Text("✓", "green") if finding.ok else Text("✗", "red")
        console.print(sign, Text(finding.sentence), soft_wrap=True)
        if finding.remedy:
            console.print(Text(f"  {finding.remedy}", "yellow"), soft_wrap=True)
    return all(finding.ok for finding in findings)


async def check_exchanges(settings: Settings) -> list[Finding]:
    """All at once; each answers within 15 s."""
    proxy = checked_proxy(settings.https_proxy)
    async with open_session() as session, asyncio.TaskGroup() as group:
        asked = [
            group.create_task(
                check_exchange(
                    settings.exchange(name), settings.urls_of(name), session, SystemClock(), proxy
                ),
                name=f"check {name}",
            )
            for name in settings.exchange_names
        ]
        await asyncio.wait(asked)
    return [task.result() for task in asked]
