"""When to try again after a session was refused or lost, and when to stop."""

import math
import random
from collections.abc import Callable
from typing import Final

LASTING: Final = frozenset(
    {
        *("goodbye", "replaced", "avatar_deleted", "unsupported", "not_found", "unauthorized"),
        *("token_expired", "origin_mismatch", "forbidden", "bad_request", "bad_sdp"),
    }
)
"""Ends that trying again cannot mend."""


class Reconnect:
    """Exponential backoff with a limit; a connection that lasted starts the count anew.

    Args:
        limit: Attempts in a row.
        chance: A source of numbers in [0, 1), which spreads many clients of a restarted server.
    """

    def __init__(self, limit: int = 8, chance: Callable[[], float] = random.random) -> None:
        self._limit = limit
        self._chance = chance
        self._attempt = 0

    def delay_after(self, code: str, retry_after: int | None = None) -> float | None:
        """Returns seconds until the next attempt; None to give up.

        Args:
            code: Why the connection ended: an error's code or a closing's reason.
            retry_after: Seconds the server asked to wait.
        """
        if code in LASTING or self._attempt >= self._limit:
            return None
        backoff = min(8.0, math.ldexp(0.25, self._attempt)) * (0.75 + self._chance() / 2)
        self._attempt += 1
        return max(backoff, float(retry_after or 0))

    def succeeded(self) -> None:
        """To be called when a connection has been up for a while."""
        self._attempt = 0
