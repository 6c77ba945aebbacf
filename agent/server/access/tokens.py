"""HTTP: short-lived tokens with which a page may open sessions.

    POST /v1/tokens   Authorization: Bearer <API key>; {persona?, avatar?, origin?, seconds?}
                      201 {token, expires_at}

A website's own server asks for a token with its API key and hands it to the page, which shows it
as `Authorization: Bearer <token>` to `POST /v1/sessions`. A token is a JSON Web Token (RFC 7519),
signed with HMAC-SHA256 under a key derived from the API key: it survives a restart, holds on every
server with that key, and ends with the key. Where no API key is set, sessions are open to all and
there are no tokens.
"""

import hashlib
import hmac
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

import jwt
from fastapi import FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from agent.errors import Forbidden, OriginMismatch, TokenExpired, Unauthorized, Unavailable

AUDIENCE: Final = "visavis:sessions"
"""Keeps a token from being good for anything else that is signed with the same key."""
ALGORITHM = "HS256"
ORIGIN = r"^https?://[^/?#\s]+$"


class TokenRequest(BaseModel):
    """Body of `POST /v1/tokens`.

    Attributes:
        persona: The only one the sessions may be with; any if None.
        avatar: The only face they may show; any if None.
        origin: The only website they may be opened from, as `https://example.org`.
        seconds: How long sessions may be opened; one that is open goes on.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    persona: str | None = Field(None, max_length=64)
    avatar: str | None = Field(None, max_length=64)
    origin: str | None = Field(None, max_length=256, pattern=ORIGIN)
    seconds: int = Field(300, ge=10, le=3_600)


class Grant(BaseModel):
    """The claims of a token: what it allows, for what, and until when (seconds since 1970)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    persona: str | None = None
    avatar: str | None = None
    origin: str | None = None
    aud: Literal["visavis:sessions"] = AUDIENCE
    exp: int


class Tokens:
    """Mints and checks tokens.

    Args:
        api_keys: Whoever has one may mint; without any, nothing is checked.
        now: Wall clock in seconds since 1970.
    """

    def __init__(self, api_keys: Sequence[SecretStr], now: Callable[[], float] = time.time) -> None:
        self._keys = [key.get_secret_value().encode() for key in api_keys]
        self._now = now

    @property
    def locked(self) -> bool:
        """Whether API keys are set."""
        return bool(self._keys)

    def require_key(self, headers: Mapping[str, str]) -> None:
        """Raises Unauthorized unless an API key is shown, where there are any."""
        shown = bearer(headers).encode()
        if self._keys and not any(hmac.compare_digest(key, shown) for key in self._keys):
            raise Unauthorized("A valid API key is needed.")

    def mint(self, api_key: str, wanted: TokenRequest) -> tuple[str, int]:
        """Returns a token and when it expires, in seconds since 1970.

        Raises:
            Unavailable: No API key is set here.
            Unauthorized: This one is not among them.
        """
        if not self._keys:
            raise Unavailable("This server has no API keys; sessions need no token.")
        shown = api_key.encode()
        known = [key for key in self._keys if hmac.compare_digest(key, shown)]
        if not known:
            raise Unauthorized("A valid API key is needed.")
        expires_at = int(self._now()) + wanted.seconds
        grant = Grant(**wanted.model_dump(exclude={"seconds"}), exp=expires_at)
        claims = grant.model_dump(exclude_none=True)
        return jwt.encode(claims, _signing_key(known[0]), ALGORITHM), expires_at

    def admit(
        self, headers: Mapping[str, str], persona: str | None, avatar: str | None
    ) -> tuple[str | None, str | None]:
        """Returns the persona and the avatar of a session that may be opened.

        Args:
            headers: Of the request; their names in lower case.
            persona: Who is asked for.
            avatar: Which face is asked for.

        Raises:
            Unauthorized: No token of this server is shown, and one is needed.
            TokenExpired: It was valid once.
            OriginMismatch: It belongs to another website.
            Forbidden: It is for another persona or avatar.
        """
        if not self._keys:
            return persona, avatar
        grant = self._grant(bearer(headers))
        if grant.exp <= self._now():
            raise TokenExpired("This token has expired; please ask for a new one.")
        if grant.origin and headers.get("origin", "").lower() != grant.origin.lower():
            raise OriginMismatch("This token belongs to another website.")
        return (
            _agreed("persona", grant.persona, persona),
            _agreed("avatar", grant.avatar, avatar),
        )

    def allow(self, headers: Mapping[str, str]) -> None:
        """Returns if the sender of a request may do more here than talk, as make a face.

        An API key may; so may whoever holds a session token that is good for any face.

        Raises:
            Unauthorized: Neither is shown, and one is needed.
            TokenExpired: The token was valid once.
            OriginMismatch: It belongs to another website.
            Forbidden: It is for one face only.
        """
        shown = bearer(headers).encode()
        if any(hmac.compare_digest(key, shown) for key in self._keys):
            return
        if self.admit(headers, None, None)[1] is not None:
            raise Forbidden("This token is for one face only.")

    def _grant(self, token: str) -> Grant:
        for key in self._keys:
            try:
                claims = jwt.decode(
                    token,
                    _signing_key(key),
                    [ALGORITHM],
                    audience=AUDIENCE,
                    options={"require": ["exp", "aud"], "verify_exp": False},
                )
                return Grant.model_validate(claims)
            except (jwt.InvalidTokenError, ValidationError):
                continue
        raise Unauthorized("A valid session token is needed.")


def bearer(headers: Mapping[str, str]) -> str:
    """Returns the secret of an `Authorization: Bearer` header, or nothing."""
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def add_token_route(app: FastAPI, tokens: Tokens) -> None:
    """Adds the route of this file."""

    @app.post("/v1/tokens", status_code=201)
    async def mint(body: TokenRequest, request: Request) -> dict[str, str | int]:
        token, expires_at = tokens.mint(bearer(request.headers), body)
        return {"token": token, "expires_at": expires_at}


def _agreed(what: str, granted: str | None, asked: str | None) -> str | None:
    if granted is not None and asked not in (None, granted):
        raise Forbidden(f"This token is for another {what}.")
    return granted or asked


def _signing_key(api_key: bytes) -> bytes:
    """Returns 32 bytes made of an API key of any length, which is never signed with itself."""
    return hashlib.sha256(AUDIENCE.encode() + b"\0" + api_key).digest()
