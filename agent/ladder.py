"""When a session takes a step down from pictures, and when it dares to go up again.

Imports the transport's types. Pure: told the time and the counters once a second or so.
"""

from dataclasses import dataclass, field
from typing import Literal

from agent.transport.base import Presentation, TransportStats

Reason = Literal["network", "server_load", "recovered"]

PATIENCE = 4.0
"""Seconds something must be wrong before a step is taken."""
LOSS = 0.02
"""Share of lost packets that, at the lowest bit rate, means the path cannot carry pictures."""
LATE_SHARE = 0.2
"""Share of pictures skipped for lack of time that means the server cannot draw."""
FIRST_RETRY, LONGEST_RETRY = 20.0, 300.0
"""Seconds until pictures are tried again; doubled after each failure."""


@dataclass
class Ladder:
    """Watches one session's pictures.

    Args:
        can_draw: Whether the listener can draw motion; else the step is to sound alone.
        lowest: Bits a second below which pictures are not sent.
        frame_rate: Pictures a second that are due.
    """

    can_draw: bool
    lowest: int
    frame_rate: int
    _bad_since: float | None = None
    _reason: Reason = "network"
    _left_at: float | None = None
    _retry: float = FIRST_RETRY
    _skipped: int = field(default=0)
    _checked: float | None = None

    def chosen(self) -> None:
        """The listener chose by itself: nothing is undone on its behalf."""
        self._left_at = self._bad_since = None

    def step(
        self, now: float, present: Presentation, stats: TransportStats, skipped: int
    ) -> tuple[Presentation, Reason] | None:
        """Returns what to present from now on and why, or None to stay.

        Args:
            now: Monotonic seconds.
            present: What is presented.
            stats: The transport's counters.
            skipped: Pictures skipped because drawing was late, since the session began.
        """
        wrong = self._wrong(now, stats, skipped)
        if present == "video":
            return self._down(now, wrong)
        if self._left_at is None or now - self._left_at < self._retry:
            return None
        if stats.loss > LOSS:
            self._left_at = now
            return None
        self._retry = min(2 * self._retry, LONGEST_RETRY)
        self._left_at = self._bad_since = None
        return "video", "recovered"

    def _wrong(self, now: float, stats: TransportStats, skipped: int) -> Reason | None:
        since = now - self._checked if self._checked is not None else 0.0
        late, self._skipped, self._checked = skipped - self._skipped, skipped, now
        if since > 0 and late > LATE_SHARE * self.frame_rate * since:
            return "server_load"
        if stats.video_bitrate <= self.lowest and stats.loss > LOSS:
            return "network"
        return None

    def _down(self, now: float, wrong: Reason | None) -> tuple[Presentation, Reason] | None:
        if wrong is None:
            self._bad_since = None
            return None
        if self._bad_since is None or wrong != self._reason:
            self._bad_since, self._reason = now, wrong
        if now - self._bad_since < PATIENCE:
            return None
        self._left_at = now
        return ("motion" if self.can_draw else "audio"), wrong
