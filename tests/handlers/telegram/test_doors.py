"""Who may change what: every command and every button, tried over the wire by everybody."""

from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from typing import Any

import pytest

from bot.allowed import Allowed
from bot.rules import Destination
from handlers.commands import COMMANDS
from handlers.routing.allowed import STRANGER
from handlers.routing.router import EXPIRED, FOREIGN
from handlers.routing.router import answer as routed
from handlers.talk import Request
from tests.doubles.telegram import Sent, TelegramDouble
from tests.doubles.telegram_people import ANONYMOUS_ADMIN
from tests.fakes import Furnished
from tests.handlers.telegram.conftest import Running

ADMIN, MEMBER, FORMER = 41, 42, 43
CHANNEL_BOT = 136817688
GROUP, CHANNEL, ELSEWHERE = -1001234567890, -1005, -1009
TYPED = {"alert": "ETH 1h > 70m", "mute": "2h"}
"""What is typed behind a command that needs it to have an effect."""


@dataclass
class Street:
    """A group with one alert of its own, in which the bot listens."""

    telegram: TelegramDouble
    furnished: Furnished

    def state(self) -> tuple[object, ...]:
        """All that anybody could have changed."""
        here = self.furnished
        return (dict(here.rulebook.rules), dict(here.chats.saved), list(here.outbox.waiting))

    async def done(self, doing: Awaitable[int]) -> None:
        """Long enough after the last question that nobody asks too fast; until it is confirmed."""
        await self.furnished.clock.advance(61)
        number = await doing
        await self.telegram.until(lambda: self.telegram.confirmed > number)

    async def type_all(self, user: int, chat: int = GROUP, **more: Any) -> list[Sent]:
        """Somebody types every command there is; the answers."""
        before = len(self.telegram.sent)
        for name in COMMANDS:
            text = f"/{name} {TYPED.get(name, '')}"
            await self.done(self.telegram.say(text, user, chat, **more))
        return self.telegram.sent[before:]

    async def press_all(self, answers: list[Sent], user: int) -> list[str]:
        """Somebody presses every button of these messages as they were; the toasts."""
        before, pressed = len(self.telegram.toasts), 0
        for sent in answers:
            for data in [data for data in _data(sent) if data]:
                await self.done(self.telegram.press(sent, data, user))
                pressed += 1
                assert len(self.telegram.toasts) == before + pressed
        assert pressed > 10
        return self.telegram.toasts[before:]


def _data(sent: Sent) -> list[str]:
    return [button.get("callback_data", "") for row in sent.buttons for button in row]


def named(chat: int, kind: str = "supergroup") -> dict[str, object]:
    return {"id": chat, "type": kind, "title": "x"}


def as_sender(chat: dict[str, object] | None) -> dict[str, Any]:
    return {} if chat is None else {"sender_chat": chat}


async def _may() -> bool:
    return True


@pytest.fixture
async def street(
    telegram: TelegramDouble, furnished: Furnished, running: Running
) -> AsyncIterator[Street]:
    telegram.group(GROUP)
    telegram.group(CHANNEL, kind="channel")
    telegram.statuses[GROUP, ADMIN] = "administrator"
    for chat in (GROUP, CHANNEL):
        text, at = "BTC 1h > 50m", Destination("telegram", chat)
        await routed("alert", Request(at, ADMIN, text, may_manage=_may), furnished.house)
    async with running():
        yield Street(telegram, furnished)


@pytest.mark.parametrize(
    ("user", "speaks_as"),
    [
        (MEMBER, None),
        (FORMER, None),
        (ANONYMOUS_ADMIN, named(ELSEWHERE)),
        (CHANNEL_BOT, named(CHANNEL, "channel")),
        (MEMBER, named(GROUP)),
    ],
    ids=["member", "former admin", "another group's admin", "a channel", "a member as the group"],
)
async def test_no_command_of_who_is_no_admin_changes_anything(
    street: Street, user: int, speaks_as: dict[str, object] | None
) -> None:
    street.telegram.statuses[GROUP, FORMER] = "administrator"
    await street.done(street.telegram.say("/unmute", FORMER, GROUP))
    street.telegram.statuses[GROUP, FORMER] = "member"
    before = street.state()
    answers = await street.type_all(user, **as_sender(speaks_as))
    assert street.state() == before
    await street.press_all(answers, user)
    assert street.state() == before


@pytest.mark.parametrize(
    ("user", "chat", "speaks_as"),
    [
        (ADMIN, GROUP, None),
        (ANONYMOUS_ADMIN, GROUP, named(GROUP)),
        (ADMIN, CHANNEL, named(CHANNEL, "channel")),
    ],
    ids=["an admin", "an anonymous admin", "a channel's post"],
)
async def test_an_admin_changes_things_and_no_members_press_under_his_answers_does(
    street: Street, user: int, chat: int, speaks_as: dict[str, object] | None
) -> None:
    before = street.state()
    answers = await street.type_all(user, chat, **as_sender(speaks_as))
    after = street.state()
    assert after != before
    toasts = await street.press_all(answers, MEMBER)
    assert street.state() == after
    if user == ADMIN and chat == GROUP:
        assert FOREIGN in toasts


async def test_an_anonymous_admins_buttons_obey_a_real_admin(street: Street) -> None:
    speech = street.telegram.say(
        "/alert ETH 1h > 70m", ANONYMOUS_ADMIN, GROUP, sender_chat=named(GROUP)
    )
    await street.done(speech)
    answer = street.telegram.sent[-1]
    before = street.state()
    await street.done(street.telegram.press(answer, answer.data("Delete"), MEMBER))
    assert street.state() == before
    await street.done(street.telegram.press(answer, answer.data("Delete"), ADMIN))
    assert street.state() != before


async def test_who_is_no_admin_any_more_is_believed_for_a_minute_at_most(street: Street) -> None:
    telegram = street.telegram
    telegram.statuses[GROUP, FORMER] = "administrator"
    await street.done(telegram.say("/alert ETH 1h > 70m", FORMER, GROUP))
    answer = telegram.sent[-1]
    telegram.statuses[GROUP, FORMER] = "left"
    before = street.state()
    await street.done(telegram.press(answer, answer.data("Delete"), FORMER))
    assert street.state() == before
    assert telegram.toasts != [""]


@pytest.mark.parametrize(
    "data",
    ["no such verb", "|", "alerts|x|y|z", "mute|1h", "pace|‮|", "0" * 16 + ":0", "A" * 16 + ":0"],
)
async def test_forged_data_is_answered_and_does_nothing(street: Street, data: str) -> None:
    await street.done(street.telegram.say("/help", ADMIN, GROUP))
    before = street.state()
    await street.done(street.telegram.press(street.telegram.sent[-1], data, ADMIN))
    assert street.state() == before
    assert street.telegram.toasts == [EXPIRED]


async def test_a_button_of_another_message_chat_or_time_is_answered_and_does_nothing(
    street: Street,
) -> None:
    telegram = street.telegram
    telegram.meet(ADMIN)
    for text, chat in (("/alert ETH 1h > 70m", GROUP), ("/help", GROUP), ("/help", ADMIN)):
        await street.done(telegram.say(text, ADMIN, chat))
    saved, other, private = telegram.sent
    delete = saved.data("Delete")
    await street.done(telegram.press(saved, saved.data("Pause"), ADMIN))
    before = street.state()
    for elsewhere in (other, private):
        await street.done(telegram.press(elsewhere, delete, ADMIN))
    await street.done(telegram.press(saved, delete, MEMBER))
    street.furnished.keyboards.kept.clear()
    await street.done(telegram.press(saved, delete, ADMIN))
    assert street.state() == before
    assert telegram.toasts[1:] == [EXPIRED, EXPIRED, FOREIGN, EXPIRED]


async def test_ones_own_button_pressed_under_another_message_neither_changes_nor_binds_anything(
    street: Street,
) -> None:
    """A modified client names any message and any data (Bot API, ``CallbackQuery.data``)."""
    telegram = street.telegram
    await street.done(telegram.say("/alert ETH 1h > 70m", ADMIN, GROUP))
    await street.done(telegram.say("/liqs", MEMBER, GROUP))
    saved, mine = telegram.sent
    said = saved.text
    await street.done(telegram.press(saved, mine.data("5m"), MEMBER))
    assert (telegram.toasts, saved.text, saved.edits) == ([EXPIRED], said, 0)
    await street.done(telegram.press(mine, mine.data("5m"), MEMBER))
    assert (telegram.toasts[1:], mine.edits) == ([""], 1)


async def test_a_press_that_is_handed_out_again_does_nothing_more(street: Street) -> None:
    telegram = street.telegram
    await street.done(telegram.say("/alert ETH 1h > 70m", ADMIN, GROUP))
    await street.done(telegram.press(telegram.sent[-1], telegram.sent[-1].data("Delete"), ADMIN))
    deletion = telegram.confirmed - 1
    await street.done(telegram.say("/alert ETH 1h > 70m", ADMIN, GROUP))
    before = street.state()
    await street.done(telegram.repeat(deletion))
    assert street.state() == before


async def test_where_the_operator_lists_chats_others_are_told_once_or_left_alone(
    street: Street,
) -> None:
    telegram, before = street.telegram, street.state()
    street.furnished.house.allowed = Allowed([("telegram", GROUP), ("discord", MEMBER)])
    telegram.group(ELSEWHERE)
    telegram.statuses[ELSEWHERE, ADMIN] = "creator"
    for name in COMMANDS:
        await street.done(telegram.say(f"/{name} {TYPED.get(name, '')}", ADMIN, ELSEWHERE))
    assert telegram.sent == []
    await street.done(telegram.say("/alert ETH 1h > 70m", MEMBER))
    assert [sent.text for sent in telegram.sent] == [STRANGER]
    assert street.state() == before
    await street.done(telegram.say("/alert ETH 1h > 70m", ADMIN, GROUP))
    assert street.state() != before


async def test_a_group_that_is_not_listed_is_not_greeted(street: Street) -> None:
    street.furnished.house.allowed = Allowed([("telegram", GROUP)])
    street.telegram.group(ELSEWHERE)
    await street.done(street.telegram.membership(ELSEWHERE, ADMIN, "left", "member"))
    assert street.telegram.sent == []
