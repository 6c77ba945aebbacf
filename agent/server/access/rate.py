"""How often one address may ask for something costly."""

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from agent.errors import RateLimited

ADDRESSES = 1_000
"""Addresses remembered; the one heard of longest ago is forgotten first."""


class RateLimit:
    """At most `limit` requests of one address in any `seconds`.

    Args:
        limit: Requests.
        seconds: The window.
        now: Monotonic clock in seconds.
    """

    def __init__(
        self, limit: int, seconds: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = limit
        self._seconds = seconds
        self._now = now
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()

    def check(self, address: str) -> None:
        """Counts a request. Raises RateLimited, which says when to come back."""
        now = self._now()
        times = self._asked.setdefault(address, deque())
        self._asked.move_to_end(address)
        if len(self._asked) > ADDRESSES:
            self._asked.popitem(last=False)
        while times and times[0] <= now - self._seconds:
            times.popleft()
        if len(times) >= self._limit:
            error = RateLimited("That was often enough for now; please wait a minute.")
            error.retry_after = max(1, math.ceil(times[0] + self._seconds - now))
            raise error
        times.append(now)
