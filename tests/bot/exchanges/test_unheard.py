"""The exchanges that cannot be heard, beside those that can."""

import re

from bot.exchanges import EXCHANGES
from bot.exchanges.unheard import UNHEARD


def test_no_exchange_is_heard_and_unheard_at_once() -> None:
    assert not UNHEARD.keys() & EXCHANGES.keys()


def test_each_is_found_by_what_its_name_is_without_spaces_and_dots() -> None:
    for name, one in UNHEARD.items():
        assert name == re.sub(r"[^a-z0-9]", "", one.title.lower())


def test_one_with_a_feed_says_why_it_is_not_counted() -> None:
    assert all(one.means for one in UNHEARD.values() if one.feed)


def test_hyperliquids_share_of_october_2025_is_over_half() -> None:
    told = re.findall(r"\$([\d.]+)B", UNHEARD["hyperliquid"].means)
    part, whole = map(float, told)
    assert whole / 2 < part < whole
