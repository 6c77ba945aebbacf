"""What every transport promises: the one seam between a session and a screen.

May import `render.types`. A transport knows no speech, no language and no session; it carries
`AVUnit`s to one listener and the listener's microphone back.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from render.types import AVUnit

MICROPHONE_RATE = 16_000
"""Samples a second of every microphone frame."""
MICROPHONE_FRAME = 160
"""Samples of every microphone frame: 10 ms."""

MicrophoneFrame = NDArray[np.int16]
"""(160,) int16 mono at 16 kHz."""

Mark = Literal["encoded", "sent"]
"""What can happen to a picture on its way out: its bits exist; its last packet left."""

Presentation = Literal["video", "motion", "audio"]
"""What a listener is sent besides the sound: pictures, motion it draws itself, or nothing."""

ClosedReason = Literal["closed", "gone", "failed", "timeout", "error"]
"""Why a transport closed: `close()` was called, the listener hung up, the network path failed,
it was never established, or something here broke."""


@dataclass(frozen=True, slots=True)
class TransportStats:
    """Counters since the transport began, and the latest estimates of the path.

    Attributes:
        connected: Whether media flows.
        pictures_sent: Pictures whose packets all left.
        pictures_skipped: Pictures replaced by a newer one, or left out on a slow path.
        keyframes: Pictures that decode on their own.
        audio_packets_dropped: Packets of sound that gave way to newer ones.
        bytes_sent: Media bytes, without headers and retransmissions.
        retransmissions: Packets sent again.
        motion_sent: Motion packets handed over.
        motion_skipped: Motion packets left out.
        motion_bytes: Bytes of motion packets, without headers.
        video_bitrate: Bits a second the encoder aims at now.
        loss: Share of packets the listener reported lost lately, in [0, 1].
        round_trip: Seconds, or None before the first report.
        microphone_frames: Microphone frames delivered.
        microphone_lost: Of these, frames of silence that stand for lost packets.
    """

    connected: bool
    pictures_sent: int
    pictures_skipped: int
    keyframes: int
    audio_packets_dropped: int
    bytes_sent: int
    retransmissions: int
    motion_sent: int
    motion_skipped: int
    motion_bytes: int
    video_bitrate: int
    loss: float
    round_trip: float | None
    microphone_frames: int
    microphone_lost: int


class TransportObserver(Protocol):
    """Takes what happens on a transport, in the event loop; all methods return at once."""

    def on_microphone(self, frame: MicrophoneFrame) -> None:
        """Takes every microphone frame, in order, without gaps."""
        ...

    def on_mark(self, name: Mark, pts: int, at: float) -> None:
        """Notes that the first picture at or after a watched frame passed a point.

        Args:
            name: The point.
            pts: The frame that was watched.
            at: Seconds of the transport's clock.
        """
        ...

    def on_closed(self, reason: ClosedReason) -> None:
        """Notes, once, that the transport has closed."""
        ...


class Transport(Protocol):
    """Carries one session's media to one listener. All methods belong to the event loop.

    What happens on it is told to the `TransportObserver` that it was made with.

    Attributes:
        presentation: What is sent besides the sound; may change at any time. The sound never
            notices.
    """

    presentation: Presentation

    def send_sound(self, unit: AVUnit) -> None:
        """Hands over the sound of the next unit, whose picture is not there yet.

        So it leaves at its time, however long the picture takes. The whole unit follows by `send`.
        """

    def send_unit(self, unit: AVUnit) -> None:
        """Hands over the next unit, `pts` rising. Never blocks and never fails."""

    def watch(self, pts: int) -> None:
        """Asks for marks of the first picture at or after `pts`."""

    def stats(self) -> TransportStats:
        """Returns the counters as they stand."""

    async def close(self) -> None:
        """Ends everything and frees it. Calling it again waits for the same end."""
