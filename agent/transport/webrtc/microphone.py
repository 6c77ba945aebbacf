"""The listener's microphone: Opus packets in, 10 ms of 16 kHz mono out, at once.

`MicrophoneReceiver` takes the place of aiortc's `RTCRtpReceiver`, which holds four packets back
and decodes in a thread of its own: here a packet that arrives in order is decoded when it arrives
(about 0.1 ms), and only a gap waits. May import aiortc, PyAV and `agent.transport.base`.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import av
import numpy as np
from aiortc import RTCRtpReceiver
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcrtpparameters import RTCRtpReceiveParameters
from aiortc.rtcrtpreceiver import StreamStatistics
from aiortc.rtp import (
    AnyRtcpPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpSrPacket,
    RtpPacket,
)
from av.audio.codeccontext import AudioCodecContext
from numpy.typing import NDArray

from agent.transport.base import MICROPHONE_FRAME, MICROPHONE_RATE, MicrophoneFrame

OPUS_RATE = 48_000
MAX_GAP = 50
"""A larger jump of sequence numbers is a new beginning, not loss."""


class Reorder:
    """Puts packets back in order, waiting for a missing one only until `depth` others came."""

    def __init__(self, depth: int = 4) -> None:
        self._depth = depth
        self._next: int | None = None
        self._waiting: dict[int, bytes] = {}

    def push_packet(self, sequence: int, payload: bytes) -> list[bytes | None]:
        """Takes a packet and returns what is due now, in order; None is a lost packet."""
        ahead = 0 if self._next is None else (sequence - self._next) & 0xFFFF
        if self._next is None or MAX_GAP < ahead < 0x10000 - MAX_GAP:
            self._next = sequence
            self._waiting.clear()
        elif ahead > MAX_GAP:
            return []  # late: its place is taken
        self._waiting[sequence] = payload
        due: list[bytes | None] = []
        while self._next in self._waiting or len(self._waiting) > self._depth:
            due.append(self._waiting.pop(self._next, None))
            self._next = (self._next + 1) & 0xFFFF
        return due


class MicrophoneDecoder:
    """Opus packets to (160,) int16 frames at 16 kHz; lost packets become silence."""

    def __init__(self) -> None:
        codec = av.CodecContext.create("libopus", "r")
        assert isinstance(codec, AudioCodecContext)
        codec.sample_rate = OPUS_RATE
        codec.layout = "mono"
        self._codec = codec
        self._resampler = av.AudioResampler(format="s16", layout="mono", rate=MICROPHONE_RATE)
        self._rest: NDArray[np.int16] = np.zeros(0, np.int16)
        self._packet_samples = MICROPHONE_FRAME
        self.frames = 0
        self.lost = 0

    def decode(self, payload: bytes | None) -> list[MicrophoneFrame]:
        """Decodes one packet, or fills in for a lost one (None)."""
        samples = None if payload is None else self._decode(payload)
        if samples is None:
            self.lost += 1
            samples = np.zeros(self._packet_samples, np.int16)
        self._rest = np.concatenate((self._rest, samples))
        frames = []
        while len(self._rest) >= MICROPHONE_FRAME:
            frames.append(self._rest[:MICROPHONE_FRAME])
            self._rest = self._rest[MICROPHONE_FRAME:]
        self.frames += len(frames)
        return frames

    def _decode(self, payload: bytes) -> NDArray[np.int16] | None:
        try:
            decoded = self._codec.decode(av.Packet(payload))
        except av.FFmpegError:
            return None
        parts: list[NDArray[Any]] = []
        for frame in decoded:
            frame.pts = None
            self._packet_samples = frame.samples * MICROPHONE_RATE // OPUS_RATE
            parts += [resampled.to_ndarray()[0] for resampled in self._resampler.resample(frame)]
        return np.concatenate(parts) if parts else np.zeros(0, np.int16)


class MicrophoneReceiver(RTCRtpReceiver):
    """Receives one Opus stream and hands on its frames from the event loop.

    Attributes:
        decoder: The decoder, with its counters.
    """

    def __init__(
        self,
        transport: RTCDtlsTransport,
        on_frame: Callable[[MicrophoneFrame], None],
        clock: Callable[[], float],
    ) -> None:
        super().__init__("audio", transport)
        self.decoder = MicrophoneDecoder()
        self._on_frame = on_frame
        self._clock = clock
        self._reorder = Reorder()
        self._payload_types: set[int | None] = set()
        self._report_ssrc = 0
        self._streams: dict[int, StreamStatistics] = {}
        self._last_report: tuple[int, float] | None = None
        self._reports: asyncio.Task[None] | None = None
        self._stopped = False

    def _set_rtcp_ssrc(self, ssrc: int) -> None:
        self._report_ssrc = ssrc

    async def receive(self, parameters: RTCRtpReceiveParameters) -> None:
        """Begins: aiortc calls this once DTLS is up, maybe twice, maybe after `stop`."""
        if self._reports is not None or self._stopped:
            return
        self._payload_types = {
            codec.payloadType
            for codec in parameters.codecs
            if codec.mimeType.lower() == "audio/opus"
        }
        self.transport._register_rtp_receiver(self, parameters)
        self._reports = asyncio.create_task(self._report())

    async def stop(self) -> None:
        """Ends the stream and its task."""
        self._stopped = True
        if self._reports is None:
            return
        self.transport._unregister_rtp_receiver(self)
        self._reports.cancel()
        await asyncio.gather(self._reports, return_exceptions=True)

    def _handle_disconnect(self) -> None:
        """Nothing to wake: frames are pushed, nobody waits for one."""

    async def _handle_rtp_packet(self, packet: RtpPacket, arrival_time_ms: int) -> None:
        if packet.payload_type not in self._payload_types or not packet.payload:
            return
        if packet.ssrc not in self._streams:
            self._streams = {packet.ssrc: StreamStatistics(OPUS_RATE)}
        self._streams[packet.ssrc].add(packet)
        for payload in self._reorder.push_packet(packet.sequence_number, packet.payload):
            for frame in self.decoder.decode(payload):
                self._on_frame(frame)

    async def _handle_rtcp_packet(self, packet: AnyRtcpPacket) -> None:
        if isinstance(packet, RtcpSrPacket):
            middle = (packet.sender_info.ntp_timestamp >> 16) & 0xFFFFFFFF
            self._last_report = (middle, self._clock())

    async def _report(self) -> None:
        """Sends a receiver report a second: the browser steers its encoder by it."""
        while True:
            await asyncio.sleep(1.0)
            for ssrc, stream in self._streams.items():
                info = self._info(ssrc, stream)
                report = RtcpRrPacket(ssrc=self._report_ssrc, reports=[info])
                with suppress(ConnectionError):  # the connection's state tells the peer
                    await self.transport._send_rtp(bytes(report))

    def _info(self, ssrc: int, stream: StreamStatistics) -> RtcpReceiverInfo:
        last, at = self._last_report or (0, self._clock())
        return RtcpReceiverInfo(
            ssrc=ssrc,
            fraction_lost=stream.fraction_lost,
            packets_lost=stream.packets_lost,
            highest_sequence=stream.cycles + (stream.max_seq or 0),
            jitter=stream.jitter,
            lsr=last,
            dlsr=int((self._clock() - at) * 65536) & 0xFFFFFFFF,
        )
