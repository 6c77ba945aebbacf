"""A browser's side of a WebRTC session, with stock aiortc, that records what it gets."""

import asyncio
from collections.abc import Callable
from fractions import Fraction

import av
import numpy as np
from aiortc import (
    AudioStreamTrack,
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from aiortc.rtp import AnyRtcpPacket, RtcpSrPacket, RtpPacket
from numpy.typing import NDArray

from agent.transport.webrtc.ice import close_even_while_connecting
from render.clock import FRAME_SAMPLES, FRAME_SECONDS
from render.types import AVUnit, Motion, Picture

SIDE = 128
STRIPE_BITS = 8
BLOCK = 16


def unit(pts: int, flash: bool = False, tone: bool = False) -> AVUnit:
    """Makes a unit whose picture shows its pts (modulo 256) in blocks along the top."""
    rgba = np.full((SIDE, SIDE, 4), 255 if flash else 90, np.uint8)
    bits = (pts >> np.arange(STRIPE_BITS - 1, -1, -1)) & 1
    rgba[:BLOCK, :, :3] = np.repeat(np.where(bits, 235, 20), BLOCK)[None, :, None]
    rgba[:, :, 3] = 255
    time = (pts * FRAME_SAMPLES + np.arange(FRAME_SAMPLES)) / 24_000
    samples = 12_000 * np.sin(2 * np.pi * 1_000 * time) if tone else np.zeros(FRAME_SAMPLES)
    return AVUnit(pts, samples.astype(np.int16), Motion.of(), picture=Picture(rgba))


def stripe(frame: av.VideoFrame) -> int:
    """Reads the pts (modulo 256) that `unit` drew."""
    luma = frame.to_ndarray(format="gray")[BLOCK // 2, BLOCK // 2 :: BLOCK]
    return int(sum(int(value > 127) << bit for bit, value in enumerate(luma[::-1])))


def pitch(samples: NDArray[np.int16], rate: int) -> float:
    """Returns the frequency of the loudest partial, in hertz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * rate / len(samples))


class ToneTrack(AudioStreamTrack):
    """A microphone that hears 1,000 Hz: 20 ms frames at 48 kHz, in real time."""

    def __init__(self) -> None:
        super().__init__()
        self._samples = 0

    async def recv(self) -> av.AudioFrame:
        """Returns the next frame when it is due."""
        if self.readyState != "live":
            raise MediaStreamError
        await asyncio.sleep(0.02)
        time = (self._samples + np.arange(960)) / 48_000
        wave = (12_000 * np.sin(2 * np.pi * 1_000 * time)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wave[None], "s16", "mono")
        frame.sample_rate = 48_000
        frame.pts, frame.time_base = self._samples, Fraction(1, 48_000)
        self._samples += 960
        return frame


class Listener:
    """Offers, connects, and keeps packets, reports and decoded pictures.

    Attributes:
        packets: RTP packets as they came, by kind.
        reports: Sender reports, by kind.
        stripes: What `stripe` read of every decoded picture.
        motion: Motion packets as they came; none unless a channel for them is opened.
    """

    def __init__(self, microphone: MediaStreamTrack | None = None, channel: str = "") -> None:
        self.packets: dict[str, list[RtpPacket]] = {"audio": [], "video": []}
        self.reports: dict[str, list[RtcpSrPacket]] = {"audio": [], "video": []}
        self.stripes: list[int] = []
        self._connection = RTCPeerConnection(
            RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        if microphone is None:
            self._connection.addTransceiver("audio", "recvonly")
        else:
            self._connection.addTransceiver(microphone, "sendrecv")
        self._connection.addTransceiver("video", "recvonly")
        self.motion: list[bytes] = []
        if channel:
            opened = self._connection.createDataChannel(channel, ordered=False, maxRetransmits=0)
            opened.on("message", self.motion.append)
        transport = self._connection.getTransceivers()[0].sender.transport.transport
        close_even_while_connecting(transport)
        self._connection.on("track", self._on_track)
        self._tasks: list[asyncio.Task[None]] = []

    async def offer(self) -> str:
        """Returns an offer with candidates inside."""
        await self._connection.setLocalDescription(await self._connection.createOffer())
        return self._connection.localDescription.sdp

    async def accept(self, answer: str) -> None:
        """Takes the answer and begins to connect."""
        for transceiver in self._connection.getTransceivers():
            self._tap(transceiver.kind)
        await self._connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def close(self) -> None:
        """Hangs up."""
        await self._connection.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _tap(self, kind: str) -> None:
        receiver = next(t.receiver for t in self._connection.getTransceivers() if t.kind == kind)
        on_rtp, on_rtcp = receiver._handle_rtp_packet, receiver._handle_rtcp_packet

        async def rtp(packet: RtpPacket, arrival_time_ms: int) -> None:
            self.packets[kind].append(packet)
            await on_rtp(packet, arrival_time_ms)

        async def rtcp(packet: AnyRtcpPacket) -> None:
            if isinstance(packet, RtcpSrPacket):
                self.reports[kind].append(packet)
            await on_rtcp(packet)

        vars(receiver).update(_handle_rtp_packet=rtp, _handle_rtcp_packet=rtcp)

    def _on_track(self, track: MediaStreamTrack) -> None:
        self._tasks.append(asyncio.create_task(self._consume(track)))

    async def _consume(self, track: MediaStreamTrack) -> None:
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            if isinstance(frame, av.VideoFrame):
                self.stripes.append(stripe(frame))


async def until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    """Waits until calling `condition` is true; fails the test if it never is."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - conditions look at packets and counters
            await asyncio.sleep(0.01)


async def feed(send: Callable[[AVUnit], None], units: list[AVUnit]) -> None:
    """Hands over units 25 times a second."""
    loop = asyncio.get_running_loop()
    begin = loop.time()
    for index, each in enumerate(units):
        await asyncio.sleep(max(0.0, begin + index * FRAME_SECONDS - loop.time()))
        send(each)
