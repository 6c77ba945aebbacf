"""The HTTP calls around a session."""

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx2

from visavis_client.errors import SessionError

Token = str | Callable[[], str | Awaitable[str]]
"""A session token, or what fetches one whenever a session is opened."""
REQUEST_SECONDS = 20.0
_CODES = {401: "unauthorized", 403: "forbidden", 404: "not_found", 413: "too_large"}


@dataclass(frozen=True, slots=True)
class Who:
    """Who to talk to, and what to show the server."""

    persona: str | None = None
    avatar: str | None = None
    variables: Mapping[str, str] | None = None
    token: Token | None = None
    greet: bool = True


@dataclass(frozen=True, slots=True)
class Lease:
    """A session that was opened, and its secret."""

    id: str
    token: str


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody to talk to. `avatar` is the path of a picture, if there is one."""

    id: str
    name: str
    description: str
    avatar: str | None = None


async def open_lease(
    api_url: str, who: Who, transport: httpx2.AsyncBaseTransport | None = None
) -> Lease:
    """Opens a session. Raises SessionError."""
    chosen = {"persona": who.persona, "avatar": who.avatar, "variables": who.variables}
    body: dict[str, Any] = {name: value for name, value in chosen.items() if value is not None}
    if not who.greet:
        body["greet"] = False
    headers = {}
    if token := await _shown(who.token):
        headers["authorization"] = f"Bearer {token}"
    answer = await _request(transport, "POST", f"{api_url}/v1/sessions", json=body, headers=headers)
    return Lease(str(answer["id"]), str(answer["token"]))


async def list_personas(
    api_url: str, *, transport: httpx2.AsyncBaseTransport | None = None
) -> list[Persona]:
    """Returns who can be talked to. Raises SessionError.

    Args:
        api_url: Where the server is.
        transport: How; over the network if None.
    """
    answer = await _request(transport, "GET", f"{api_url.rstrip('/')}/v1/personas")
    known = ("id", "name", "description", "avatar")
    return [Persona(**{name: each.get(name) for name in known}) for each in answer["personas"]]


def events_url(api_url: str, lease: Lease) -> str:
    """Returns where the events of a session are."""
    where = urlsplit(f"{api_url}/v1/sessions/{quote(lease.id, safe='')}/events")
    scheme = "wss" if where.scheme == "https" else "ws"
    return where._replace(scheme=scheme, query=urlencode({"token": lease.token})).geturl()


async def _shown(token: Token | None) -> str | None:
    found = token() if callable(token) else token
    return await found if inspect.isawaitable(found) else found


async def _request(
    transport: httpx2.AsyncBaseTransport | None, method: str, url: str, **options: Any
) -> dict[str, Any]:
    try:
        made = await asyncio.to_thread(  # reads the system's certificates
            httpx2.AsyncClient, transport=transport, timeout=REQUEST_SECONDS
        )
        async with made as http:
            response = await http.request(method, url, **options)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise SessionError("network", str(error)) from error
    try:
        answer = response.json()
    except json.JSONDecodeError:
        answer = None
    if response.is_success and isinstance(answer, dict):
        return answer
    raise _refusal(response, answer if isinstance(answer, dict) else {})


def _refusal(response: httpx2.Response, answer: dict[str, Any]) -> SessionError:
    told = answer.get("error", {})
    status = response.status_code
    fallback = "network" if status >= 500 or status < 300 else _CODES.get(status, "bad_request")
    header = response.headers.get("retry-after", "")
    return SessionError(
        told.get("code", fallback),
        told.get("message", ""),
        status=status,
        retry_after=told.get("retry_after", int(header) if header.isdigit() else None),
    )
