"""HTTP: sessions, personas, health, metrics and the page.

The one place where typed errors become HTTP answers.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol, runtime_checkable

from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, ConfigDict, Field

from agent.avatars.avatars import Avatars, SpeechSource
from agent.errors import BadRequest, NotFound, VisavisError
from agent.ledger.exporters import Journal, Metrics
from agent.lessons.library import Lessons
from agent.personas.editor import PersonaEditor
from agent.server.access.origins import Origins, add_origin_rules
from agent.server.access.tokens import Tokens, add_token_route
from agent.server.camera.desk import CameraDesk
from agent.server.camera.route import add_drive_route
from agent.server.hub import Conversation, Hub, SessionSeat
from agent.server.routes.avatars import add_avatar_routes
from agent.server.routes.ledger import add_ledger_route
from agent.server.routes.lessons import add_lesson_routes
from agent.server.routes.personas import add_persona_routes
from agent.server.routes.vendor import add_vendor_routes
from agent.server.socket import CLOSE_POLICY, converse
from agent.session.failure import error_event
from agent.settings import REPOSITORY, ServerSettings

WEB = REPOSITORY / "web"
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
        "connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
    "Cache-Control": "no-cache",
}
WEB_FOLDERS = ("sdk", "camera", "talk", "player", "widget", "kiosk", "tutor", "studio")
"""What of `web/` is public, besides `index.html`; tests and node modules are not.

A folder with an `index.html` is a page: `/kiosk` leads to `/kiosk/`.
"""


class Backend(Protocol):
    """What the server needs of the models and people behind it."""

    async def start(self) -> None:
        """Loads models; returns when a session can be served."""
        ...

    async def stop(self) -> None:
        """Ends all model processes."""
        ...

    @property
    def avatars(self) -> Avatars:
        """The faces."""
        ...

    async def create_session(
        self, seat: SessionSeat, persona: str | None, avatar: str | None
    ) -> Conversation:
        """Makes the conversation of a new seat, with the persona's own face or another one.

        Raises NotFound for an unknown persona or avatar.
        """
        ...

    def personas(self) -> list[dict[str, str]]:
        """Returns id, name, description and portrait of each persona."""
        ...

    def speaker(self, persona: str | None) -> SpeechSource:
        """Returns the voice of a persona, or of the default one; raises NotFound."""
        ...

    def model_health(self) -> dict[str, bool]:
        """Returns whether each model's process is up."""
        ...


@runtime_checkable
class Greeter(Protocol):
    """A conversation that begins with words of its own."""

    def skip_greeting(self) -> None:
        """Waits for the client to begin."""
        ...


class NewSession(BaseModel):
    """Body of `POST /v1/sessions`."""

    model_config = ConfigDict(extra="forbid")

    persona: str | None = Field(None, max_length=64)
    avatar: str | None = Field(None, max_length=64)
    variables: dict[str, str] = Field({}, max_length=32)
    greet: bool = True


def create_app(
    settings: ServerSettings,
    backend: Backend,
    metrics: Metrics,
    journal: Journal | None = None,
    lessons: Lessons | None = None,
    editor: PersonaEditor | None = None,
) -> FastAPI:
    """Returns the application. Its lifespan starts and stops the backend and the hub.

    Args:
        settings: Admission, API keys, other websites.
        backend: What sessions are made of.
        metrics: What `/metrics` tells.
        journal: What `/v1/ledger` tells; nothing by default.
        lessons: What the tutor page teaches; nothing by default.
        editor: Makes and changes personas; without one, none can be.
    """
    hub = Hub(
        settings.max_sessions,
        settings.lease_seconds,
        backend.create_session,
        on_count=metrics.sessions.set,
    )
    desk = CameraDesk(settings.max_drivers)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            await backend.start()
            await hub.start()
            yield
        finally:
            await hub.stop()
            await desk.aclose()
            await backend.stop()

    app = FastAPI(title="Visavis", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.hub = hub
    _errors(app)
    _headers(app)
    origins, tokens = Origins(settings.allowed_origins), Tokens(settings.api_keys)
    add_origin_rules(app, origins)
    add_token_route(app, tokens)
    _sessions(app, hub, metrics, origins, tokens)
    add_drive_route(app, hub, desk)
    add_avatar_routes(app, backend.avatars, backend, hub.end_showing, tokens)
    add_ledger_route(app, journal or Journal())
    add_lesson_routes(app, lessons or Lessons())
    _facts(app, backend, metrics)
    if editor is not None:
        add_persona_routes(app, editor, tokens)
    add_vendor_routes(app)
    _pages(app)
    return app


def _errors(app: FastAPI) -> None:
    def answer(error: VisavisError) -> JSONResponse:
        body: dict[str, object] = {"code": error.code, "message": error.message}
        headers = {}
        if error.retry_after is not None:
            body["retry_after"] = error.retry_after
            headers["Retry-After"] = str(error.retry_after)
        if error.fields is not None:
            body["fields"] = error.fields
        return JSONResponse({"error": body}, error.status, headers)

    @app.exception_handler(VisavisError)
    async def typed(request: Request, error: VisavisError) -> JSONResponse:
        return answer(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        fields = sorted({".".join(map(str, e["loc"][1:])) or "body" for e in error.errors()})
        return answer(BadRequest(f"The request is not valid; see: {', '.join(fields[:5])}."))

    @app.exception_handler(404)
    async def missing(request: Request, error: Exception) -> JSONResponse:
        return answer(error if isinstance(error, VisavisError) else NotFound("Nothing is here."))


def _headers(app: FastAPI) -> None:
    @app.middleware("http")
    async def secure(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await call_next(request)
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def _sessions(app: FastAPI, hub: Hub, metrics: Metrics, origins: Origins, tokens: Tokens) -> None:
    @app.post("/v1/sessions", status_code=201)
    async def open_session(body: NewSession, request: Request) -> dict[str, str]:
        origins.check(request.headers)
        persona, avatar = tokens.admit(request.headers, body.persona, body.avatar)
        try:
            seat = await hub.admit(persona, avatar, body.variables)
        except VisavisError as error:
            if error.status == 503:
                metrics.refused.inc()
            raise
        if not body.greet and isinstance(seat.conversation, Greeter):
            seat.conversation.skip_greeting()  # nobody can have connected to it yet
        return {"id": seat.id, "token": seat.token}

    @app.websocket("/v1/sessions/{session}/events")
    async def events(socket: WebSocket, session: str, token: str = "") -> None:
        await socket.accept()
        try:
            seat = hub.find(session, token)
        except VisavisError as error:
            await socket.send_text(error_event(error).model_dump_json())
            await socket.close(CLOSE_POLICY, error.code)
            return
        await converse(hub, seat, socket)


def _facts(app: FastAPI, backend: Backend, metrics: Metrics) -> None:
    @app.get("/v1/personas")
    async def personas() -> dict[str, list[dict[str, str]]]:
        return {"personas": backend.personas()}

    @app.get("/healthz")
    async def health() -> JSONResponse:
        models = backend.model_health()
        return JSONResponse({"models": models}, 200 if all(models.values()) else 503)

    @app.get("/metrics")
    async def prometheus() -> PlainTextResponse:
        text = generate_latest(metrics.registry).decode()
        return PlainTextResponse(text, media_type=CONTENT_TYPE_LATEST)


def _pages(app: FastAPI) -> None:
    for folder in WEB_FOLDERS:
        path = WEB / folder
        if path.is_dir():
            app.mount(f"/{folder}", StaticFiles(directory=path, html=True))

    @app.get("/")
    async def page() -> FileResponse:
        return FileResponse(WEB / "index.html")
