"""A small server for the page alone: the protocol without a mind, steered by the test.

Serves `web/` under the strictest content policy the page has to live with, plays a moving picture
and a quiet tone, and answers typed text with the events of a scripted turn.
"""

import asyncio
import itertools
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar
from unittest.mock import patch

import aiortc.rtcrtpsender
import numpy as np
import uvicorn
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from numpy.typing import NDArray
from page_tracks import Face, Tone

from agent.errors import NotFound, VisavisError
from agent.events import (
    AgentTranscriptEvent,
    AnswerEvent,
    CaptionEvent,
    DisplayedEvent,
    DrivingEvent,
    Event,
    HelloEvent,
    LayerShare,
    OfferEvent,
    PingEvent,
    PongEvent,
    SeenEvent,
    StateEvent,
    TextEvent,
    TimedWord,
    TurnEvent,
    WatchEvent,
)
from agent.server.socket import parse
from agent.session.failure import error_event
from agent.transport.webrtc.offer import check_offer

E = TypeVar("E", bound=Event)
WEB = Path(__file__).resolve().parents[2] / "web"
VIDEO_ORIGIN = 2**32 - 100 * 3600
"""RTP timestamp of frame 0; it wraps around four seconds into every session."""
STATES: tuple[Literal["listening", "thinking", "speaking", "idle"], ...] = (
    "listening",
    "thinking",
    "speaking",
    "idle",
)
LAYERS = {
    "endpointing": 214.0,
    "transcription": 61.0,
    "answer": 38.0,
    "voice": 112.0,
    "motion": 21.0,
    "draw": 12.0,
    "encode": 6.0,
    "network_and_display": 74.0,
}


@dataclass
class PageServer:
    """What the test steers and sees.

    Attributes:
        personas: What `GET /v1/personas` answers.
        refuse: Raised as the answer to the next sessions while it is set.
        refuse_photo: Likewise, to the next photos.
        faces: What was made of photos: the form's fields, and the size of each file.
        refuse_camera: Likewise, to the next cameras that want to move the face.
        pictures: JPEGs that such a camera sent.
        received: Events of the page, oldest first.
        sessions: How many were opened.
        ended: Ids of those that cannot be rejoined.
        picture: (H, W, 3) RGB, what the face shows.
        disclosure: The sentence the page must show.
        questions: That the page may suggest.
    """

    personas: list[dict[str, str]]
    picture: NDArray[np.uint8]
    refuse: VisavisError | None = None
    refuse_photo: VisavisError | None = None
    refuse_camera: VisavisError | None = None
    pictures: list[bytes] = field(default_factory=list)
    faces: dict[str, dict[str, str | int]] = field(default_factory=dict)
    received: list[Event] = field(default_factory=list)
    sessions: int = 0
    ended: set[int] = field(default_factory=set)
    url: str = ""
    disclosure: str = "Vera is an AI. Her face and voice are generated."
    questions: list[str] = field(default_factory=list)
    _camera: WebSocket | None = None
    _sockets: list[WebSocket] = field(default_factory=list)
    _peers: list[RTCPeerConnection] = field(default_factory=list)
    _face: Face | None = None
    _connecting: asyncio.Task[None] | None = None
    _turns: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def send(self, event: Event) -> None:
        """Sends to the page that connected last."""
        stamped = event.model_copy(update={"id": 1, "at_ms": time.monotonic() * 1000})
        await self._sockets[-1].send_text(stamped.model_dump_json())

    async def drive(self, event: Event) -> None:
        """Sends to the camera that is driving."""
        assert self._camera is not None
        await self._camera.send_text(event.model_dump_json())

    @property
    def driven(self) -> bool:
        """Whether a camera moves the face."""
        return self._camera is not None

    async def watch(self, camera: WebSocket) -> None:
        """Answers a camera's pictures as if each showed a face, until it ends."""
        await camera.accept()
        self._camera = camera
        try:
            if self.refuse_camera is not None:
                await self.drive(error_event(self.refuse_camera))
                await camera.close(1008)
                return
            await self.drive(DrivingEvent(state="calibrating"))
            while True:
                data = await camera.receive_bytes()
                self.pictures.append(data[4:])
                number = int.from_bytes(data[:4], "big")
                await self.drive(SeenEvent(picture=number, face=True, pts=self.pts() + 1))
        except (WebSocketDisconnect, RuntimeError):
            return
        finally:
            self._camera = None

    async def drop(self) -> None:
        """Breaks the WebSocket and the media, without a goodbye."""
        await self._sockets[-1].close(1011)
        await self._peers[-1].close()

    def hold_pictures(self) -> None:
        """The sound goes on, without any more pictures."""
        assert self._face is not None
        self._face.held = True

    def pts(self) -> int:
        """Number of the frame that is sent now."""
        return self._face.pts if self._face else 0

    def events(self, kind: type[E]) -> list[E]:
        """What the page sent of one type."""
        return [event for event in self.received if isinstance(event, kind)]

    async def listen(self, id: int, page: WebSocket) -> None:
        """Serves one page's WebSocket until it ends."""
        await page.accept()
        self._sockets.append(page)
        if id in self.ended:
            await self.send(error_event(NotFound("This session has ended.")))
            await page.close(1008)
            return
        persona = self.personas[0]
        await self.send(
            HelloEvent(
                session=str(id),
                persona=persona["id"],
                name=persona["name"],
                avatar=persona["id"],
                greeting="",
                disclosure=self.disclosure,
                language="en",
                ice_servers=[],
                questions=self.questions,
            )
        )
        try:
            while True:
                event = parse(await page.receive_text())
                self.received.append(event)
                await self._answer(event)
        except (WebSocketDisconnect, RuntimeError):
            return

    async def _answer(self, event: Event) -> None:
        if isinstance(event, PingEvent):
            await self.send(PongEvent(ping=event.id))
        elif isinstance(event, OfferEvent):
            self._connecting = asyncio.create_task(self._connect(event))
        elif isinstance(event, TextEvent):
            await self._turn(event.text)

    async def _connect(self, offer: OfferEvent) -> None:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._peers.append(peer)
        self._face = Face(self.picture)
        connected = asyncio.Event()

        @peer.on("connectionstatechange")
        def changed() -> None:
            if peer.connectionState == "connected":
                connected.set()

        # without names hidden behind mDNS, which stock aiortc would look up one after the other
        sdp = check_offer(offer.sdp).sdp
        await peer.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        peer.addTrack(Tone())
        peer.addTrack(self._face)
        with patch.object(aiortc.rtcrtpsender, "random32", lambda: VIDEO_ORIGIN):
            await peer.setLocalDescription(await peer.createAnswer())
            sdp = peer.localDescription.sdp
            await self.send(AnswerEvent(sdp=sdp, video_origin=VIDEO_ORIGIN, audio_origin=0))
            await asyncio.wait_for(connected.wait(), 10)
            await asyncio.sleep(0.1)
        await self.send(WatchEvent(watch=1, pts=0, what="first_frame"))

    async def _turn(self, text: str) -> None:
        """A turn in which the avatar says what was typed, a word every fifth frame."""
        turn = next(self._turns)
        start = self.pts() + 10
        words = [
            TimedWord(text=word, pts=start + 5 * index) for index, word in enumerate(text.split())
        ]
        await self.send(StateEvent(state="thinking"))
        await self.send(StateEvent(state="speaking"))
        await self.send(AgentTranscriptEvent(turn=turn, text=text, final=False))
        await self.send(CaptionEvent(turn=turn, words=words))
        await self.send(WatchEvent(watch=turn + 1, pts=start, what="lips"))
        await self.send(AgentTranscriptEvent(turn=turn, text=text, final=True))
        layers = [LayerShare(name=name, ms=ms) for name, ms in LAYERS.items()]
        await self.send(TurnEvent(turn=turn, voice_to_voice_ms=sum(LAYERS.values()), layers=layers))

    def displayed(self, watch: int) -> DisplayedEvent | None:
        """What the page said about a watch."""
        return next((d for d in self.events(DisplayedEvent) if d.watch == watch), None)

    async def close(self) -> None:
        """Ends all media."""
        if self._connecting is not None:
            self._connecting.cancel()
        for peer in self._peers:
            await peer.close()


def _error(error: VisavisError) -> JSONResponse:
    body = {"code": error.code, "message": error.message, "retry_after": error.retry_after}
    return JSONResponse({"error": body}, error.status)


def _avatars(app: FastAPI, server: PageServer) -> None:
    """Faces made of any photo; all look the same."""

    def described(id: str) -> dict[str, Any]:
        return {
            "id": id,
            "name": server.faces[id]["name"],
            "ai_generated": False,
            "portrait": "/talk/icon.svg",
            "preview": "/none.mp4",
            "advice": ["Come nearer."],
        }

    @app.get("/v1/avatars")
    async def listed(request: Request) -> dict[str, Any]:
        asked = [id for id in request.query_params.getlist("id") if id in server.faces]
        return {"avatars": [described(id) for id in asked]}

    @app.post("/v1/avatars", status_code=201)
    async def create(request: Request) -> Response:
        if server.refuse_photo is not None:
            return _error(server.refuse_photo)
        id = f"face{len(server.faces)}"
        async with request.form() as form:
            server.faces[id] = {
                name: value if isinstance(value, str) else value.size or 0
                for name, value in form.items()
            }
        return JSONResponse(described(id) | {"delete_token": "secret"}, 201)

    @app.delete("/v1/avatars/{id}", status_code=204)
    async def delete(id: str, request: Request) -> None:
        assert request.headers["authorization"] == "Bearer secret"
        del server.faces[id]


def application(server: PageServer) -> FastAPI:
    """Returns the pages and the protocol of a server."""
    app = FastAPI()

    @app.middleware("http")
    async def policy(request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        response.headers["Content-Security-Policy"] = "default-src 'self'"
        return response

    @app.post("/v1/sessions", status_code=201)
    async def open_session() -> Response:
        if server.refuse is not None:
            return _error(server.refuse)
        server.sessions += 1
        return JSONResponse({"id": str(server.sessions), "token": "secret"}, 201)

    _avatars(app, server)

    @app.get("/v1/personas")
    async def personas() -> dict[str, Any]:
        return {"personas": server.personas}

    @app.websocket("/v1/sessions/{id}/events")
    async def events(id: int, page: WebSocket, token: str) -> None:
        await server.listen(id, page)

    @app.websocket("/v1/sessions/{id}/camera")
    async def camera(id: int, camera: WebSocket) -> None:
        await server.watch(camera)

    @app.get("/")
    async def page() -> FileResponse:
        return FileResponse(WEB / "index.html")

    for folder in ("sdk", "camera", "talk"):
        app.mount(f"/{folder}", StaticFiles(directory=WEB / folder))
    return app


@asynccontextmanager
async def page_server(
    personas: list[dict[str, str]], picture: NDArray[np.uint8]
) -> AsyncIterator[PageServer]:
    """Runs a server on a free port for the length of the block."""
    server = PageServer(personas, picture)
    async with serving(server, application(server)):
        yield server


@asynccontextmanager
async def serving(server: PageServer, app: FastAPI) -> AsyncIterator[None]:
    """Runs any server of this kind; it knows its address then."""
    config = uvicorn.Config(app, log_level="error", lifespan="off", ws="websockets-sansio")
    listener = socket.create_server(("127.0.0.1", 0))
    server.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    web = uvicorn.Server(config)
    task = asyncio.create_task(web.serve(sockets=[listener]))
    try:
        yield
    finally:
        await server.close()
        web.should_exit = True
        await task
