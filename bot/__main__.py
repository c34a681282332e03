"""The command line: demo, run, replay, check, import, quarantine."""

import asyncio
import signal
import sys
from collections.abc import Coroutine, Sequence
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import structlog
import typer
from rich.console import Console

from bot.clock import HOUR_MS, Clock, SystemClock
from bot.errors import ConfigError, InUseError, StoreError, UserError
from bot.log import configure
from bot.settings import Settings, load_settings

if TYPE_CHECKING:  # heavy: loaded by the command that needs them
    from bot.app import Platform
    from bot.feed.checkup import Finding
    from bot.past.importing import Wish
    from storage import Storage

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Liqwatch watches forced liquidations on crypto derivatives exchanges and alerts people.",
)

log = structlog.get_logger()


@cli.command()
def demo(
    speed: Annotated[
        float, typer.Option(min=1.0, help="Market seconds that are played in one second.")
    ] = 60.0,
) -> None:
    """Watch one hour of a flush in about a minute: no account, no network."""
    if not _run(demonstrate(Console(), speed)):
        raise typer.Exit(1)


@cli.command()
def run() -> None:
    """Watch the live exchanges and serve Telegram and Discord, or this terminal."""
    _run(serve(Console()))


@cli.command()
def check() -> None:
    """Validate the configuration and ask every exchange and platform whether it can be reached."""
    if not _run(check_everything(Console())):
        raise typer.Exit(1)


@cli.command()
def replay(
    files: Annotated[list[Path], typer.Argument(help="Recorded frames, JSON Lines.")],
    rule: Annotated[
        list[str] | None, typer.Option(help='An alert to try, such as "BTC 5m long > 1m".')
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Run recorded frames through the real dialects, windows and rules at full speed."""
    from bot.replay.replay import replay_files

    replay_files(files, rule or [], as_json, Console())


@cli.command("import")
def import_past(
    what: Annotated[
        str,
        typer.Argument(
            metavar="FILE|coinglass",
            help="A CSV file with the columns time, coin, exchange, long_usd, short_usd (hourly or "
            "finer), or the word coinglass (with COINGLASS_API_KEY).",
        ),
    ],
    source: Annotated[
        str | None, typer.Option(help="The name of a file's source; else the file's own.")
    ] = None,
    coins: Annotated[str | None, typer.Option(help="From CoinGlass, such as BTC,ETH.")] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=1000, help="From CoinGlass: how far back; 180.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="From CoinGlass: not only what is new.")
    ] = False,
) -> None:
    """Take in sums that others have counted, as history of a named source; stop the bot first."""
    from bot.past.importing import Wish

    _run(take_in(Wish(what, source, coins, days, again)))


@cli.command()
def quarantine(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array.")] = False,
) -> None:
    """Show the last 100 frames that could not be read, newest last; also beside a running bot."""
    _run(report_quarantine(as_json))


async def serve(console: Console) -> None:
    """Run until SIGINT or SIGTERM; without any token the terminal is the chat."""
    from bot.app import build

    settings = load_settings()
    configure(settings.log_level, secrets_of(settings))
    real = SystemClock()

    def platforms(storage: "Storage") -> "Sequence[Platform]":
        return chat_platforms(settings, storage, real) or [terminal(console)]

    async with build(settings, platforms, real, real) as bot:
        names = ", ".join(platform.name for platform in bot.platforms)
        log.info("started", exchanges=settings.exchanges, platforms=names)
        await bot.run(until=stop_signal())


def terminal(console: Console) -> "Platform":
    """The chat of a bot without tokens."""
    from handlers.console.platform import ConsolePlatform

    console.print("No token is set: this terminal is the chat. Type /help; Ctrl-D ends.")
    return ConsolePlatform(console)


def chat_platforms(settings: Settings, storage: "Storage", real: Clock) -> "list[Platform]":
    """The platforms that have a token; their libraries are heavy and loaded only then."""
    served: list[Platform] = []
    proxy = settings.https_proxy or None
    if settings.telegram_token:
        from handlers.telegram.platform import TelegramPlatform

        token = settings.telegram_token.get_secret_value()
        url = settings.telegram_api_url
        served.append(TelegramPlatform(token, url, real, storage.notebook, proxy))
    if settings.discord_token:
        from handlers.discord.platform import DiscordPlatform

        token = settings.discord_token.get_secret_value()
        url, gateway = settings.discord_api_url, settings.discord_gateway_url
        served.append(
            DiscordPlatform(token, url, gateway, real, storage.notebook, storage.chats, proxy)
        )
    return served


async def demonstrate(console: Console, speed: float) -> bool:
    """Play the demo's tape through the whole bot; True when its hour is exact."""
    from bot.app import build
    from bot.demo.exchanges import LoopbackExchanges
    from bot.demo.player import Player, TapeClock
    from bot.demo.tape import add_up, make_tape
    from handlers.console.platform import ConsolePlatform
    from handlers.console.show import Show

    configure("error")
    real = SystemClock()
    start_ms = real.now_ms() // HOUR_MS * HOUR_MS
    market, orders = TapeClock(start_ms), make_tape(start_ms)
    async with LoopbackExchanges(start_ms) as exchanges:
        player = Player(orders, exchanges, market, real, speed)
        with TemporaryDirectory(prefix="liqwatch-demo-") as folder:
            names = ",".join(exchanges.names)
            settings = Settings(data_dir=Path(folder), exchanges=names, urls=exchanges.urls())
            chat = ConsolePlatform(console)
            async with build(settings, lambda _: [chat], real, market, player.handled) as bot:
                show = Show(console, chat, bot.house, player, add_up(orders), real)
                await bot.run(until=show.play())
                return await show.verdict()


async def take_in(wish: "Wish") -> None:
    """A file that is not sound, or a key that is missing, ends it before storage is opened."""
    from bot.past.importing import prepare
    from storage import open_storage

    settings = load_settings()
    configure("error", secrets_of(settings))
    bring = prepare(wish, settings, SystemClock(), Console(highlight=False))
    async with open_storage(settings.database, settings.data_dir) as storage:
        await bring(storage.past)


async def report_quarantine(as_json: bool) -> None:
    """Read what is kept, and nothing else."""
    from bot.quarantine import show_quarantine
    from storage import open_report

    settings = load_settings()
    configure("error", secrets_of(settings))
    async with open_report(settings.database, settings.data_dir) as report:
        frames = await report.quarantine()
    show_quarantine(frames, as_json, Console(highlight=False))


async def check_everything(console: Console) -> bool:
    """Print one line for each exchange, the storage and each platform; True when all is well."""
    from bot.check import check_exchanges, show

    settings = load_settings()
    configure("error", secrets_of(settings))
    findings = [
        *await check_exchanges(settings),
        await check_storage(settings),
        *await check_platforms(settings),
    ]
    return show(findings, console)


async def check_storage(settings: Settings) -> "Finding":
    """Open the database as the bot would, and let it go again."""
    from bot.feed.checkup import Finding
    from storage import open_storage

    try:
        async with open_storage(settings.database, settings.data_dir):
            return Finding("storage", True, "Storage: can be written")
    except InUseError:
        return Finding("storage", True, "Storage: in use by the Liqwatch that is running")
    except ConfigError as error:
        return Finding("storage", False, f"Storage: {error}")


async def check_platforms(settings: Settings) -> "list[Finding]":
    """Log in to each platform that has a token; none is a finding too, but no fault."""
    from bot.feed.checkup import Finding
    from storage import open_storage

    findings: list[Finding] = []
    with TemporaryDirectory() as folder:
        async with open_storage(None, Path(folder)) as scratch:
            for platform in chat_platforms(settings, scratch, SystemClock()):
                ok, sentence = await platform.check()
                findings.append(Finding(platform.name, ok, sentence))
                await platform.close()
    if not findings:
        return [Finding("platforms", True, "No token is set: `liqwatch run` serves this terminal.")]
    return findings


def secrets_of(settings: Settings) -> list[str]:
    """What must never be shown."""
    hidden = (
        settings.telegram_token,
        settings.discord_token,
        settings.coinglass_api_key,
        settings.database_url,
    )
    return [secret.get_secret_value() for secret in hidden if secret]


async def stop_signal() -> None:
    """Wait for SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    try:
        return asyncio.run(work)
    except BaseExceptionGroup as group:
        known, unknown = group.split((ConfigError, StoreError, UserError))
        if known is None or unknown is not None:
            raise
        raise _first(known) from None


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def main() -> None:
    """What ``liqwatch`` runs: mistakes are one sentence on stderr and exit code 2."""
    if isinstance(sys.stdout, TextIOWrapper):  # not every terminal or log takes all of Unicode
        sys.stdout.reconfigure(errors="replace")
    try:
        cli()
    except (ConfigError, StoreError, UserError) as mistake:
        Console(stderr=True, soft_wrap=True).print(str(mistake), style="red", markup=False)
        sys.exit(2)


if __name__ == "__main__":
    main()
