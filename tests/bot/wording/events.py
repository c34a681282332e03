"""The one invented hour of the standard of tone, and readings around it."""

from bot.clock import HOUR_MS, MINUTE_MS
from bot.figures import Deaf, Hearing, Order, Reading, Split
from bot.market import USD, Side
from bot.rules import Alert, Destination, Rule
from bot.wording.text import Details, Message, Note, Paragraph, Table, plain

NOW = 1_795_313_040_000
"""03:04 for a reader in Berlin, 02:04 UTC."""

TENTH = 100_000 * USD
"""The hour is written down in tenths of a million."""

ME = Destination("telegram", 42, 0, True)
GROUP = Destination("telegram", -100, 7, False)


def minutes_ago(minutes: float) -> int:
    return NOW - round(minutes * MINUTE_MS)


def split(name: str, total: float, longs: float) -> Split:
    """Millions as the table of the event gives them."""
    long, both = round(longs * 10), round(total * 10)
    return Split(name, long * TENTH, (both - long) * TENTH)


COINS = (
    split("BTC", 205.3, 186.8),
    split("ETH", 126.3, 111.1),
    split("SOL", 52.6, 45.2),
    split("XRP", 26.3, 22.1),
    split("DOGE", 18.4, 15.3),
    split("ALT", 10.2, 8.3),
    *(split(f"ALT{n}", 9.7, 7.7) for n in range(9)),
)
EXCHANGES = (
    split("bybit", 168.4, 146.5),
    split("binance", 142.1, 123.6),
    split("okx", 89.5, 77.9),
    split("bitget", 47.4, 41.3),
    split("gate", 36.8, 32.0),
    *(split(f"venue{n}", 3.8, 3.3) for n in range(11)),
)


def hearing(
    sampled: tuple[str, ...] = ("binance", "okx"),
    deaf: tuple[Deaf, ...] = (),
    since_ms: int = NOW - 48 * HOUR_MS,
    heard: tuple[str, ...] = ("binance", "bybit", "okx"),
    unpriced: int = 0,
) -> Hearing:
    off = {gap.exchange for gap in deaf if gap.to_ms is None}
    return Hearing(tuple(e for e in heard if e not in off), sampled, deaf, since_ms, unpriced)


def flush(
    *,
    coin: str | None = None,
    exchange: str | None = None,
    span_ms: int = HOUR_MS,
    long: float = 458.1,
    short: float = 68.3,
    count: int = 9214,
    ears: Hearing | None = None,
) -> Reading:
    """The hour 02:04-03:04, or a variation of it."""
    ears = ears or hearing()
    return Reading(
        coin=coin,
        exchange=exchange,
        span_ms=span_ms,
        at_ms=NOW,
        long=round(long * 10) * TENTH,
        short=round(short * 10) * TENTH,
        count=count,
        largest=Order(118 * TENTH, "BTC", "bybit", Side.LONG, minutes_ago(23)) if count else None,
        coins=COINS if count else (),
        exchanges=EXCHANGES if count else (),
        hearing=ears,
        complete=not ears.deaf and ears.since_ms <= NOW - span_ms,
    )


def rule(metric: str = "total", threshold: int = 5_000 * TENTH, **more: object) -> Rule:
    fields: dict[str, object] = {
        "id": 7,
        "destination": ME,
        "author": 42,
        "coin": None,
        "exchange": None,
        "window": "" if metric == "order" else "1h",
        "metric": metric,
        "threshold": threshold,
    }
    return Rule(**(fields | more))  # type: ignore[arg-type]  # keywords by name, for tests


def alert(of: Rule | None = None, reading: Reading | None = None, **more: int) -> Alert:
    reading = reading or flush()
    fields: dict[str, int] = {
        "episode": 1,
        "level": 1,
        "value": reading.total,
        "at_ms": minutes_ago(7),
    }
    return Alert(rule=of or rule(), reading=reading, **(fields | more))


def lines(message: Message) -> list[str]:
    """Everything that is shown but the buttons, as plain lines; tables by cells."""
    said = [plain(message.head, "TIME")]
    for block in message.blocks:
        if isinstance(block, Table):
            said += ["|".join(row) for row in block.rows]
        elif isinstance(block, Note):
            said.append(plain(block.line, "TIME"))
        elif isinstance(block, Paragraph | Details):
            said += [plain(line, "TIME") for line in block.lines]
    return said


def actions(message: Message) -> list[str]:
    return [button.action for row in message.buttons for button in row]


def labels(message: Message) -> list[list[str]]:
    return [[button.label for button in row] for row in message.buttons]
