"""One WebRTC connection to one browser: signalling, lifetime, and the parts put together.

May import aiortc, `agent.settings`, `agent.errors`, `agent.transport.base` and this room.
"""

import asyncio
import logging
import random
import time
from collections.abc import Coroutine
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpSender,
    RTCRtpTransceiver,
    RTCSessionDescription,
)

from agent.errors import BadSdp, place_of
from agent.settings import WebRtcSettings
from agent.transport.base import (
    ClosedReason,
    MicrophoneFrame,
    Presentation,
    TransportObserver,
    TransportStats,
)
from agent.transport.webrtc.encoders import OPUS_TICKS_PER_UNIT
from agent.transport.webrtc.ice import close_even_while_connecting
from agent.transport.webrtc.microphone import MicrophoneReceiver
from agent.transport.webrtc.motion_sender import MotionSender
from agent.transport.webrtc.offer import Offer, check_offer, hurried
from agent.transport.webrtc.pump import MediaPump, Rates
from agent.transport.webrtc.rate import BitrateController
from agent.transport.webrtc.sender import AudioSender, Clock, MediaSender, MediaTime
from agent.transport.webrtc.video_sender import VideoSender
from render.clock import RTP_TICKS_PER_FRAME
from render.types import AVUnit

CONNECT_SECONDS = 20.0
"""A peer that is not connected this long after its answer is closed."""

logger = logging.getLogger(__name__)


class WebRtcPeer:
    """A `Transport` over WebRTC: H.264 or motion, and Opus out, the microphone's Opus in.

    One peer answers one offer; a reconnecting page gets a new peer.

    Attributes:
        video_origin: RTP timestamp of the picture with pts 0; each frame adds 3,600, modulo 2^32.
        audio_origin: RTP timestamp of the sound with pts 0; each frame adds 1,920, modulo 2^32.
    """

    def __init__(
        self,
        settings: WebRtcSettings,
        width: int,
        height: int,
        executor: Executor,
        observer: TransportObserver,
        clock: Clock = time.monotonic,
        presentation: Presentation = "video",
        audio_complexity: int = 10,
    ) -> None:
        """Prepares a peer; nothing is opened before `answer`.

        Args:
            settings: Bit rates and ICE servers.
            width: Of the pictures to come, in pixels, even.
            height: Of the pictures to come, in pixels, even.
            executor: Where encoding runs: bounded, shared with other sessions, owned by the
                caller.
            observer: Told of the microphone's sound, of marks and of the end.
            clock: Seconds, monotonic; the times of marks are its.
            presentation: What is sent besides the sound at first.
            audio_complexity: How hard the sound's encoder tries, 0 to 10.
        """
        if width % 2 or height % 2:
            raise ValueError("the pictures' width and height must be even")
        self._observer = observer
        self.video_origin = random.getrandbits(32)
        self.audio_origin = random.getrandbits(32)
        self._presentation: Presentation = presentation
        self._motion = MotionSender()
        self._settings = settings
        self._clock = clock
        self._media_time = MediaTime(clock)
        self._controller = BitrateController(
            settings.video_bitrate, settings.video_bitrate_min, settings.video_bitrate_max
        )
        rates = Rates(
            settings.audio_bitrate,
            settings.video_bitrate,
            settings.video_bitrate_max,
            audio_complexity,
        )
        self._pump = MediaPump(
            (width, height), rates, executor, self._media_time, clock, observer.on_mark
        )
        self._connection: RTCPeerConnection | None = None
        self._audio: AudioSender | None = None
        self._video: VideoSender | None = None
        self._microphone: MicrophoneReceiver | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing: asyncio.Task[None] | None = None

    @property
    def presentation(self) -> Presentation:
        """What is sent besides the sound. Motion needs the listener's data channel."""
        return self._presentation

    @presentation.setter
    def presentation(self, presentation: Presentation) -> None:
        if presentation == "motion" and self._presentation != "motion":
            self._motion.refresh()
        if presentation != "video":
            self._pump.rest_video()
        self._presentation = presentation

    async def answer(self, offer_sdp: str) -> tuple[str, int]:
        """Answers an offer and begins to connect.

        Args:
            offer_sdp: One sendrecv or recvonly audio and one recvonly video section, bundled,
                with or without one for data; candidates may be inside or missing.

        Returns:
            The answer's SDP with all candidates inside, and `video_origin`.

        Raises:
            BadSdp: The offer cannot be used; nothing stays open and the peer may try another.
        """
        if self._connection is not None or self._closing is not None:
            raise RuntimeError("a peer answers one offer")
        offer = check_offer(offer_sdp)
        servers = [RTCIceServer(urls=url) for url in self._settings.ice_servers]
        connection = RTCPeerConnection(
            RTCConfiguration(iceServers=servers, bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        self._connection = connection
        try:
            audio, video = await self._negotiate(connection, offer)
        except BaseException:
            self._connection = None
            await connection.close()
            raise
        connection.on("connectionstatechange", self._on_state)
        self._spawn(self._pump.run(audio, video, pictures=self._presentation == "video"))
        self._spawn(self._give_up())
        return hurried(connection.localDescription.sdp), self.video_origin

    def send_sound(self, unit: AVUnit) -> None:
        """Hands over the sound of the next unit, whose picture is not there yet."""
        if self._closing is None:
            self._pump.send_sound(unit)

    def send_unit(self, unit: AVUnit) -> None:
        """Hands over the next unit, `pts` rising. Never blocks and never fails."""
        if self._closing is not None:
            return
        if self._presentation != "video" and unit.picture is not None:
            unit = replace(unit, picture=None)
        self._pump.send_unit(unit)
        if self._presentation == "motion":
            self._motion.send_unit(unit)
        if self._presentation != "video":
            self._pump.mark_passed(unit.pts)

    def watch(self, pts: int) -> None:
        """Asks for marks of the first picture at or after `pts`."""
        self._pump.watch(pts)

    def stats(self) -> TransportStats:
        """Returns the counters as they stand."""
        audio, video, microphone = self._audio, self._video, self._microphone
        return TransportStats(
            connected=video is not None and video.started.is_set() and self._closing is None,
            pictures_sent=video.pictures_sent if video else 0,
            pictures_skipped=self._pump.pictures_skipped,
            keyframes=self._pump.keyframes,
            audio_packets_dropped=audio.packets_dropped if audio else 0,
            bytes_sent=sum(sender.bytes_sent for sender in (audio, video) if sender),
            retransmissions=video.retransmissions if video else 0,
            motion_sent=self._motion.packets_sent,
            motion_skipped=self._motion.packets_skipped,
            motion_bytes=self._motion.bytes_sent,
            video_bitrate=self._controller.target,
            loss=self._controller.loss,
            round_trip=video.round_trip if video else None,
            microphone_frames=microphone.decoder.frames if microphone else 0,
            microphone_lost=microphone.decoder.lost if microphone else 0,
        )

    async def close(self) -> None:
        """Ends everything and frees it. Calling it again waits for the same end."""
        await asyncio.shield(self._end("closed"))

    async def _negotiate(
        self, connection: RTCPeerConnection, offer: Offer
    ) -> tuple[AudioSender, VideoSender]:
        """Answers within aiortc, our senders and receiver in the place of its own."""
        for kind in offer.kinds:  # in the offer's order, or bundling never completes
            direction = "sendrecv" if kind == "audio" else "sendonly"
            self._replace(connection.addTransceiver(kind, direction))
        assert self._audio is not None
        assert self._video is not None
        close_even_while_connecting(self._audio.transport.transport)
        connection.on("datachannel", self._motion.take)
        try:
            await connection.setRemoteDescription(RTCSessionDescription(offer.sdp, "offer"))
        except Exception as error:  # whatever in a foreign description upsets aiortc
            raise BadSdp("The offer cannot be answered.") from error
        for candidate in offer.candidates:
            await connection.addIceCandidate(candidate)
        await connection.setLocalDescription(await connection.createAnswer())
        return self._audio, self._video

    def _replace(self, transceiver: RTCRtpTransceiver) -> None:
        """Puts our sender, and for audio our receiver, into a new transceiver.

        aiortc offers no way to bring one's own, so this sets what its constructor sets.
        """
        stock = transceiver.sender
        transport = stock.transport
        sender: MediaSender
        capabilities = RTCRtpSender.getCapabilities(transceiver.kind).codecs
        if transceiver.kind == "video":
            sender = self._video = VideoSender(
                transport,
                self.video_origin,
                RTP_TICKS_PER_FRAME,
                self._media_time,
                self._clock,
                self._on_sender_failure,
                self._controller,
                lambda watched: self._pump.mark("sent", watched),
            )
            wanted = {"video/h264", "video/rtx"}
        else:
            sender = self._audio = AudioSender(
                transport,
                self.audio_origin,
                OPUS_TICKS_PER_UNIT,
                self._media_time,
                self._clock,
                self._on_sender_failure,
            )
            wanted = {"audio/opus"}
            self._microphone = MicrophoneReceiver(transport, self._hear, self._clock)
            vars(transceiver)["_RTCRtpTransceiver__receiver"] = self._microphone
        sender._stream_id = stock._stream_id
        vars(transceiver)["_RTCRtpTransceiver__sender"] = sender
        transceiver.receiver._set_rtcp_ssrc(sender._ssrc)
        transceiver.setCodecPreferences(
            [codec for codec in capabilities if codec.mimeType.lower() in wanted]
        )

    def _hear(self, frame: MicrophoneFrame) -> None:
        try:
            self._observer.on_microphone(frame)
        except Exception as error:
            logger.error("the microphone's listener failed: %s", place_of(error))
            self._end("error")

    def _on_sender_failure(self) -> None:
        self._end("error")

    def _on_state(self) -> None:
        state = self._connection.connectionState if self._connection else "closed"
        if state == "failed":
            self._end("failed")
        elif state == "closed":
            self._end("gone")

    async def _give_up(self) -> None:
        """Closes a peer that does not get connected."""
        assert self._video is not None
        try:
            await asyncio.wait_for(self._video.started.wait(), CONNECT_SECONDS)
        except TimeoutError:
            self._end("timeout")

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs `work` as a task of this peer; its failure ends the peer."""
        task = asyncio.create_task(self._guard(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guard(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            logger.error("a transport task failed: %s", place_of(error))
            self._end("error")

    def _end(self, reason: ClosedReason) -> asyncio.Task[None]:
        if self._closing is None:
            self._closing = asyncio.create_task(self._shut(reason))
        return self._closing

    async def _shut(self, reason: ClosedReason) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        try:
            if self._connection is not None:
                await self._connection.close()
            self._pump.free()
        except Exception as error:
            logger.error("a connection did not close cleanly: %s", place_of(error))
        finally:
            self._observer.on_closed(reason)
