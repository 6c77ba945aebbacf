"""HTTP: the personas people make.

    GET    /v1/studio           {personas: [{id, name, avatar, language, own}],
                                voices: [{id, language}], locked}
    GET    /v1/personas/{id}    all of a persona, as it is filled in: `agent.personas.draft`
    POST   /v1/personas         the same without id and own; 201 with both
    PUT    /v1/personas/{id}    changes one that people made; 403 for one that ships
    DELETE /v1/personas/{id}    204

Where API keys are set (`locked`), all but the first want `Authorization: Bearer <API key>`.
What cannot be used is answered 422 with `fields`: what is wrong with each.
"""

import json
from typing import Any

from fastapi import FastAPI, Request

from agent.errors import BadRequest, Forbidden, TooLarge
from agent.personas.draft import PersonaDraft, read_draft
from agent.personas.editor import PersonaEditor
from agent.server.access.rate import RateLimit
from agent.server.access.tokens import Tokens

MAX_BODY_BYTES = 512 * 1024
CHANGE_LIMIT, CHANGE_SECONDS = 30, 60


def add_persona_routes(app: FastAPI, casting: PersonaEditor, tokens: Tokens) -> None:
    """Adds the routes of this file."""
    limit = RateLimit(CHANGE_LIMIT, CHANGE_SECONDS)

    def admit(request: Request) -> None:
        """Raises unless whoever asks may change personas."""
        if request.headers.get("sec-fetch-site") == "cross-site":
            raise Forbidden("Personas are changed from this server's own page only.")
        tokens.require_key(request.headers)
        if request.method != "GET":
            limit.count_request(request.client.host if request.client else "")

    @app.get("/v1/studio")
    def overview() -> dict[str, Any]:
        return casting.overview() | {"locked": tokens.locked}

    @app.get("/v1/personas/{persona}")
    def describe(persona: str, request: Request) -> dict[str, Any]:
        admit(request)
        return casting.describe(persona)

    @app.post("/v1/personas", status_code=201)
    async def create(request: Request) -> dict[str, Any]:
        admit(request)
        return await casting.create_persona(await _draft(request))

    @app.put("/v1/personas/{persona}")
    async def replace(persona: str, request: Request) -> dict[str, Any]:
        admit(request)
        return await casting.replace(persona, await _draft(request))

    @app.delete("/v1/personas/{persona}", status_code=204)
    async def delete(persona: str, request: Request) -> None:
        admit(request)
        await casting.delete_persona(persona)


async def _draft(request: Request) -> PersonaDraft:
    """Reads the body of a request.

    Raises:
        TooLarge: It is larger than any persona.
        BadRequest: It is no JSON.
        InvalidFields: It is no persona.
    """
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise BadRequest("The body must be application/json.")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY_BYTES:
            raise TooLarge(f"A persona may have at most {MAX_BODY_BYTES // 1024} KB.")
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("The body is no JSON.") from None
    return read_draft(data)
