"""Fetches what the plan at CoinGlass gives, page by page, and goes on where it stopped."""

import asyncio
from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bot.clock import DAY_MS, Clock
from bot.errors import ConfigError, UserError
from bot.exchanges.coins import checked
from bot.exchanges.coins import coin as coin_of
from bot.feed.web import checked_proxy, open_session
from bot.past.asking import CoinGlass, SpanRefusedError
from bot.past.cells import ALL
from bot.past.coinglass import ACCOUNT, PAGE, SOURCE, SPANS
from bot.past.taken import Taken
from bot.ports import Past
from bot.settings import Settings
from bot.wording.numbers import duration

COINS = ("BTC", "ETH", "SOL", "XRP", "DOGE")
DAYS = 180
"""What every plan of CoinGlass reaches back at least."""


class Fetch:
    """One import from CoinGlass: coin after coin, page after page, each stored at once.

    ``days``: how far back a coin begins that has nothing stored yet, or any with ``again``.
    Raises ``UserError`` for ``coins`` that are no list, ``ConfigError`` without a key.
    """

    def __init__(
        self,
        coins: str | None,
        days: int | None,
        again: bool,
        settings: Settings,
        clock: Clock,
        out: Console,
    ) -> None:
        self._coins = _coins(coins)
        self._days = days or DAYS
        self._again = again
        self._url = settings.coinglass_url
        self._key = _key(settings)
        self._clock = clock
        self._out = out
        self._proxy = checked_proxy(settings.https_proxy)
        self._taken = Taken(SOURCE)
        self._bar = _Bar()

    async def run(self, past: Past) -> None:
        """Raises ``UserError``; what had been stored until then stays, and is printed."""
        try:
            async with open_session() as session:
                with self._bar:
                    asked = CoinGlass(
                        session,
                        self._url,
                        self._key,
                        self._clock,
                        self._bar.waiting,
                        self._proxy,
                    )
                    await self._fetch(asked, past)
        except (UserError, asyncio.CancelledError):
            if self._taken.rows:
                self._out.print(self._taken.table())
                self._out.print(f"Stopped early; `liqwatch import {SOURCE}` goes on from there.")
            raise
        self._out.print(self._taken.table())

    async def _fetch(self, asked: CoinGlass, past: Past) -> None:
        exchanges = await asked.exchanges()
        hour, coarse = SPANS
        try:
            await self._fetch_spans(asked, past, exchanges, hour)
        except SpanRefusedError:
            self._out.print(
                f"Your CoinGlass plan has nothing finer than {duration(coarse)}: these sums cannot "
                "tell how unusual an hour is, but they are taken."
            )
            await self._fetch_spans(asked, past, exchanges, coarse)

    async def _fetch_spans(
        self, asked: CoinGlass, past: Past, exchanges: list[str], span_ms: int
    ) -> None:
        end_ms = self._clock.now_ms() // span_ms * span_ms
        starts = {coin: await self._start(past, coin, span_ms, end_ms) for coin in self._coins}
        self._bar.begin(sum(end_ms - start_ms for start_ms in starts.values()) // span_ms)
        for coin, start_ms in starts.items():
            self._bar.coin(coin)
            while start_ms < end_ms:
                until_ms = min(start_ms + PAGE * span_ms, end_ms)
                page = await asked.sums(coin, exchanges, span_ms, start_ms, until_ms)
                ended = [each for each in page if each.start_ms + span_ms <= end_ms]
                if ended:
                    await past.add(SOURCE, ended)
                    self._taken.add(ended)
                    # A start that the plan does not reach was moved up, and the rows with it.
                    until_ms = max(until_ms, ended[-1].start_ms + span_ms)
                self._bar.advance((until_ms - start_ms) // span_ms)
                start_ms = until_ms

    async def _start(self, past: Past, coin: str, span_ms: int, end_ms: int) -> int:
        """Where to begin; the last stored sum once more, for it may have been told too early."""
        if not self._again:
            latest_ms = await past.latest(SOURCE, coin_of(coin), ALL, span_ms)
            if latest_ms is not None:
                return latest_ms
        return (end_ms - self._days * DAY_MS) // span_ms * span_ms


def _key(settings: Settings) -> str:
    if settings.coinglass_api_key is None:
        raise ConfigError(
            f"COINGLASS_API_KEY is not set: put the key from {ACCOUNT} into .env; the cheapest "
            "plan gives 4 h sums, the next one hourly sums."
        )
    return settings.coinglass_api_key.get_secret_value()


def _coins(text: str | None) -> Sequence[str]:
    if text is None:
        return COINS
    try:
        named = [checked(part.strip().upper()) for part in text.split(",") if part.strip()]
    except ValueError:
        named = []
    if not named:
        raise UserError("--coins is a list such as BTC,ETH.")
    return list(dict.fromkeys(named))


class _Bar:
    """The progress of a fetch on a terminal, and silence elsewhere."""

    def __init__(self) -> None:
        errors = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            console=errors,
            transient=True,
            disable=not errors.is_terminal,
        )
        self._task = self._progress.add_task("CoinGlass", total=None)
        self._coin = ""

    def __enter__(self) -> None:
        self._progress.start()

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begin(self, spans: int) -> None:
        self._progress.reset(self._task, total=spans)

    def coin(self, coin: str) -> None:
        self._coin = coin
        self._progress.update(self._task, description=f"CoinGlass {coin}")

    def advance(self, spans: int) -> None:
        self._progress.update(self._task, description=f"CoinGlass {self._coin}", advance=spans)

    def waiting(self, seconds: float) -> None:
        if seconds >= 5:  # the plan's pace between two questions is not worth a word
            self._progress.update(
                self._task, description=f"CoinGlass {self._coin}: its limit, {seconds:.0f} s"
            )
