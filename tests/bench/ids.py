"""The engine as far as the ids of the rules that fire; evidence is built for alerts, after that."""

from bot.engine.engine import Consequences, Engine
from bot.events import Event


class IdEngine(Engine):
    """Collects ids where an engine builds alerts and states."""

    def ids(self, event: Event) -> list[int]:
        """The rules that an event makes speak."""
        self._ids: list[int] = []
        self.handle(event)
        return self._ids

    def _tell(self, caused: Consequences) -> None:
        index, bursts, rule_id = self._index, self._bursts, self._roster.rule_id
        if index.fired or index.calmed:
            self._ids += [rule_id(fired.slot) for fired in index.fired]
            index.fired.clear()
            index.calmed.clear()
        if bursts.touched:
            self._ids += map(rule_id, bursts.touched)
            bursts.begun.clear()
            bursts.touched.clear()
