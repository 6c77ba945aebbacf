"""A website that embeds the widget, and the server behind it on another origin.

The server is the real one, with tokens and allowed origins; its people have a face, answer what is
typed in writing, and have no voice. The website is as strict, and as careless, as websites are.
"""

import asyncio
import itertools
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.request import urlopen

import uvicorn
from face_server import Faces, ShownAsAsked
from fastapi import FastAPI, Response
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from watchers import FaceWatcher

from agent.events import (
    AgentTranscriptEvent,
    ClientEvent,
    Event,
    SpeakEvent,
    TextEvent,
    UserTranscriptEvent,
)
from agent.face.face import Face
from agent.ledger.exporters import Metrics
from agent.server.access.tokens import TokenRequest, Tokens
from agent.server.app import create_app
from agent.server.hub import Conversation, SessionSeat
from agent.settings import ServerSettings, Settings
from render.motion.performer import Performer
from render.puppet.puppet import Puppet

E = TypeVar("E", bound=Event)
KEY = SecretStr("the-key-of-the-shop")
HOSTILE = """
* { all: unset !important; font-size: 80px !important; color: red !important;
    transform: rotate(3deg) !important; display: none !important; z-index: -1 !important }
html, body, main, p, iframe { display: block !important; transform: none !important }
head, script, style { display: none !important }
"""
PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Shop</title>
{style}</head><body><main><p>The shop.</p>{content}</main>{script}</body></html>"""


class Talker(ShownAsAsked):
    """A face that writes its answers."""

    def __init__(
        self, seat: SessionSeat, face: Face, server: "WidgetServer", runtime: "People"
    ) -> None:
        super().__init__(seat, face, runtime.settings, runtime.work)
        self._server = server
        self._turns = itertools.count(1)
        server.talking += 1

    async def close(self, reason: str) -> None:
        self._server.talking -= 1
        await super().close(reason)

    async def handle(self, event: ClientEvent) -> None:
        self._server.received.append(event)
        await super().handle(event)
        if isinstance(event, TextEvent | SpeakEvent):
            turn = next(self._turns)
            emit = self._seat.outbox.add_event
            if isinstance(event, TextEvent):
                emit(UserTranscriptEvent(turn=turn, text=event.text, final=True))
            emit(AgentTranscriptEvent(turn=turn, text=f"About {event.text}", final=True))


class People(Faces):
    """A runtime of such faces."""

    def __init__(self, settings: Settings, server: "WidgetServer") -> None:
        super().__init__(settings)
        self.settings, self.work = settings, self._work
        self._server = server

    async def create_session(
        self, seat: SessionSeat, persona: str | None, avatar: str | None
    ) -> Conversation:
        await super().create_session(seat, persona, avatar)
        puppet = Puppet(await self.avatars.bundle("vera"), 256, 256)
        return Talker(seat, Face(Performer(), puppet, self.work, FaceWatcher()), self._server, self)

    def personas(self) -> list[dict[str, str]]:
        return [{**super().personas()[0], "avatar": "/v1/avatars/vera.jpg"}]


async def _not_running() -> None:
    """Stands for `restart` until the server runs."""


@dataclass
class WidgetServer:
    """What a test steers and sees.

    Attributes:
        api: Address of the server.
        site: Address of the website.
        received: Events of the widget, oldest first.
        attributes: Of the script on the website's page.
        token_origin: The website that tokens are minted for; this one if empty.
        language: Of the page.
        careless: Whether the page's style is out to break everything.
        talking: How many conversations are open.
        restart: Ends the server behind the widget, and starts it anew at the same address.
    """

    api: str = ""
    site: str = ""
    received: list[ClientEvent] = field(default_factory=list)
    attributes: str = ""
    token_origin: str = ""
    language: str = "en"
    careless: bool = True
    talking: int = 0
    restart: Callable[[], Awaitable[None]] = _not_running

    def events(self, kind: type[E]) -> list[E]:
        """What the widget sent of one type."""
        return [event for event in self.received if isinstance(event, kind)]


def _website(server: WidgetServer) -> FastAPI:
    app = FastAPI()
    tokens = Tokens([KEY])

    def page(content: str, script: str) -> Response:
        policy = (
            f"default-src 'none'; script-src {server.api}; img-src {server.api}; "
            f"connect-src 'self' {server.api} {server.api.replace('http', 'ws', 1)}; "
            "style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
            "require-trusted-types-for 'script'"
        )
        style = '<link rel="stylesheet" href="/hostile.css">' if server.careless else ""
        html = PAGE.format(language=server.language, style=style, content=content, script=script)
        return Response(html, media_type="text/html", headers={"Content-Security-Policy": policy})

    def widget() -> str:
        return (
            f'<script type="module" src="{server.api}/widget/widget.js" '
            f'data-token-url="/token" {server.attributes}></script>'
        )

    @app.get("/")
    async def shop() -> Response:
        return page("", widget())

    @app.get("/article")
    async def article() -> Response:
        return page("<p>One of many paragraphs.</p>" * 80, widget())

    @app.get("/framed")
    async def framed() -> Response:
        allowed = "allow-scripts allow-same-origin"
        return page(f'<iframe src="/" sandbox="{allowed}" width="360" height="700"></iframe>', "")

    @app.get("/element")
    async def element() -> Response:
        script = f'<script type="module" src="{server.api}/widget/element.js"></script>'
        return page('<visavis-avatar token-url="/token"></visavis-avatar>', script)

    @app.get("/hostile.css")
    async def style() -> Response:
        return Response(HOSTILE, media_type="text/css")

    @app.post("/token")
    async def token() -> dict[str, str]:
        wanted = TokenRequest(origin=server.token_origin or server.site, persona="vera")
        return {"token": tokens.mint(KEY.get_secret_value(), wanted)[0]}

    return app


class Running:
    """A web server that is up; `stop` ends it."""

    def __init__(self, app: FastAPI, listener: socket.socket) -> None:
        self._web = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        self._task = asyncio.create_task(self._web.serve(sockets=[listener]))

    async def stop(self) -> None:
        self._web.should_exit = True
        await self._task


@asynccontextmanager
async def widget_server(settings: Settings) -> AsyncIterator[WidgetServer]:
    """Runs both for the length of the block."""
    server = WidgetServer()
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = [listener.getsockname()[1] for listener in listeners]
    server.api, server.site = (f"http://127.0.0.1:{port}" for port in ports)
    gate = ServerSettings(
        max_sessions=4, lease_seconds=1, api_keys=(KEY,), allowed_origins=(server.site,)
    )

    def behind(listener: socket.socket) -> Running:
        app = create_app(gate, People(settings, server), Metrics(CollectorRegistry()))
        return Running(app, listener)

    async def restart() -> None:
        await running[0].stop()
        running[0] = behind(socket.create_server(("127.0.0.1", ports[0])))

    server.restart = restart
    running = [behind(listeners[0]), Running(_website(server), listeners[1])]
    try:
        for address in (f"{server.api}/healthz", server.site):
            (await asyncio.to_thread(urlopen, address)).close()
        yield server
    finally:
        for web in running:
            await web.stop()
