"""Commands that only read, also beside a running bot: ``liqwatch quarantine``."""

from rich.console import Console

from bot.cli.serving import secrets_of
from bot.log import configure
from bot.settings import load_settings


async def report_quarantine(as_json: bool) -> None:
    """Read what is kept, and nothing else."""
    from bot.quarantine import show_quarantine
    from storage import open_report

    settings = load_settings()
    configure("error", secrets_of(settings))
    async with open_report(settings.database, settings.data_dir) as report:
        frames = await report.quarantine()
    show_quarantine(frames, as_json, Console(highlight=False))
