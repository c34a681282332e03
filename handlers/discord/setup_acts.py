"""What ``/setup`` changes: a channel's rules, its role, and the test it posts."""

from contextlib import suppress

from msgspec.structs import replace

from bot.delivery.outcomes import Delivered, Gone, Outcome, Refused
from bot.history.known import Often
from bot.ports import Chat, Ledger, Notifier
from bot.presets import Preset
from bot.rules import Rule
from bot.typed.draft import draft_of
from bot.wording.alert import alert_message
from bot.wording.rules import say_rule
from bot.wording.sample import sample_alert
from handlers.answers.following import unfollow_all
from handlers.answers.pace import choose, offered, preset_called, times
from handlers.discord.setup_plan import Plan
from handlers.talk import House, Request

TEST_S = 10.0
"""How long its asker waits for the test to be posted, its channel's rest included."""


class Acts:
    """Everything below is done to the plan's channel."""

    def __init__(self, house: House, notifier: Notifier) -> None:
        self._house = house
        self._notifier = notifier

    def presets(self) -> tuple[Preset, ...]:
        """Rarest first, fitted to what is heard."""
        return offered(self._house)

    async def times(self, preset: Preset) -> Often | None:
        """How often it would have spoken here; None before the seventh day."""
        return await times(preset, self._house)

    async def begun(self, plan: Plan) -> Plan:
        """The plan with what is set there already."""
        chat = await self._house.chats.get(plan.destination)
        drafts = [draft_of(rule) for rule in await self._house.rulebook.of(plan.destination)]
        preset = next((one.name for one in self.presets() if one.draft in drafts), "")
        return replace(plan, preset=preset, role=chat.role, share=chat.share)

    async def rules_on(self, plan: Plan) -> list[str]:
        """In words; paused ones do not count."""
        rules = await self._house.rulebook.of(plan.destination)
        return [say_rule(rule) for rule in rules if not rule.paused]

    async def switch_on(self, plan: Plan, request: Request) -> str:
        """The rule in words. Raises ``UserError`` for a preset that is none."""
        preset = preset_called(plan.preset, self._house)

        async def work(ledger: Ledger) -> Rule:
            chosen = await choose(ledger, preset, plan.destination, request.author, self._house)
            await ledger.change(plan.destination, lambda chat: _wished(chat, plan))
            return chosen.rule

        return say_rule(await self._house.keep(work, request))

    async def switch_off(self, plan: Plan, request: Request) -> None:
        """All rules of the channel are gone, and it follows no flush."""

        async def work(ledger: Ledger) -> None:
            for rule in await ledger.rules(plan.destination):
                await ledger.remove(rule.id)
            await unfollow_all(ledger, plan.destination)

        await self._house.keep(work, request)

    async def post_test(self, plan: Plan, nonce: str) -> str:
        """Post the marked sample at once, mentioning nobody; how it ended, in a sentence."""
        now_ms = self._house.desk.now_ms()
        sample = alert_message(sample_alert(plan.destination, now_ms), now_ms)
        quiet = replace(sample, loud=False, buttons=())
        outcome: Outcome | None = None
        with suppress(TimeoutError):
            async with self._house.clock.timeout(TEST_S):
                outcome = await self._notifier.deliver(plan.destination, quiet, nonce)
        match outcome:
            case Delivered():
                return "Test posted there."
            case Gone(reason=reason) | Refused(reason=reason):
                return f"The test could not be posted: {reason}."
            case _:
                return "The test has not arrived yet; Discord is slow to answer."


def _wished(chat: Chat, plan: Plan) -> Chat:
    return replace(chat, state="active", reason="", role=plan.role, share=plan.share)
