"""How much may be sent, and when: bit rate, pacing and retransmissions. Pure, no I/O.

Every class is told the time in seconds by its caller.
"""

from enum import Enum

VIDEO_SHARE = 0.8
"""Share of the receiver's estimate the pictures may take; headers and retransmissions the rest.

The estimate comes from the packets with a sending time, which are the video's: the sound is in it
only by the delay it causes, so nothing is set aside for it. (Browsers never estimate more than
one and a half times what they receive: a fixed deduction would hold a low rate down for good.)
"""
PACING_FACTOR = 1.25
"""How much faster than its bit rate a picture may leave."""
RETRANSMISSION_SHARE = 0.15
"""Retransmissions may take this share of the video bit rate."""
HIGH_LOSS, LOW_LOSS = 0.10, 0.02
"""Above the first the rate falls, below the second it rises (draft-ietf-rmcat-gcc-02, 6)."""


class BitrateController:
    """The video bit rate: what the receiver estimates (REMB), less when packets are lost."""

    def __init__(self, start: int, minimum: int, maximum: int) -> None:
        self._minimum = minimum
        self._maximum = maximum
        self._by_delay = float(maximum)
        self._by_loss = float(start)
        self.loss = 0.0

    @property
    def target(self) -> int:
        """Bits a second for the video encoder."""
        return int(max(self._minimum, min(self._by_delay, self._by_loss, self._maximum)))

    def on_estimate(self, bitrate: int) -> None:
        """Takes the receiver's estimate of the path, in bits a second."""
        self._by_delay = VIDEO_SHARE * bitrate

    def on_loss(self, fraction: float) -> None:
        """Takes the share of packets lost since the last report (about one a second)."""
        self.loss += 0.3 * (fraction - self.loss)
        if fraction > HIGH_LOSS:
            self._by_loss = max(self._minimum, self.target * (1 - 0.5 * fraction))
        elif fraction < LOW_LOSS:
            self._by_loss = min(self._maximum, self._by_loss * 1.08)


class Pacer:
    """Spreads packets over time so that pictures do not flood a slow path.

    A token bucket: it fills at `PACING_FACTOR` of the bit rate and holds `BURST_SECONDS` of it,
    so an ordinary picture leaves at once and a large one is spread. It starts with `OPENING`
    bytes, so the first picture is there at once too.
    """

    OPENING = 40_000
    BURST_SECONDS = 0.1

    def __init__(self, bitrate: int) -> None:
        self.bitrate = bitrate
        self._tokens = float(self.OPENING)
        self._filled_at: float | None = None

    def _fill(self, now: float) -> None:
        if self._filled_at is not None:
            depth = max(1_500.0, self.BURST_SECONDS * self.bitrate / 8)
            refilled = self._tokens + (now - self._filled_at) * PACING_FACTOR * self.bitrate / 8
            self._tokens = max(self._tokens, min(depth, refilled))
        self._filled_at = now

    def delay(self, now: float, queued: int = 0) -> float:
        """Returns after how many seconds a packet behind `queued` bytes may leave."""
        self._fill(now)
        return max(0.0, (queued - self._tokens) * 8 / (PACING_FACTOR * self.bitrate))

    def sent(self, size: int, now: float) -> None:
        """Notes that `size` bytes left."""
        self._fill(now)
        self._tokens -= size


class RetransmissionVerdict(Enum):
    """What to do about a packet reported lost."""

    SEND = "send it again"
    WAIT = "it was sent again too recently to know"
    EXHAUSTED = "the budget is spent"


class RetransmissionBudget:
    """Which lost packets are worth sending again.

    A token bucket that fills at `RETRANSMISSION_SHARE` of the video bit rate, and at most one
    retransmission of a packet in one and a half round trips.
    """

    DEPTH = 6_000

    def __init__(self) -> None:
        self._tokens = float(self.DEPTH)
        self._filled_at: float | None = None
        self._last: dict[int, float] = {}

    def judge(
        self, sequence: int, size: int, bitrate: int, round_trip: float, now: float
    ) -> RetransmissionVerdict:
        """Decides on one packet and, if it is to go, takes it from the budget.

        Args:
            sequence: Its RTP sequence number.
            size: Its bytes.
            bitrate: The video bit rate, bits a second.
            round_trip: Seconds.
            now: Seconds.
        """
        if self._filled_at is not None:
            refill = (now - self._filled_at) * RETRANSMISSION_SHARE * bitrate / 8
            self._tokens = min(self.DEPTH, self._tokens + refill)
        self._filled_at = now
        if now - self._last.get(sequence, float("-inf")) < 1.5 * max(round_trip, 0.05):
            return RetransmissionVerdict.WAIT
        if self._tokens < size:
            return RetransmissionVerdict.EXHAUSTED
        self._tokens -= size
        self._last[sequence] = now
        return RetransmissionVerdict.SEND

    def forget(self) -> None:
        """Forgets which packets were sent again; nobody needs the older ones any more."""
        self._last.clear()
