"""Every command is fit for every platform."""

import re
from itertools import chain

import pytest

from handlers.commands import COMMANDS, VERBS
from handlers.routing.repairs import RUN
from handlers.talk import Command, Form, House
from tests.fakes import Furnished
from tests.handlers.asking import GROUP, SERVER, actions, ask
from tests.handlers.commands.flushed import GOING_ON, OVER, flushing

EXPECTED = (
    "start liqs imbalance top history market alert alerts follow flush flushes why test mute "
    "unmute stop sources help"
)


def test_the_registry_holds_the_promised_commands() -> None:
    assert set(COMMANDS) == set(EXPECTED.split())


@pytest.mark.parametrize("command", COMMANDS.values(), ids=list(COMMANDS))
def test_a_command_fits_every_menu(command: Command) -> None:
    assert re.fullmatch(r"[a-z0-9_]{1,32}", command.name)
    assert COMMANDS[command.name] is command
    assert 1 <= len(command.summary) <= 100
    assert command.forms


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(form, id=f"{command.name} {form.name}")
        for command in COMMANDS.values()
        for form in command.forms
    ],
)
def test_a_form_is_one_that_can_be_shown(form: Form) -> None:
    names = [option.name for option in form.options]
    assert all(re.fullmatch(r"[a-z0-9_]{1,32}", name) for name in [form.name or "x", *names])
    summaries = [form.summary, *(option.summary for option in form.options)]
    assert all(1 <= len(summary) <= 100 for summary in summaries)
    assert len(set(names)) == len(names) <= 25
    required = [option.required for option in form.options]
    assert required == sorted(required, reverse=True), "required options come first"


def test_a_command_has_one_nameless_form_or_only_named_ones() -> None:
    for command in COMMANDS.values():
        names = [form.name for form in command.forms]
        assert names == [""] or all(names)
        assert len(set(names)) == len(names)


def test_each_verb_belongs_to_one_command() -> None:
    declared = list(chain.from_iterable(command.verbs for command in COMMANDS.values()))
    assert len(set(declared)) == len(declared)
    assert RUN not in declared
    assert set(VERBS) == set(declared)


@pytest.mark.parametrize("place", [GROUP, SERVER], ids=["group", "server"])
async def test_the_buttons_of_every_command_are_answered(place: object) -> None:
    here = await flushing(OVER, running=(GOING_ON,))
    here.desk.listed.add("1000000MOGULNATIONTOKEN")
    asked = ["/liqs 1000000MOGULNATIONTOKEN", "/imbalance", "/top", "/market", "/sources", "/help"]
    asked += ["/start", "/alert BTC 1h long > 50m", "/alerts", "/alert BTCC 50m"]
    asked += ["/follow", "/follow btc", "/follow", "/follow btc off", "/flush", "/flushes", "/why"]
    at = GROUP if place == GROUP else SERVER
    for typed in asked:
        reply = await ask(typed, here, at, 900_000_000_000_000_777, admin=True)
        for action in filter(None, actions(reply)):
            assert action.split("|")[0] in {*VERBS, RUN}


def test_a_house_starts_with_a_flood_guard_of_its_own() -> None:
    first: House = Furnished().house
    assert first.flood is not Furnished().house.flood
