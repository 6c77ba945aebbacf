"""The real server with people that only have a face: drawn, sent and drivable, deaf and mute.

Without the models of hearing, speech and language it starts at once; everything between a camera
and the screen is the real thing.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from urllib.request import urlopen

import uvicorn
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from watchers import FaceWatcher, TransportWatcher

from agent.avatars.avatars import Avatars, SpeechSource
from agent.avatars.store import AvatarStore
from agent.avatars.studio import PhotoStudio
from agent.errors import NotFound
from agent.events import (
    AnswerEvent,
    ClientEvent,
    HelloEvent,
    OfferEvent,
    PresentationEvent,
    SetPresentationEvent,
)
from agent.face.face import Face
from agent.ledger.exporters import Metrics
from agent.server.app import create_app
from agent.server.hub import Conversation, SessionSeat
from agent.session.face_control import FaceControl
from agent.session.io import Microphone
from agent.settings import Settings
from agent.transport.webrtc import WebRtcPeer
from render.motion.performer import Performer
from render.puppet.puppet import Puppet
from render.types import Motion

QUESTIONS = ["Who are you?", "What do you see?"]


class FaceOnly:
    """A conversation that is a face."""

    def __init__(self, seat: SessionSeat, face: Face, settings: Settings, work: Executor) -> None:
        self._seat = seat
        self._face = face
        self._reins = FaceControl(face, Microphone())
        self._settings = settings
        self._work = work
        self.watcher = TransportWatcher()
        self._peer: WebRtcPeer | None = None
        self._playing: asyncio.Task[None] | None = None

    async def drive(self, steer: Callable[[int, Motion], Motion]) -> None:
        self._reins.take_over(steer)

    def undrive(self) -> None:
        self._reins.give_back()

    async def handle(self, event: ClientEvent) -> None:
        if not isinstance(event, OfferEvent):
            return
        size = self._settings.face.width, self._settings.face.height
        self._peer = WebRtcPeer(self._settings.webrtc, *size, self._work, self.watcher)
        sdp, origin = await self._peer.answer(event.sdp)
        audio = self._peer.audio_origin
        self._seat.outbox.add_event(AnswerEvent(sdp=sdp, video_origin=origin, audio_origin=audio))
        self._playing = asyncio.create_task(self._play(self._peer))

    def rejoin(self) -> None: ...

    async def _play(self, peer: WebRtcPeer) -> None:
        async for unit in self._face.units():
            peer.send_unit(unit)

    async def close(self, reason: str) -> None:
        if self._playing is not None:
            self._playing.cancel()
            with suppress(asyncio.CancelledError):
                await self._playing
        if self._peer is not None:
            await self._peer.close()


class ShownAsAsked(FaceOnly):
    """A face that is sent as pictures or as motion, whichever the page wants."""

    async def handle(self, event: ClientEvent) -> None:
        await super().handle(event)
        if isinstance(event, OfferEvent):
            self._show(event.presentation)
        elif isinstance(event, SetPresentationEvent) and event.presentation != "text":
            self._show(event.presentation)
            told = PresentationEvent(presentation=event.presentation, reason=event.reason)
            self._seat.outbox.add_event(told)

    def _show(self, presentation: str) -> None:
        assert self._peer is not None
        self._face.drawing_pictures = presentation == "video"
        self._peer.presentation = presentation  # type: ignore[assignment]


class Faces:
    """A runtime without models."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        store = AvatarStore(settings.avatars_dir, settings.face.people_package)
        self.avatars = Avatars(store, PhotoStudio(), (256, 256))
        self._work = ThreadPoolExecutor(3)

    async def start(self) -> None:
        await self.avatars.bundle("vera")

    async def stop(self) -> None:
        await self.avatars.aclose()
        self._work.shutdown(cancel_futures=True)

    async def create_session(
        self, seat: SessionSeat, persona: str | None, avatar: str | None
    ) -> Conversation:
        bundle = await self.avatars.bundle("vera")
        puppet = Puppet(bundle, self._settings.face.width, self._settings.face.height)
        seat.outbox.add_event(
            HelloEvent(
                session=seat.id,
                persona="vera",
                name="Vera",
                avatar="vera",
                greeting="",
                disclosure="Generated.",
                language="en",
                ice_servers=[],
                questions=QUESTIONS,
            )
        )
        return FaceOnly(
            seat, Face(Performer(), puppet, self._work, FaceWatcher()), self._settings, self._work
        )

    def personas(self) -> list[dict[str, str]]:
        return [{"id": "vera", "name": "Vera", "description": "A face.", "avatar": ""}]

    def speaker(self, persona: str | None) -> SpeechSource:
        raise NotFound("Nobody speaks here.")

    def model_health(self) -> dict[str, bool]:
        return {}


@asynccontextmanager
async def face_server(settings: Settings) -> AsyncIterator[str]:
    """Runs the server for the length of the block; gives its address."""
    app = create_app(settings.server, Faces(settings), Metrics(CollectorRegistry()))
    async with running(app) as address:
        yield address


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[str]:
    """Serves on a free port for the length of the block; gives the address, once it answers."""
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    web = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    task = asyncio.create_task(web.serve(sockets=[listener]))
    try:
        (await asyncio.to_thread(urlopen, f"{address}/healthz")).close()
        yield address
    finally:
        web.should_exit = True
        await task
