"""RTP senders that put finished payloads on the wire with times from the media clock.

They take the place of aiortc's `RTCRtpSender`, whose loop fetches, encodes and sends one track:
no pacing, unlimited retransmissions, sender reports that carry the time of the last packet (so
lateness turns into lip error the browser cannot see). Here encoding happens elsewhere and the
two streams share one `MediaTime`. May import aiortc and `render.clock`.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Literal

from aiortc import RTCRtpSender
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcrtpparameters import RTCRtpSendParameters
from aiortc.rtcrtpsender import random_sequence_number
from aiortc.rtp import (
    AnyRtcpPacket,
    HeaderExtensionsMap,
    RtcpByePacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpSdesPacket,
    RtcpSenderInfo,
    RtcpSourceInfo,
    RtcpSrPacket,
    RtpPacket,
)
from aiortc.utils import uint16_add

from agent.errors import place_of
from render.clock import FRAME_SECONDS

NTP_OF_UNIX_EPOCH = 2_208_988_800
REPORT_INTERVALS = (0.0, 0.2, 0.5)
"""Seconds before the first sender reports; then one a second. Browsers need two to align."""
MAX_QUEUED_PACKETS = 100
"""Packets of sound, two seconds, kept for a path that takes none; older ones are dropped."""
Clock = Callable[[], float]

logger = logging.getLogger(__name__)


class MediaTime:
    """The wall time of every frame of the media clock, the same for sound and picture."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._zero: float | None = None
        self._ntp_offset = time.time() - clock() + NTP_OF_UNIX_EPOCH

    def begin(self, pts: int) -> None:
        """Notes that frame `pts` leaves now; the first call fixes the mapping for good."""
        if self._zero is None:
            self._zero = self._clock() - pts * FRAME_SECONDS

    def now(self) -> tuple[float, int]:
        """Returns the media clock in (fractional) frames and the same instant as 64 bit NTP."""
        assert self._zero is not None
        now = self._clock()
        return (now - self._zero) / FRAME_SECONDS, int((now + self._ntp_offset) * 2**32)


class MediaSender(RTCRtpSender):
    """One RTP stream whose timestamps are `origin` + pts * `ticks_per_frame`.

    Attributes:
        started: Set when the connection is up and packets may be sent.
        round_trip: Seconds, or None before the first report.
        bytes_sent: Payload bytes.
    """

    def __init__(
        self,
        kind: Literal["audio", "video"],
        transport: RTCDtlsTransport,
        origin: int,
        ticks_per_frame: int,
        media_time: MediaTime,
        clock: Clock,
        on_failure: Callable[[], None],
    ) -> None:
        """Begins a stream; `on_failure` is called if it breaks for a reason of ours."""
        super().__init__(kind, transport)
        self.origin = origin
        self.started = asyncio.Event()
        self.round_trip: float | None = None
        self.bytes_sent = 0
        self._on_failure = on_failure
        self._ticks_per_frame = ticks_per_frame
        self._media_time = media_time
        self._clock = clock
        self._sequence = random_sequence_number()
        self._packets_sent = 0
        self._first_sent = asyncio.Event()
        self._reported: OrderedDict[int, float] = OrderedDict()
        self._extensions = HeaderExtensionsMap()
        self._payload_type = 0
        self._cname = self._mid = ""
        self._tasks: list[asyncio.Task[None]] = []
        self._stopped = False

    async def send(self, parameters: RTCRtpSendParameters) -> None:
        """Begins: aiortc calls this once DTLS is up, maybe twice, maybe after `stop`."""
        if self.started.is_set() or self._stopped:
            return
        self._payload_type = parameters.codecs[0].payloadType or 0
        self._cname = parameters.rtcp.cname or ""
        self._mid = parameters.muxId
        self._extensions.configure(parameters)
        self.transport._register_rtp_sender(self, parameters)
        self._tasks = [asyncio.create_task(self._guard(work)) for work in self._work()]
        self.started.set()

    def _work(self) -> list[Coroutine[Any, Any, None]]:
        """Returns what runs while the stream is up."""
        return [self._report()]

    async def _guard(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            logger.error("sending %s failed: %s", self.kind, place_of(error))
            self._on_failure()

    async def stop(self) -> None:
        """Ends the stream and its tasks."""
        self._stopped = True
        if not self.started.is_set():
            return
        self.transport._unregister_rtp_sender(self)
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if tasks:
            await self._put(bytes(RtcpByePacket(sources=[self._ssrc])))

    async def transmit(self, payload: bytes, timestamp: int, marker: bool) -> RtpPacket:
        """Sends one packet; `timestamp` counts from 0, the origin is added here."""
        packet = RtpPacket(
            payload_type=self._payload_type,
            marker=int(marker),
            sequence_number=self._sequence,
            timestamp=(self.origin + timestamp) & 0xFFFFFFFF,
            ssrc=self._ssrc,
            payload=payload,
        )
        packet.extensions.mid = self._mid
        self._sequence = uint16_add(self._sequence, 1)
        await self._put(self._serialize(packet))
        self._packets_sent += 1
        self.bytes_sent += len(payload)
        self._first_sent.set()
        return packet

    def _serialize(self, packet: RtpPacket) -> bytes:
        """Stamps the moment of sending (24 bit, 6.18 fixed point seconds) and serializes."""
        packet.extensions.abs_send_time = int(self._clock() * 2**18) & 0xFFFFFF
        return packet.serialize(self._extensions)

    async def _put(self, data: bytes) -> None:
        with suppress(ConnectionError):  # the connection's state tells the peer
            await self.transport._send_rtp(data)

    async def _report(self) -> None:
        """Sends sender reports that map RTP time to wall time by the media clock."""
        await self._first_sent.wait()
        for interval in REPORT_INTERVALS:
            await asyncio.sleep(interval)
            await self._put(self._sender_report())
        while True:
            await asyncio.sleep(1.0)
            await self._put(self._sender_report())

    def _sender_report(self) -> bytes:
        frames, ntp = self._media_time.now()
        self._reported[(ntp >> 16) & 0xFFFFFFFF] = self._clock()
        if len(self._reported) > 16:
            self._reported.popitem(last=False)
        info = RtcpSenderInfo(
            ntp_timestamp=ntp,
            rtp_timestamp=(self.origin + round(frames * self._ticks_per_frame)) & 0xFFFFFFFF,
            packet_count=self._packets_sent & 0xFFFFFFFF,
            octet_count=self.bytes_sent & 0xFFFFFFFF,
        )
        name = RtcpSourceInfo(ssrc=self._ssrc, items=[(1, self._cname.encode())])
        report = RtcpSrPacket(ssrc=self._ssrc, sender_info=info)
        return bytes(report) + bytes(RtcpSdesPacket(chunks=[name]))

    async def _handle_rtcp_packet(self, packet: AnyRtcpPacket) -> None:
        if isinstance(packet, RtcpRrPacket | RtcpSrPacket):
            for report in packet.reports:
                if report.ssrc == self._ssrc:
                    self._on_receiver_report(report)

    def _on_receiver_report(self, report: RtcpReceiverInfo) -> None:
        sent_at = self._reported.get(report.lsr)
        if sent_at is not None:
            measured = max(0.0, self._clock() - sent_at - report.dlsr / 65536)
            known = self.round_trip
            self.round_trip = measured if known is None else known + 0.15 * (measured - known)


class AudioSender(MediaSender):
    """The sound stream: a unit's packets leave one packet's duration apart.

    Sent in pairs, they would look like jitter to the listener's buffer, which would then hold
    all sound, and the pictures with it, back by 20 ms more.

    Attributes:
        packets_dropped: Packets that gave way to newer ones, because they could not leave.
    """

    def __init__(
        self,
        transport: RTCDtlsTransport,
        origin: int,
        ticks_per_frame: int,
        media_time: MediaTime,
        clock: Clock,
        on_failure: Callable[[], None],
    ) -> None:
        super().__init__("audio", transport, origin, ticks_per_frame, media_time, clock, on_failure)
        self.packets_dropped = 0
        self._queue: asyncio.Queue[tuple[float, int, bytes]] = asyncio.Queue(MAX_QUEUED_PACKETS)

    def _work(self) -> list[Coroutine[Any, Any, None]]:
        return [*super()._work(), self._space()]

    def enqueue(self, pts: int, payloads: list[bytes]) -> None:
        """Queues the packets of frame `pts`, the first of which leaves now."""
        now = self._clock()
        for index, payload in enumerate(payloads):
            share = index / len(payloads)
            timestamp = int((pts + share) * self._ticks_per_frame)
            if self._queue.full():
                self._drop_oldest()
            self._queue.put_nowait((now + share * FRAME_SECONDS, timestamp, payload))

    def _drop_oldest(self) -> None:
        self._queue.get_nowait()
        if not self.packets_dropped:
            logger.warning("the path takes no sound; packets are dropped")
        self.packets_dropped += 1

    async def _space(self) -> None:
        while True:
            due, timestamp, payload = await self._queue.get()
            delay = due - self._clock()
            if delay > 0.001:
                await asyncio.sleep(delay)
            await self.transmit(payload, timestamp, marker=False)
