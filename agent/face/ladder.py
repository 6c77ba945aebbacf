"""When a session takes a step down from pictures, and when it dares to go up again.

Pure: told the time and the counters once a second or so.
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
"""Share of frames that began too late, which means that the server cannot keep up."""
FIRST_RETRY, LONGEST_RETRY = 20.0, 300.0
"""Seconds until pictures are tried again; doubled after each failure."""


@dataclass
class Ladder:
    """Watches one session's pictures, or the motion in their place.

    Args:
        can_draw: Whether the listener can draw motion; else the step is to sound alone.
        lowest: Bits a second below which pictures are not sent.
        frame_rate: Pictures a second that are due.
        patience: Seconds the server must be late before motion is given up too.
    """

    can_draw: bool
    lowest: int
    frame_rate: int
    patience: float = PATIENCE
    _bad_since: float | None = None
    _reason: Reason = "network"
    _left_at: float | None = None
    _left: list[Presentation] = field(default_factory=list)
    _retry: float = FIRST_RETRY
    _late: int = field(default=0)
    _checked: float | None = None

    def chosen(self) -> None:
        """The listener chose by itself: nothing is undone on its behalf."""
        self._left_at = self._bad_since = None
        self._left.clear()

    def next_step(
        self, now: float, present: Presentation, stats: TransportStats, late: int
    ) -> tuple[Presentation, Reason] | None:
        """Returns what to present from now on and why, or None to stay.

        Args:
            now: Monotonic seconds.
            present: What is presented.
            stats: The transport's counters.
            late: Frames that began too late for a picture, since the session began.
        """
        wrong = self._wrong(now, stats, late)
        if present == "video":
            return self._down(now, present, wrong, PATIENCE)
        if present == "motion" and wrong == "server_load":
            return self._down(now, present, wrong, self.patience)
        self._bad_since = None
        return self._up(now, stats)

    def _wrong(self, now: float, stats: TransportStats, late: int) -> Reason | None:
        since = now - self._checked if self._checked is not None else 0.0
        fresh, self._late, self._checked = late - self._late, late, now
        if since > 0 and fresh > LATE_SHARE * self.frame_rate * since:
            return "server_load"
        if stats.video_bitrate <= self.lowest and stats.loss > LOSS:
            return "network"
        return None

    def _down(
        self, now: float, present: Presentation, wrong: Reason | None, patience: float
    ) -> tuple[Presentation, Reason] | None:
        if wrong is None:
            self._bad_since = None
            return None
        if self._bad_since is None or wrong != self._reason:
            self._bad_since, self._reason = now, wrong
        if now - self._bad_since < patience:
            return None
        self._bad_since, self._left_at = None, now
        self._left.append(present)
        return ("motion" if present == "video" and self.can_draw else "audio"), wrong

    def _up(self, now: float, stats: TransportStats) -> tuple[Presentation, Reason] | None:
        if self._left_at is None or now - self._left_at < self._retry:
            return None
        if stats.loss > LOSS:
            self._left_at = now
            return None
        self._retry = min(2 * self._retry, LONGEST_RETRY)
        back = self._left.pop() if self._left else "video"
        self._left_at = now if self._left else None
        return back, "recovered"
