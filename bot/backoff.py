"""How long to wait before trying again: exponential, with full jitter and a cap."""

import random as chance
from collections.abc import Callable


class Backoff:
    """Full jitter, as in https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.

    ``random`` gives numbers in [0, 1). The ceiling starts at ``first_s``, doubles with every
    failure up to ``cap_s``, and starts over only after ``healthy_s`` of health: an exchange that
    accepts and drops connections must not be asked twice a second for ever.
    """

    def __init__(
        self,
        random: Callable[[], float] = chance.random,
        first_s: float = 0.5,
        cap_s: float = 60.0,
        healthy_s: float = 60.0,
    ) -> None:
        self._random = random
        self._first_s = first_s
        self._cap_s = cap_s
        self._healthy_s = healthy_s
        self._ceiling_s = first_s

    def after(self, health_s: float = 0.0) -> float:
        """Seconds to wait after something ended that had been healthy for ``health_s``."""
        if health_s >= self._healthy_s:
            self._ceiling_s = self._first_s
        ceiling = min(self._ceiling_s, self._cap_s)
        self._ceiling_s = min(self._ceiling_s * 2, self._cap_s)
        return self._random() * ceiling
