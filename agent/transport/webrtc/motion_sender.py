"""Motion packets over an unordered, unrepaired data channel of the same connection.

May import aiortc and `render.motion.wire`.
"""

from aiortc import RTCDataChannel

from render.motion.wire import MotionEncoder
from render.types import AVUnit

LABEL = "motion"
"""Name of the channel, which the listener opens; others are ignored."""
MAX_BUFFERED = 4_096
"""Bytes waiting in the channel above which a packet is left out: a second of motion at most."""


class MotionSender:
    """The motion of one listener.

    Attributes:
        packets_sent: Packets handed to the channel.
        packets_skipped: Packets left out because the channel was not open or did not drain.
        bytes_sent: Of packets, without headers.
    """

    def __init__(self) -> None:
        self.packets_sent = 0
        self.packets_skipped = 0
        self.bytes_sent = 0
        self._encoder = MotionEncoder()
        self._channel: RTCDataChannel | None = None

    def take(self, channel: RTCDataChannel) -> None:
        """Uses a channel the listener opened, if it is the right one."""
        if channel.label == LABEL:
            self._channel = channel
            self.refresh()

    def refresh(self) -> None:
        """Begins anew with a packet that can be read on its own."""
        self._encoder.refresh()

    def send_unit(self, unit: AVUnit) -> None:
        """Sends the motion of a unit, or leaves it out."""
        channel = self._channel
        if channel is None or channel.readyState != "open" or channel.bufferedAmount > MAX_BUFFERED:
            self.packets_skipped += 1
            self._encoder.refresh()
            return
        packet = self._encoder.encode_unit(unit)
        channel.send(packet)
        self.packets_sent += 1
        self.bytes_sent += len(packet)
