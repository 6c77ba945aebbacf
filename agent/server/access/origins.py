"""Which websites' pages may use this server.

The server's own pages always may, other programs too; pages of other origins only if their
origin is among `server.allowed_origins`. Browsers keep the answers of HTTP from them (CORS); a
WebSocket they open is refused here, and so is a session.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from fastapi import FastAPI, WebSocket
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from agent.errors import OriginMismatch
from agent.server.socket import CLOSE_POLICY
from agent.session.failure import error_event

PREFLIGHT_SECONDS = 600


class Origins:
    """The origins that may.

    Args:
        allowed: As `https://example.org`, or `*` for all.
    """

    def __init__(self, allowed: Sequence[str]) -> None:
        self.allowed = tuple(origin.rstrip("/").lower() for origin in allowed)

    def check(self, headers: Mapping[str, str]) -> None:
        """Raises OriginMismatch unless the sender of a request may use this server.

        A browser lets no page write these headers in a request that is not asked for beforehand.
        """
        origin = headers.get("origin", "").lower()
        if not origin or headers.get("sec-fetch-site") == "same-origin":
            return
        own = (headers.get("host", ""), headers.get("x-forwarded-host", ""))
        if urlsplit(origin).netloc in filter(None, own):
            return
        if "*" not in self.allowed and origin not in self.allowed:
            raise OriginMismatch("Pages of this website may not use this server.")


class _Doorkeeper:
    """Refuses the WebSockets of other websites' pages, before any route sees them."""

    def __init__(self, app: ASGIApp, origins: Origins) -> None:
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            socket = WebSocket(scope, receive, send)
            try:
                self._origins.check(socket.headers)
            except OriginMismatch as error:
                await socket.accept()
                await socket.send_text(error_event(error).model_dump_json())
                await socket.close(CLOSE_POLICY, error.code)
                return
        await self._app(scope, receive, send)


def add_origin_rules(app: FastAPI, origins: Origins) -> None:
    """Adds what browsers must be told, and the refusals of WebSockets."""
    app.add_middleware(_Doorkeeper, origins=origins)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=origins.allowed,
        allow_methods=("GET", "POST", "DELETE"),
        allow_headers=("Authorization", "Content-Type"),
        expose_headers=("Retry-After",),
        max_age=PREFLIGHT_SECONDS,
    )
