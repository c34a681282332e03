"""How one exchange's feed is, in plain values."""

import msgspec


class FeedStatus(msgspec.Struct, frozen=True):
    """One exchange's feed; ``state`` as in ``ports.SourceStatus``.

    ``since_ms`` is the market's time of the last change of state; counts are since the start.
    ``refused`` are topics that the exchange would not give, ``stale`` events of its old news,
    ``ahead_ms`` is how far in the future its latest times lie, 0 if they do not.
    """

    exchange: str
    state: str
    since_ms: int
    reason: str
    last_event_ms: int | None
    instruments: int
    unpriced: int
    bad: int
    reconnects: int
    duplicates: int
    ignored: int
    events: int
    refused: int
    stale: int
    doubts: tuple[str, ...] = ()
    last_data_ms: int | None = None
    inverted: bool = False
    ahead_ms: int = 0
    ratio: float | None = None
    history: bool = False
