"""RTP senders that put finished payloads on the wire with times from the media clock.

They take the place of aiortc's `RTCRtpSender`, whose loop fetches, encodes and sends one track:
no pacing, unlimited retransmissions, sender reports that carry the time of the last packet (so
lateness turns into lip error the browser cannot see). Here encoding happens elsewhere and the
two streams share one `MediaTime`. May import aiortc, `render.clock` and `rate`.
"""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from typing import Literal

from aiortc import RTCRtpSender
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcrtpparameters import RTCRtpSendParameters
from aiortc.rtcrtpsender import random_sequence_number
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_FIR,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    AnyRtcpPacket,
    HeaderExtensionsMap,
    RtcpByePacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSdesPacket,
    RtcpSenderInfo,
    RtcpSourceInfo,
    RtcpSrPacket,
    RtpPacket,
    unpack_remb_fci,
    wrap_rtx,
)
from aiortc.utils import uint16_add

from agent.transport.webrtc.rate import BitrateController, Pacer, RetransmissionBudget, Verdict
from render.clock import FRAME_SECONDS

NTP_OF_UNIX_EPOCH = 2_208_988_800
HISTORY_PACKETS = 512
REPORT_INTERVALS = (0.0, 0.2, 0.5)
"""Seconds before the first sender reports; then one a second. Browsers need two to align."""
KEYFRAME_INTERVAL = 0.25
"""Seconds between keyframes, however often they are asked for."""
REPAIR_INTERVAL = 1.5
"""Seconds between keyframes sent unasked, because more was lost than may be sent again."""

Clock = Callable[[], float]


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
    ) -> None:
        super().__init__(kind, transport)
        self.origin = origin
        self.started = asyncio.Event()
        self.round_trip: float | None = None
        self.bytes_sent = 0
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

    async def send(self, parameters: RTCRtpSendParameters) -> None:
        """Begins: aiortc calls this once DTLS is up (and again, without effect)."""
        if self.started.is_set():
            return
        self._payload_type = parameters.codecs[0].payloadType or 0
        self._cname = parameters.rtcp.cname or ""
        self._mid = parameters.muxId
        self._extensions.configure(parameters)
        self.transport._register_rtp_sender(self, parameters)
        self._tasks.append(asyncio.create_task(self._report()))
        self.started.set()

    async def stop(self) -> None:
        """Ends the stream and its tasks."""
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
    """

    def __init__(
        self,
        transport: RTCDtlsTransport,
        origin: int,
        ticks_per_frame: int,
        media_time: MediaTime,
        clock: Clock,
    ) -> None:
        super().__init__("audio", transport, origin, ticks_per_frame, media_time, clock)
        self._queue: asyncio.Queue[tuple[float, int, bytes]] = asyncio.Queue()

    async def send(self, parameters: RTCRtpSendParameters) -> None:
        """Begins, also starting the task that spaces the packets."""
        if not self.started.is_set():
            self._tasks.append(asyncio.create_task(self._space()))
        await super().send(parameters)

    def enqueue(self, pts: int, payloads: list[bytes]) -> None:
        """Queues the packets of frame `pts`, the first of which leaves now."""
        now = self._clock()
        for index, payload in enumerate(payloads):
            share = index / len(payloads)
            timestamp = int((pts + share) * self._ticks_per_frame)
            self._queue.put_nowait((now + share * FRAME_SECONDS, timestamp, payload))

    async def _space(self) -> None:
        while True:
            due, timestamp, payload = await self._queue.get()
            delay = due - self._clock()
            if delay > 0.001:
                await asyncio.sleep(delay)
            await self.transmit(payload, timestamp, marker=False)


@dataclass
class _QueuedPicture:
    """A picture on its way out: the frames it is watched for, and what is left of it."""

    pts: int
    keyframe: bool
    watched: tuple[int, ...]
    payloads: deque[bytes]


class VideoSender(MediaSender):
    """The picture stream: paced, with bounded retransmissions, keyframes on request.

    Attributes:
        controller: Where the bit rate comes from.
        retransmissions: Packets sent again.
        pictures_sent: Pictures whose packets all left.
    """

    def __init__(
        self,
        transport: RTCDtlsTransport,
        origin: int,
        ticks_per_frame: int,
        media_time: MediaTime,
        clock: Clock,
        controller: BitrateController,
        on_sent: Callable[[tuple[int, ...]], None],
    ) -> None:
        """Begins a stream; `on_sent` gets the watched frames of a picture that just left."""
        super().__init__("video", transport, origin, ticks_per_frame, media_time, clock)
        self.controller = controller
        self.retransmissions = 0
        self.pictures_sent = 0
        self._on_sent = on_sent
        self._pacer = Pacer(controller.target)
        self._budget = RetransmissionBudget()
        self._queue: deque[_QueuedPicture] = deque()
        self._queued = asyncio.Event()
        self._history: OrderedDict[int, RtpPacket] = OrderedDict()
        self._rtx_payload_type: int | None = None
        self._rtx_sequence = random_sequence_number()
        self._keyframe_wanted = True
        self._keyframe_at = -KEYFRAME_INTERVAL

    async def send(self, parameters: RTCRtpSendParameters) -> None:
        """Begins, also finding the payload type of retransmissions."""
        if self.started.is_set():
            return
        main = parameters.codecs[0].payloadType
        for codec in parameters.codecs:
            if codec.name.lower() == "rtx" and codec.parameters.get("apt") == main:
                self._rtx_payload_type = codec.payloadType
        self._tasks.append(asyncio.create_task(self._pace()))
        await super().send(parameters)

    def backlog(self) -> float:
        """Returns how many seconds the path needs for what is queued already."""
        queued = sum(len(payload) for picture in self._queue for payload in picture.payloads)
        return self._pacer.delay(self._clock(), queued)

    def take_keyframe(self) -> bool:
        """Says whether the next picture must be a keyframe, and notes that it will be."""
        now = self._clock()
        if not self._keyframe_wanted or now - self._keyframe_at < KEYFRAME_INTERVAL:
            return False
        self._keyframe_wanted = False
        self._keyframe_at = now
        return True

    def enqueue(
        self, pts: int, payloads: list[bytes], keyframe: bool, watched: tuple[int, ...]
    ) -> None:
        """Queues a picture behind those not sent yet."""
        self._queue.append(_QueuedPicture(pts, keyframe, watched, deque(payloads)))
        self._queued.set()

    async def _pace(self) -> None:
        while True:
            await self._queued.wait()
            self._queued.clear()
            while self._queue:
                await self._send_picture(self._queue[0])
                self._queue.popleft()

    async def _send_picture(self, picture: _QueuedPicture) -> None:
        timestamp = picture.pts * self._ticks_per_frame
        if picture.keyframe:  # what was lost before it is needed no more
            self._history.clear()
            self._budget.forget()
        while picture.payloads:
            self._pacer.bitrate = self.controller.target
            delay = self._pacer.delay(self._clock())
            if delay > 0.002:
                await asyncio.sleep(delay)
            payload = picture.payloads.popleft()
            packet = await self.transmit(payload, timestamp, marker=not picture.payloads)
            self._pacer.sent(len(payload), self._clock())
            self._history[packet.sequence_number] = packet
            if len(self._history) > HISTORY_PACKETS:
                self._history.popitem(last=False)
        self.pictures_sent += 1
        self._on_sent(picture.watched)

    async def _handle_rtcp_packet(self, packet: AnyRtcpPacket) -> None:
        await super()._handle_rtcp_packet(packet)
        if isinstance(packet, RtcpRtpfbPacket) and packet.fmt == RTCP_RTPFB_NACK:
            for sequence in packet.lost:
                await self._retransmit(sequence)
        elif isinstance(packet, RtcpPsfbPacket):
            if packet.fmt in (RTCP_PSFB_FIR, RTCP_PSFB_PLI):
                self._keyframe_wanted = True
            elif packet.fmt == RTCP_PSFB_APP:
                self._on_estimate(packet.fci)

    def _on_receiver_report(self, report: RtcpReceiverInfo) -> None:
        super()._on_receiver_report(report)
        self.controller.on_loss(report.fraction_lost / 256)

    def _on_estimate(self, fci: bytes) -> None:
        try:
            bitrate, sources = unpack_remb_fci(fci)
        except ValueError:
            return
        if self._ssrc in sources:
            self.controller.on_estimate(bitrate)

    async def _retransmit(self, sequence_number: int) -> None:
        packet = self._history.get(sequence_number)
        if packet is None:
            return
        size, now = len(packet.payload) + 40, self._clock()
        verdict = self._budget.judge(
            sequence_number, size, self.controller.target, self.round_trip or 0.1, now
        )
        if verdict is Verdict.EXHAUSTED and now - self._keyframe_at > REPAIR_INTERVAL:
            self._keyframe_wanted = True  # cheaper than all that is missing
        if verdict is not Verdict.SEND:
            return
        if self._rtx_payload_type is None:
            again = copy(packet)
        else:
            again = wrap_rtx(packet, self._rtx_payload_type, self._rtx_sequence, self._rtx_ssrc)
            self._rtx_sequence = uint16_add(self._rtx_sequence, 1)
        self.retransmissions += 1
        await self._put(self._serialize(again))
