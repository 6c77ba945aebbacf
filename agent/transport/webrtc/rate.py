"""How much may be sent, and when: bit rate, pacing and retransmissions. Pure, no I/O.

Every class is told the time in seconds by its caller. Imports nothing of this package.
"""

from dataclasses import dataclass, field

AUDIO_SHARE = 48_000
"""Bits a second the sound takes of the path, headers included."""
VIDEO_SHARE = 0.8
"""Share of the rest the pictures may take; the remainder is headers and retransmissions."""
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
        """Takes the receiver's estimate of the whole path, in bits a second."""
        self._by_delay = VIDEO_SHARE * (bitrate - AUDIO_SHARE)

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


@dataclass
class RetransmissionBudget:
    """Which lost packets are worth sending again."""

    tokens: float = 6_000.0
    _refilled_at: float = 0.0
    _last: dict[int, float] = field(default_factory=dict)

    def allows(self, sequence: int, size: int, bitrate: int, round_trip: float, now: float) -> bool:
        """Decides on one packet and, if it may go, takes it from the budget.

        Args:
            sequence: Its RTP sequence number.
            size: Its bytes.
            bitrate: The video bit rate, bits a second.
            round_trip: Seconds; a packet goes at most once in one and a half of it.
            now: Seconds.
        """
        refill = (now - self._refilled_at) * RETRANSMISSION_SHARE * bitrate / 8
        self.tokens = min(6_000.0, self.tokens + refill)
        self._refilled_at = now
        if now - self._last.get(sequence, -1e9) < 1.5 * max(round_trip, 0.05):
            return False
        if self.tokens < size:
            return False
        self.tokens -= size
        if len(self._last) > 2_000:
            self._last.clear()
        self._last[sequence] = now
        return True
