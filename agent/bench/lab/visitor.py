"""A client without a screen: opens a session, asks, and notes when each frame arrives.

It is what a browser is to the server, less decoding and drawing, so that many fit on the cores the
server also uses.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import count, cycle
from typing import Any

import httpx2
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.rtp import RtpPacket
from websockets.asyncio.client import ClientConnection, connect

from agent.transport.base import Presentation
from render.motion.wire import MotionDecoder

AUDIO_TICKS, VIDEO_TICKS = 1_920, 3_600
"""RTP ticks of a frame of sound and of pictures."""
OPENING_SECONDS = 30.0


class VisitorRefused(Exception):
    """The server has no room."""


class Visitor:
    """One client.

    Attributes:
        sound: When the sound of each frame arrived, monotonic seconds by pts.
        shown: When its picture or motion arrived, likewise.
        speaking: Spans of pts in which the face spoke: [first, last] of each answer.
        received_bytes: Payload of sound and of pictures or motion.
        presentation: What the server sends now; a busy one chooses for itself.
    """

    def __init__(self, url: str, presentation: Presentation, questions: Sequence[str]) -> None:
        self.sound: dict[int, float] = {}
        self.shown: dict[int, float] = {}
        self.received_bytes = {"sound": 0, "shown": 0}
        self.answers = 0
        self._url = url.rstrip("/")
        self.presentation: str = presentation
        self._questions = cycle(questions)
        self._origins = {"audio": 0, "video": 0}
        self._ids = count(1)
        self._socket: ClientConnection | None = None
        self._listening: asyncio.Task[None] | None = None
        self._decoder = MotionDecoder()
        configuration = RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        self._connection = RTCPeerConnection(configuration)

    async def join(self, http: httpx2.AsyncClient) -> None:
        """Opens the session and its media.

        Raises:
            Refused: The server has no room.
        """
        reply = await http.post(f"{self._url}/v1/sessions", json={})
        if reply.status_code == 503:
            raise VisitorRefused
        reply.raise_for_status()
        lease = reply.json()
        events = self._url.replace("http", "ws", 1)
        events += f"/v1/sessions/{lease['id']}/events?token={lease['token']}"
        self._socket = await connect(events, max_size=None)
        async with asyncio.timeout(OPENING_SECONDS):
            await self._negotiate(self._socket)
        self._listening = asyncio.create_task(self._listen(self._socket))

    async def close(self) -> None:
        """Leaves."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        if self._socket is not None:
            with suppress(Exception):
                await self._send("goodbye")
            await self._socket.close()
        await self._connection.close()

    async def _negotiate(self, socket: ClientConnection) -> None:
        connection = self._connection
        connection.addTransceiver("audio", "recvonly")
        connection.addTransceiver("video", "recvonly")
        channel = connection.createDataChannel("motion", ordered=False, maxRetransmits=0)
        channel.on("message", self._motion)
        for transceiver in connection.getTransceivers():
            self._tap(transceiver.receiver, transceiver.kind)
        await connection.setLocalDescription(await connection.createOffer())
        sdp = connection.localDescription.sdp
        await self._send("offer", sdp=sdp, presentation=self.presentation, can_draw=True)
        while (event := json.loads(await socket.recv()))["type"] != "answer":
            pass
        self._origins = {"audio": event["audio_origin"], "video": event["video_origin"]}
        await connection.setRemoteDescription(RTCSessionDescription(event["sdp"], "answer"))

    def _tap(self, receiver: Any, kind: str) -> None:
        """Takes packets before aiortc decodes them."""

        async def take(packet: RtpPacket, arrival_time_ms: int) -> None:
            now = time.monotonic()
            ticks = (packet.timestamp - self._origins[kind]) % 2**32
            if kind == "audio":
                self.sound.setdefault(ticks // AUDIO_TICKS, now)
                self.received_bytes["sound"] += len(packet.payload)
            else:
                self.shown[ticks // VIDEO_TICKS] = now
                self.received_bytes["shown"] += len(packet.payload)

        vars(receiver)["_handle_rtp_packet"] = take

    def _motion(self, packet: bytes) -> None:
        self.received_bytes["shown"] += len(packet)
        self.shown[self._decoder.decode(packet).pts] = time.monotonic()

    async def _listen(self, socket: ClientConnection) -> None:
        """Asks the next question whenever the face has nothing to say."""
        async for message in socket:
            event = json.loads(message)
            if event["type"] == "presentation":
                self.presentation = event["presentation"]
            if event["type"] == "agent_transcript" and event["final"]:
                self.answers += 1
                await self._send("text", text=next(self._questions))

    async def _send(self, kind: str, **fields: Any) -> None:
        assert self._socket is not None
        message = {"type": kind, "id": next(self._ids), "at_ms": time.monotonic() * 1000, **fields}
        await self._socket.send(json.dumps(message))
