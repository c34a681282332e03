"""When a connection has to be given up: two clocks and a verdict; no I/O."""

from bot.exchanges.dialect import Exchange


class Watchdog:
    """Transport and data are judged apart; all times are monotonic seconds.

    *Transport*: any frame or pong. *Data*: what a canary says, a trade, a liquidation; judged from
    ``listen`` on, and only where something chatty was promised: hours without a liquidation are
    calm, a canary that falls silent is not.
    """

    def __init__(self, exchange: Exchange, pong_s: float, now: float) -> None:
        self.heard_at = now
        self.data_at: float | None = None
        self.sang = self.told = False
        """A canary has spoken on this connection; a liquidation has come."""
        self._transport_s = exchange.heartbeat.every_s + pong_s
        self._data_s = exchange.data_s
        self._listening = False

    def frame(self, now: float) -> None:
        """A frame or a pong came."""
        self.heard_at = now

    def data(self, now: float, canary: bool) -> None:
        """It was data; ``canary``: not a liquidation."""
        self.data_at = now
        self.sang |= canary
        self.told |= not canary

    def listen(self, now: float) -> None:
        """From here on data is expected."""
        self._listening = True
        self.data_at = self.data_at or now

    def distrust(self) -> None:
        """No canary was given, or it does not sing while liquidations come: transport alone."""
        self._data_s = None

    @property
    def unproven(self) -> bool:
        """Data was promised, and none has come on this connection."""
        return self._data_s is not None and not (self.sang or self.told)

    @property
    def due(self) -> float:
        """The moment of the next verdict, unless something is heard before."""
        transport = self.heard_at + self._transport_s
        return transport if self._data_s is None else min(transport, self._data_due(transport))

    def verdict(self, now: float) -> str:
        """Why the connection is dead; "" while it is not."""
        if now >= self.heard_at + self._transport_s:
            return f"silent: not even a pong for {self._transport_s:g} s"
        if self.deaf_of_data(now):
            return f"connected, but without data for {self._data_s:g} s"
        return ""

    def deaf_of_data(self, now: float) -> bool:
        """Whether the canary has fallen silent."""
        return self._data_s is not None and now >= self._data_due(now + 1)

    def _data_due(self, otherwise: float) -> float:
        if self._data_s is None or not self._listening or self.data_at is None:
            return otherwise
        return self.data_at + self._data_s
