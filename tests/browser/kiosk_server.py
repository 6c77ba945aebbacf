"""A server for the kiosk in a process of its own, which a test stops, freezes and starts again.

The real server with its sessions, its health and its drawn face; what it says is scripted, so that
no model is loaded. `/test/sessions` tells what each session was asked and how loud it was.
"""

import argparse
import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import uvicorn
from face_server import FaceOnly, Faces
from prometheus_client import CollectorRegistry
from watchers import FaceWatcher

from agent.events import (
    AgentTranscriptEvent,
    CaptionEvent,
    ClientEvent,
    Event,
    HelloEvent,
    InterruptEvent,
    MicrophoneEvent,
    OfferEvent,
    SpeakEvent,
    StateEvent,
    TextEvent,
    TimedWord,
)
from agent.face.face import Face
from agent.ledger.exporters import Metrics
from agent.mind.persona.persona import load_persona
from agent.server.app import create_app
from agent.server.hub import Conversation, SessionSeat
from agent.settings import FaceSettings, ServerSettings, Settings, WebRtcSettings
from agent.transport.base import MicrophoneFrame
from render.motion.performer import Performer
from render.puppet.puppet import Puppet

GREETING = "Welcome to the museum."
QUESTIONS = list(load_persona(Settings().mind.prompts_dir, "museum").questions)
SECONDS_A_WORD = 0.2
READY_SECONDS = 90.0
LEASE_SECONDS = 4.0


@dataclass
class Record:
    """What a test may ask about a session.

    Attributes:
        events: Types of what the page sent, oldest first.
        asked: What the visitor asked.
        said: What the face began to say.
        loudness: Largest sample that came from the page's microphone.
    """

    id: str
    persona: str
    events: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    loudness: int = 0


class Guide(FaceOnly):
    """A conversation in which the face says what it was asked."""

    def __init__(
        self,
        seat: SessionSeat,
        face: Face,
        frames: FaceWatcher,
        settings: Settings,
        work: Executor,
        record: Record,
    ) -> None:
        super().__init__(seat, face, settings, work)
        self._record = record
        self._turns = 0
        self._speaking: asyncio.Task[None] | None = None
        self._frames = frames

    async def handle(self, event: ClientEvent) -> None:
        await super().handle(event)
        self._record.events.append(event.type)
        if isinstance(event, OfferEvent) and self._peer is not None:
            self.watcher.hear = self._hear
            if self._turns == 0:
                self._say(GREETING)
        elif isinstance(event, TextEvent):
            self._record.asked.append(event.text)
            self._say(f"You asked: {event.text}")
        elif isinstance(event, SpeakEvent):
            self._say(event.text.split("] ")[-1])
        elif isinstance(event, InterruptEvent):
            self._be_quiet()
        elif isinstance(event, MicrophoneEvent):
            self._record.events[-1] += " on" if event.enabled else " off"

    def rejoin(self) -> None:
        self._emit(self.hello)

    async def close(self, reason: str) -> None:
        self._be_quiet()
        await super().close(reason)

    @property
    def hello(self) -> HelloEvent:
        return HelloEvent(
            session=self._seat.id,
            persona=self._record.persona,
            name="Joe",
            avatar="vera",
            greeting=GREETING,
            disclosure="Joe is not a real person.",
            language="en",
            ice_servers=[],
            questions=QUESTIONS,
        )

    def _hear(self, frame: MicrophoneFrame) -> None:
        self._record.loudness = max(self._record.loudness, int(np.abs(frame).max(initial=0)))

    def _say(self, text: str) -> None:
        self._be_quiet()
        self._turns += 1
        self._record.said.append(text)
        self._speaking = asyncio.create_task(self._speak(self._turns, text))

    async def _speak(self, turn: int, text: str) -> None:
        # the peer tells whether media flows when asked, and at no other time
        while self._peer is None or not self._peer.stats().connected:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        self._emit(StateEvent(state="thinking"))
        self._emit(StateEvent(state="speaking"))
        self._emit(AgentTranscriptEvent(turn=turn, text=text, final=False))
        begin = self._frames.frames[-1][1] + 10
        words = text.split()
        timed = [TimedWord(text=word, pts=begin + 5 * at) for at, word in enumerate(words)]
        self._emit(CaptionEvent(turn=turn, words=timed))
        await asyncio.sleep(len(words) * SECONDS_A_WORD)
        self._emit(AgentTranscriptEvent(turn=turn, text=text, final=True))
        self._emit(StateEvent(state="idle"))
        self._speaking = None

    def _be_quiet(self) -> None:
        if self._speaking is None:
            return
        self._speaking.cancel()
        self._speaking = None
        self._emit(AgentTranscriptEvent(turn=self._turns, text="", final=True, interrupted=True))
        self._emit(StateEvent(state="idle"))

    def _emit(self, event: Event) -> None:
        self._seat.outbox.add_event(event)


class Guides(Faces):
    """A runtime of such conversations."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.records: list[Record] = []

    async def create_session(
        self, seat: SessionSeat, persona: str | None, avatar: str | None
    ) -> Conversation:
        bundle = await self.avatars.bundle("vera")
        puppet = Puppet(bundle, self._settings.face.width, self._settings.face.height)
        watcher = FaceWatcher()
        face = Face(Performer(), puppet, self._work, watcher)
        self.records.append(Record(seat.id, persona or ""))
        guide = Guide(seat, face, watcher, self._settings, self._work, self.records[-1])
        seat.outbox.add_event(guide.hello)
        return guide

    def personas(self) -> list[dict[str, str]]:
        person = {"id": "museum", "name": "Joe", "description": "A guide."}
        return [person | {"avatar": "/v1/avatars/vera.jpg"}]


def serve(port: int, size: int) -> None:
    """Serves until it is ended."""
    settings = Settings(
        server=ServerSettings(lease_seconds=LEASE_SECONDS),
        face=FaceSettings(width=size, height=size),
        webrtc=WebRtcSettings(),
    )
    guides = Guides(settings)
    app = create_app(settings.server, guides, Metrics(CollectorRegistry()))

    @app.get("/test/sessions")
    async def sessions() -> list[dict[str, Any]]:
        return [asdict(record) for record in guides.records]

    uvicorn.run(app, port=port, log_level="error", timeout_graceful_shutdown=1)


@dataclass
class KioskServer:
    """The process, steered by a test.

    Attributes:
        url: Where it is, also after it was started again.
    """

    url: str
    port: int
    size: int
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Starts it, and returns when it answers."""
        command = (sys.executable, str(Path(__file__)), str(self.port), str(self.size))
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        self.process = await asyncio.create_subprocess_exec(*command, env=environment)
        until = time.monotonic() + READY_SECONDS
        async with httpx2.AsyncClient() as http:
            while time.monotonic() < until:
                try:
                    if (await http.get(f"{self.url}/healthz")).status_code == 200:
                        return
                except httpx2.TransportError:
                    await asyncio.sleep(0.2)
        raise TimeoutError("the server did not start")

    async def kill(self) -> None:
        """Ends it at once, without a word."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def revive(self) -> None:
        """Starts it again if it is not running."""
        if self.process is None or self.process.returncode is not None:
            await self.start()

    def freeze(self) -> None:
        """Lets it answer nobody, as if the network were gone: its connections stay open."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets it go on."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGCONT)

    async def sessions(self) -> list[Record]:
        """What there was since it was started, oldest first."""
        async with httpx2.AsyncClient() as http:
            answer = await http.get(f"{self.url}/test/sessions")
        return [Record(**record) for record in answer.json()]


@asynccontextmanager
async def kiosk_server(size: int = 256) -> AsyncIterator[KioskServer]:
    """Runs the server for the length of the block."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = KioskServer(f"http://127.0.0.1:{port}", port, size)
    try:
        await server.start()
        yield server
    finally:
        await server.kill()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("port", type=int)
    arguments.add_argument("size", type=int)
    given = arguments.parse_args()
    serve(given.port, given.size)
