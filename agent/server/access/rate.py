"""How often one address may ask for something costly."""

import math
import time

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from agent.errors import RateLimited


class RateLimit:
    """At most so many requests of one address in any window of time.

    Addresses that have not asked for a window's length are forgotten.

    Args:
        limit: Requests.
        seconds: The window.
    """

    def __init__(self, limit: int, seconds: int) -> None:
        self._item = RateLimitItemPerSecond(limit, seconds)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def count_request(self, address: str) -> None:
        """Counts a request.

        Raises:
            RateLimited: That was one too many; it says when to come back.
        """
        if self._limiter.hit(self._item, address):
            return
        free_at = self._limiter.get_window_stats(self._item, address).reset_time
        error = RateLimited("That was often enough for now; please wait a minute.")
        error.retry_after = max(1, math.ceil(free_at - time.time()))
        raise error
