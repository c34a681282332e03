"""A threshold said by how unusual it is, as the dollars that it is here."""

from bot.clock import DAY_MS
from bot.errors import UserError
from bot.history.baseline import Baseline, normal
from bot.history.known import LEAST_DAYS, Resolved
from bot.history.normal import median
from bot.history.often import amount_for, measured
from bot.history.peaks import apart_ms, peaks
from bot.history.ranks import quantile
from bot.history.series import heard_ones
from bot.market import USD
from bot.metrics import METRICS
from bot.rules import WINDOWS
from bot.typed.amounts import LARGEST, SMALLEST
from bot.typed.draft import Draft
from bot.typed.relative import Kind, Relative
from bot.wording.history import noun
from bot.wording.prices import ordinal

DIGITS = 3
"""A threshold is said as it is set, and nobody says more digits."""


def resolved(baseline: Baseline | None, draft: Draft, relative: Relative, at_ms: int) -> Resolved:
    """The dollars of a relative threshold over the draft's scope, window and measure.

    Raises ``UserError`` in one sentence where there is too little history for it. A share of open
    interest is no matter of history: ``of_interest``.
    """
    days = int(baseline.days) if baseline else 0
    if baseline is None or days < LEAST_DAYS or days < relative.days:
        raise UserError(_too_young(days, relative))
    span_ms = WINDOWS[draft.window]
    amounts = measured(baseline, draft.metric, span_ms)
    if amounts is None:
        raise UserError(f"I have no history for {relative.typed} here: type an amount like 50m.")
    basis, amount = _found(baseline, draft.metric, span_ms, amounts, relative, at_ms)
    if not amount:
        raise UserError(
            f"{relative.typed} would be $0 here, for most windows are empty: type an amount."
        )
    return Resolved(_sound(amount, relative), basis)


def of_interest(interest: float | None, draft: Draft, relative: Relative) -> Resolved:
    """A share of a coin's open interest in US dollars, None where that is unknown.

    Raises ``UserError``.
    """
    if draft.coin is None:
        raise UserError(
            f"Open interest is each coin's own: name one, such as BTC {relative.typed}."
        )
    if not interest:
        raise UserError(f"I do not know the open interest of {draft.coin}: type an amount like 5m.")
    basis = f"{relative.number * 100:g}% of open interest"
    return Resolved(_sound(int(interest * relative.number * USD), relative), basis)


def digits(amount: int) -> int:
    """The nearest amount of three digits."""
    scale: int = 10 ** max(0, len(str(amount)) - DIGITS)
    return (amount + scale // 2) // scale * scale


def _found(
    baseline: Baseline,
    metric: str,
    span_ms: int,
    amounts: list[int],
    relative: Relative,
    at_ms: int,
) -> tuple[str, int | None]:
    line, days = baseline.timeline, f"{int(baseline.days)} days"
    width = span_ms // line.step_ms
    match relative.kind:
        case Kind.PERCENTILE:
            heard = sorted(heard_ones(amounts, line.unheard, width))
            return f"p{relative.number:g} of {days}", quantile(heard, relative.number / 100)
        case Kind.TIMES:
            if metric == "total":
                usual = normal(baseline, span_ms, at_ms)
            else:
                usual = median(sorted(heard_ones(amounts, line.unheard, width)))
            window = noun(span_ms)
            return f"{relative.number:g}× a normal {window}", round((usual or 0) * relative.number)
        case Kind.RANK:
            asked = relative.days or int(baseline.days)
            recent = amounts[-(asked * DAY_MS // line.step_ms) :]
            place = int(relative.number)
            found = peaks(recent, apart_ms(span_ms) // line.step_ms)[:place]
            largest = "largest" if place == 1 else f"{ordinal(place)} largest"
            amount = recent[found[-1]] if len(found) == place else None
            return f"{largest} of {asked} days", amount
        case _:
            times = relative.number * baseline.days
            return f"{relative.typed} in {days}", amount_for(amounts, METRICS[metric], times)


def _sound(amount: int, relative: Relative) -> int:
    if amount < SMALLEST:
        raise UserError(f"{relative.typed} would be below $1k here: type an amount like 250k.")
    return min(digits(amount), LARGEST)


def _too_young(days: int, relative: Relative) -> str:
    needed = max(LEAST_DAYS, relative.days)
    watched = "1 day" if days == 1 else f"{days} days"
    return f"{relative.typed} takes {needed} days of history, I have {watched}: type an amount."
