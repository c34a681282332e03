"""What is typed behind ``/follow``, understood or refused in one sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.flush.flush import Severity
from bot.story.follow import DEFAULT_HOW, Follow, How, Step
from handlers.answers.follow_words import Wish, follow_text, parse_follow
from tests.handlers.asking import ANNA, PRIVATE

COINS = ("BTC", "ETH", "SOL", "BCH", "PEPE", "CLEAR", "4")

SEVERE, MAJOR, MINOR = Severity.SEVERE, Severity.MAJOR, Severity.MINOR


@pytest.mark.parametrize(
    ("typed", "wish"),
    [
        ("btc", Wish("BTC", True)),
        ("market", Wish(None, True)),
        ("severe", Wish(severity=SEVERE)),
        ("BTC severe", Wish("BTC", True, SEVERE)),
        ("severe flushes of BTCUSDT", Wish("BTC", True, SEVERE)),
        ("market from major on", Wish(None, True, MAJOR)),
        ("all flushes, minor", Wish(None, True, MINOR)),
        ("coin:eth severity:severe", Wish("ETH", True, SEVERE)),
        ("btc end silent", Wish("BTC", True, how={Step.END: How.SILENT})),
        ("second wave off", Wish(how={Step.SECOND_WAVE: How.OFF})),
        ("all clear rings", Wish(how={Step.ALL_CLEAR: How.RING})),
        ("all all clear ring", Wish(None, True, how={Step.ALL_CLEAR: How.RING})),
        ("hours after edit", Wish(how={Step.AFTER: How.EDIT})),
        (
            "start and end ring, peak silent",
            Wish(how={Step.START: How.RING, Step.END: How.RING, Step.PEAK: How.SILENT}),
        ),
        ("silent start end", Wish(how={Step.START: How.SILENT, Step.END: How.SILENT})),
        ("btc off", Wish("BTC", True, off=True)),
        ("off", Wish(off=True)),
        ("clear ring", Wish(how={Step.ALL_CLEAR: How.RING})),
        ("CLEAR severe", Wish("CLEAR", True, SEVERE)),
        ("4 severe", Wish("4", True, SEVERE)),
    ],
)
def test_words_of_any_order_are_understood(typed: str, wish: Wish) -> None:
    assert parse_follow(typed, COINS) == wish


@pytest.mark.parametrize(
    ("typed", "sentence", "choices"),
    [
        ("btc end", "How shall end reach you: ring, silent, edit or off?", 4),
        ("btc ring", "Which stage shall come so? Type it like end ring.", 0),
        ("btc eth", "I follow one at a time, not BTC and ETH: type one.", 0),
        ("market btc", "I follow one at a time, not market and BTC: type one.", 0),
        ("minor severe", "I follow from one severity on: type the lower of the two.", 0),
        ("btcc severe", "I know no coin BTCC. Did you mean BTC or BCH?", 2),
        ("btc sever", "I do not understand “sever”. Did you mean severe?", 1),
        ("btc buildng ring", "I do not understand “buildng”. Did you mean building?", 1),
        ("btc > 50m", "I do not understand “>”: type market or a coin, a severity", 0),
        ("btc дно", "I do not understand “???”: type market or a coin, a severity", 0),
    ],
)
def test_what_is_not_understood_is_one_sentence_with_a_way_out(
    typed: str, sentence: str, choices: int
) -> None:
    with pytest.raises(UserError) as caught:
        parse_follow(typed, COINS)
    assert caught.value.sentence.startswith(sentence)
    assert len(caught.value.choices) == choices
    for choice in caught.value.choices:
        parse_follow(choice, COINS)


def test_before_any_coin_is_known_every_well_formed_one_is_taken() -> None:
    assert parse_follow("WIF severe", ()) == Wish("WIF", True, SEVERE)
    with pytest.raises(UserError, match="Did you mean severe"):
        parse_follow("wif sever", ())


FOLLOWS = st.builds(
    Follow,
    st.just(PRIVATE),
    st.just(ANNA),
    st.sampled_from([None, *COINS]),
    st.sampled_from(Severity),
    st.dictionaries(st.sampled_from(Step), st.sampled_from(How)).map(
        lambda how: {s: how[s] for s in Step if s in how and how[s] is not DEFAULT_HOW[s]}
    ),
)


@given(follow=FOLLOWS)
def test_a_follow_is_read_back_from_its_own_words(follow: Follow) -> None:
    wish = parse_follow(follow_text(follow), COINS)
    assert wish.upon(Follow(PRIVATE, ANNA, follow.coin)) == follow


@given(
    follow=FOLLOWS,
    how=st.dictionaries(st.sampled_from(Step), st.sampled_from(How)),
    severity=st.none() | st.sampled_from(Severity),
)
def test_a_wish_changes_what_it_names_and_nothing_else(
    follow: Follow, how: dict[Step, How], severity: Severity | None
) -> None:
    changed = Wish(follow.coin, True, severity, how).upon(follow)
    assert changed.severity is (severity or follow.severity)
    for step in Step:
        assert changed.way(step) is how.get(step, follow.way(step))


@given(
    words=st.lists(
        st.sampled_from(
            ["btc", "end", "ring", "off", "all", "clear", "severe", ">", "nan", "€", "@x"]
        )
    )
)
def test_any_words_are_understood_or_refused_politely(words: list[str]) -> None:
    try:
        parse_follow(" ".join(words), COINS)
    except UserError as mistake:
        assert mistake.sentence.endswith((".", "?"))
