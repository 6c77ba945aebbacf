"""The picture stream: paced, repaired within bounds, keyframes on request.

May import aiortc, `rate` and `sender`.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Coroutine
from copy import copy
from dataclasses import dataclass
from typing import Any

from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcrtpparameters import RTCRtpSendParameters
from aiortc.rtcrtpsender import random_sequence_number
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_FIR,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    AnyRtcpPacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRtpfbPacket,
    RtpPacket,
    unpack_remb_fci,
    wrap_rtx,
)
from aiortc.utils import uint16_add

from agent.transport.webrtc.rate import (
    BitrateController,
    Pacer,
    RetransmissionBudget,
    RetransmissionVerdict,
)
from agent.transport.webrtc.sender import Clock, MediaSender, MediaTime

HISTORY_PACKETS = 512
KEYFRAME_INTERVAL = 0.25
"""Seconds between keyframes, however often they are asked for."""
REPAIR_INTERVAL = 1.5
"""Seconds between keyframes sent unasked, because more was lost than may be sent again."""


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
        on_failure: Callable[[], None],
        controller: BitrateController,
        on_sent: Callable[[tuple[int, ...]], None],
    ) -> None:
        """Begins a stream; `on_sent` gets the watched frames of a picture that just left."""
        super().__init__("video", transport, origin, ticks_per_frame, media_time, clock, on_failure)
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
        main = parameters.codecs[0].payloadType
        for codec in parameters.codecs:
            if codec.name.lower() == "rtx" and codec.parameters.get("apt") == main:
                self._rtx_payload_type = codec.payloadType
        await super().send(parameters)

    def _work(self) -> list[Coroutine[Any, Any, None]]:
        return [*super()._work(), self._pace()]

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
        if verdict is RetransmissionVerdict.EXHAUSTED and now - self._keyframe_at > REPAIR_INTERVAL:
            self._keyframe_wanted = True  # cheaper than all that is missing
        if verdict is not RetransmissionVerdict.SEND:
            return
        if self._rtx_payload_type is None:
            again = copy(packet)
        else:
            again = wrap_rtx(packet, self._rtx_payload_type, self._rtx_sequence, self._rtx_ssrc)
            self._rtx_sequence = uint16_add(self._rtx_sequence, 1)
        self.retransmissions += 1
        await self._put(self._serialize(again))
