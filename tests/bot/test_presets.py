"""How often a newcomer is written to."""

from bot.clock import HOUR_MS
from bot.exchanges import EXCHANGES
from bot.history.known import Often
from bot.market import USD
from bot.presets import expectation, presets
from bot.typed.rule_text import draft_text, parse_rule

ALL = ("binance", "bybit", "okx")


def thresholds(exchanges: tuple[str, ...]) -> list[int]:
    return [preset.draft.threshold // USD for preset in presets(exchanges)]


def test_three_exchanges_are_fitted_to_last_springs_record() -> None:
    assert [preset.name for preset in presets(ALL)] == ["big", "medium", "many"]
    assert thresholds(ALL) == [75_000_000, 20_000_000, 4_000_000]
    assert thresholds(()) == thresholds(ALL)


def test_fewer_exchanges_have_lower_thresholds() -> None:
    assert thresholds(("binance",)) == [30_000_000, 10_000_000, 2_000_000]
    for exchange in EXCHANGES:
        assert all(a < b for a, b in zip(thresholds((exchange,)), thresholds(ALL), strict=True))


def test_a_preset_is_a_rule_like_any_other() -> None:
    for preset in presets(ALL):
        assert parse_rule(draft_text(preset.draft), ["BTC"]) == preset.draft


def test_the_expectation_names_its_source() -> None:
    assert expectation(presets(ALL)[0], ALL) == (
        "$75M in 1 h: about weekly on the 3 exchanges I hear, by last spring's record"
    )


def test_with_a_history_the_dollars_are_this_installations_own() -> None:
    known = {"big": 150_000_000 * USD, "medium": 40_000_000 * USD, "many": 10_000_000 * USD}
    told = presets(ALL, known)
    assert [preset.draft.threshold for preset in told] == list(known.values())
    often = Often(12, 92.4, 526_000_000 * USD, HOUR_MS)
    assert expectation(told[0], ALL, often) == "$150M in 1 h: 12 times in the last 92 days"


def test_a_history_that_gives_no_three_different_amounts_is_not_used() -> None:
    known = {"big": 40_000_000 * USD, "medium": 40_000_000 * USD, "many": 10_000_000 * USD}
    assert presets(ALL, known) == presets(ALL)
    assert presets(ALL, {**known, "big": None}) == presets(ALL)
