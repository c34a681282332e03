"""Numbers as they are said: short, at most three digits, never nicer than the truth."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from bot.clock import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, as_datetime
from bot.exchanges import EXCHANGES
from bot.market import USD, dollars
from bot.rules import SHARE, WINDOWS

UNKNOWN = "–"
"""What stands in a table where a number would be a guess."""

_WORDS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_UNITS = ((USD, ""), (1_000 * USD, "k"), (1_000_000 * USD, "M"), (1_000_000_000 * USD, "B"))


def money(amount: int) -> str:
    """A sum in two digits, three where it has them: ``$8.2M``, ``$41k``, ``$526M``, ``$1.02B``."""
    return _dollars(amount, tenths_below=10)


def fine_money(amount: int) -> str:
    """A single order or a distance, where a digit more counts: ``$11.8M``, ``$48.6M``, ``$50M``."""
    said = _dollars(amount, tenths_below=100)
    idle = len(said) == len("$50.0M") and said[-3:-1] == ".0"
    return said[:-3] + said[-1] if idle else said


def alike(amounts: Sequence[int]) -> list[str]:
    """Sums that stand beside each other, in the unit of the largest: ``$8.2M``, ``$0.4M``.

    An amount too small for that unit keeps its own (``$12k`` beside millions, ``$60M`` beside
    billions): in one digit it would be a third off.
    """
    unit, letter = _unit(max(amounts, default=0))
    return [_beside(amount, unit, letter) for amount in amounts]


def round_money(amount: int) -> str:
    """A threshold, exactly as it was set: ``$50M``, ``$1.25M``, ``$12,345,678``."""
    for unit, letter in reversed(_UNITS[1:]):
        scaled = Decimal(amount) / unit
        if scaled >= 1 and len(scaled.normalize().as_tuple().digits) <= 4 and scaled < 1000:
            return f"${scaled.normalize():f}{letter}"
    whole = dollars(amount)
    return f"${whole:,.0f}" if whole == whole.to_integral_value() else f"${whole:,.2f}"


def share(part: int, whole: int) -> str:
    """``87%``. Never 100% when it is not all, nor 0% when it is not nothing."""
    if whole <= 0:
        return UNKNOWN
    if part in (0, whole):
        return "100%" if part else "0%"
    return f"{min(99, max(1, (200 * part + whole) // (2 * whole)))}%"


def share_of(billionths: int) -> str:
    """``87%`` of a metric's value, in the unit of ``SHARE``."""
    return share(billionths, SHARE)


def round_share(billionths: int) -> str:
    """A share's threshold, exactly as it was set: ``80%``, ``66.6%``."""
    return f"{(Decimal(billionths) * 100 / SHARE).normalize():f}%"


def round_times(billionths: int) -> str:
    """A multiple exactly as it was set: ``3x``, ``1.5x``."""
    return f"{(Decimal(billionths) / SHARE).normalize():f}x"


def part_of(billionths: int) -> str:
    """``5.2%``, ``0.031%``, ``−0.004%``, ``120%``: two digits at least of what is small."""
    percent = Decimal(billionths) * 100 / SHARE
    digits = 0 if abs(percent) >= 10 else 1 if abs(percent) >= 1 else 3
    told = f"{abs(percent):.{digits}f}"
    return f"{'−' if percent < 0 and Decimal(told) else ''}{told}%"


def signed(value: float) -> str:
    """An imbalance with its sign: ``+0.74``, ``−0.05``; ±1.00 only for one side alone."""
    hundredths = int((Decimal(abs(value)) * 100).to_integral_value(ROUND_HALF_UP))
    if abs(value) < 1:
        hundredths = min(99, hundredths)
    sign = "" if hundredths == 0 else "+" if value > 0 else "−"
    return f"{sign}{hundredths // 100}.{hundredths % 100:02d}"


def count(number: int) -> str:
    """How many, in full: ``1,204``."""
    return f"{number:,}"


def in_words(number: int) -> str:
    """A small number within a sentence: ``four``; ``16``."""
    return _WORDS[number] if 0 <= number < len(_WORDS) else count(number)


def duration(span_ms: int) -> str:
    """A span in at most two units: ``45 s``, ``12 min``, ``1 h 48 min``, ``3 days``."""
    if span_ms < MINUTE_MS:
        return f"{max(span_ms, 0) // SECOND_MS} s"
    minutes = span_ms // MINUTE_MS
    if minutes < 60:
        return f"{minutes} min"
    if span_ms <= DAY_MS:
        return _pair(minutes // 60, "h", minutes % 60, "min")
    hours = span_ms // HOUR_MS
    return _pair(hours // 24, "day" if hours < 48 else "days", hours % 24, "h")


def span(window: str) -> str:
    """A window in a sentence: ``1h`` is ``1 h``, ``5m`` is ``5 min``."""
    return duration(WINDOWS[window])


def window_name(span_ms: int) -> str:
    """The key of ``WINDOWS`` for a span, or the span in words where there is none."""
    return next((name for name, ms in WINDOWS.items() if ms == span_ms), duration(span_ms))


def clock(at_ms: int) -> str:
    """A time where a platform can show no reader's own: ``03:04 UTC``."""
    return as_datetime(at_ms).strftime("%H:%M UTC")


def named(exchange: str) -> str:
    """An exchange in a sentence: ``Binance``, ``OKX``, ``dYdX``."""
    known = EXCHANGES.get(exchange)
    if known is not None:
        return known.title
    return exchange.upper() if len(exchange) <= 3 else exchange.capitalize()


def bracketed(reason: str) -> str:
    """`` (Bad Gateway, 502)``: a reason that may hold brackets of its own, in brackets."""
    return f" ({reason.replace(' (', ', ').replace(')', '')})" if reason else ""


def together(names: Sequence[str]) -> str:
    """``A``, ``A and B``, ``A, B and C``."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _pair(first: int, unit: str, second: int, smaller: str) -> str:
    return f"{first} {unit} {second} {smaller}" if second else f"{first} {unit}"


def _unit(amount: int) -> tuple[int, str]:
    """The unit in which an amount has one to three digits, judged after rounding."""
    for unit, letter in _UNITS[:-1]:
        if 2 * amount < 1999 * unit:
            return unit, letter
    return _UNITS[-1]


def _dollars(amount: int, tenths_below: int) -> str:
    if amount <= 0:
        return "$0"
    if amount < USD:
        return "<$1"
    unit, letter = _unit(amount)
    if not letter:
        return f"${_rounded(amount, unit, 0)}"
    return f"${_scaled(amount, unit, letter, tenths_below)}{letter}"


def _scaled(amount: int, unit: int, letter: str, tenths_below: int) -> str:
    digits = (2, 1, 0) if letter == "B" else (1, 1 if tenths_below == 100 else 0, 0)
    for limit, decimals in zip((10, 100), digits, strict=False):
        text = _rounded(amount, unit, decimals)
        if Decimal(text) < limit:
            return text
    return _rounded(amount, unit, digits[-1])


def _rounded(amount: int, unit: int, decimals: int) -> str:
    quantum = Decimal(1).scaleb(-decimals)
    return f"{(Decimal(amount) / unit).quantize(quantum, ROUND_HALF_UP):f}"


def _beside(amount: int, unit: int, letter: str) -> str:
    if letter in ("", "B") or amount >= unit or 10 * amount < unit:
        return money(amount)
    text = _rounded(amount, unit, 1)
    return f"${text}{letter}"


def base36(number: int) -> str:
    """Of a natural number, in as few characters as digits and small letters allow."""
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits or "0"
