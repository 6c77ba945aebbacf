"""When was a sample spoken? Imports nothing of this package."""

from agent.speech.activity import RATE


class SampleClock:
    """Tells when a sample was spoken, from when the frames arrive.

    Frames arrive late in bursts but never early, so the smallest delay seen is the true one; it
    is let go slowly, for clocks that drift, and at once after a gap.
    """

    DRIFT_SECONDS = 1e-5
    GAP_SECONDS = 0.5

    def __init__(self) -> None:
        self._origin: float | None = None

    def arrived(self, position: int, now: float) -> None:
        """Notes that the samples up to `position` had arrived at `now`."""
        origin = now - position / RATE
        known = self._origin
        if known is None or not known <= origin <= known + self.GAP_SECONDS:
            self._origin = origin
        else:
            self._origin = known + self.DRIFT_SECONDS

    def when(self, position: int) -> float:
        """Returns when the sample at `position` was spoken, on the clock of `arrived`."""
        return (self._origin or 0.0) + position / RATE
