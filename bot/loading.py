"""How a million rules come in at the start: in columns, and out of them into columns."""

from bot.bursts import ORDER, Bursts
from bot.columns import RuleColumns
from bot.groups import Group
from bot.index import Index
from bot.metrics import METRICS
from bot.roster import standing
from bot.rules import WINDOWS

MOST_KNOWN = 20_000
"""Groups that are kept at hand; most rules share a few."""


class Loading:
    """Takes batches; the index and the bursts must ``begin`` after the last."""

    def __init__(self, index: Index, bursts: Bursts) -> None:
        self._index = index
        self._bursts = bursts
        self._known: dict[tuple[str, str, str, str, int], Group] = {}

    def take(self, columns: RuleColumns) -> int:
        """Take a batch; how many rules were understood."""
        roster, many = self._index.roster, 0
        scopes = zip(
            columns.coins,
            columns.exchanges,
            columns.windows,
            columns.metrics,
            columns.floors,
            strict=True,
        )
        rows = zip(
            columns.ids,
            map(roster.kind, columns.platforms, map(bool, columns.direct)),
            columns.chats,
            columns.threads,
            columns.authors,
            columns.thresholds,
            columns.floors,
            columns.created_ms,
            map(standing, columns.paused, columns.armed),
            columns.episodes,
            columns.levels,
            strict=True,
        )
        for scope, row in zip(scopes, rows, strict=True):
            group = self._known.get(scope) or self._find(scope)
            if group is not None:
                group.load(roster, roster.append(*row, group.number))
                many += 1
        return many + self._orders(columns)

    def _find(self, scope: tuple[str, str, str, str, int]) -> Group | None:
        coin, exchange, window, metric, floor = scope
        if metric not in METRICS or not METRICS[metric].windowed or window not in WINDOWS:
            return None
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        group = self._index.group(coin or None, exchange or None, window, metric, floor)
        self._known[scope] = group
        return group

    def _orders(self, columns: RuleColumns) -> int:
        """Order rules are few, and wait elsewhere."""
        if ORDER not in columns.metrics:
            return 0
        orders = [pair for pair in columns.pairs() if pair[0].metric == ORDER]
        for rule, state in orders:
            self._bursts.load(rule, state)
        return len(orders)
