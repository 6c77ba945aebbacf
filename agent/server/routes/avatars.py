"""HTTP: the avatars.

    GET    /v1/avatars?id=…               {avatars: [{id, name, portrait, preview, file, …}]}
    POST   /v1/avatars                    multipart: photo, name, consent=true, consent_by;
                                          optional smiling, open_mouth; 201, with delete_token.
                                          Where API keys are set, Authorization: Bearer <one of
                                          them, or a session token that is good for any face>
    GET    /v1/avatars/{id}.jpg           the face at rest
    GET    /v1/avatars/{id}.avatar        the file that a player draws
    GET    /v1/avatars/{id}/preview.mp4   the face introducing itself; ?persona= chooses the voice
    DELETE /v1/avatars/{id}               Authorization: Bearer <delete_token>; 204; conversations
                                          that show the face end

A clone's id is a secret: it is in no list but the one asked for by that very id. There are no
cookies, so a foreign page has nothing to borrow; one that uploads all the same is refused.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Protocol

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import FileResponse

from agent.avatars.avatars import Avatars, SpeechSource
from agent.avatars.clone import Photos
from agent.avatars.record import AvatarRecord
from agent.errors import BadRequest, ConsentRequired, Forbidden, Unauthorized
from agent.server.access.rate import RateLimit
from agent.server.access.tokens import Tokens, bearer
from agent.server.access.upload import read_form

MAX_UPLOAD_BYTES = 40 * 2**20
"""Of all photos together; a JPEG of 50 megapixels has about 25 MB."""
CREATE_LIMIT, CREATE_SECONDS = 6, 60
FILES = ("photo", "smiling", "open_mouth")
FIELDS = ("name", "consent", "consent_by")
PRIVATE = {"Cache-Control": "private, no-store"}


class Voices(Protocol):
    """Who lends a preview a voice."""

    def speaker(self, persona: str | None) -> SpeechSource:
        """Returns the voice of a persona, or of the default one. Raises NotFound."""
        ...


def add_avatar_routes(
    app: FastAPI,
    avatars: Avatars,
    voices: Voices,
    on_deleted: Callable[[str], Awaitable[None]],
    tokens: Tokens,
) -> None:
    """Adds the routes of this file.

    Args:
        app: Gets them.
        avatars: The faces.
        voices: Lend previews a voice.
        on_deleted: Told the id of an avatar that is no more.
        tokens: Say who may make a face.
    """
    _creating(app, avatars, tokens)
    _deleting(app, avatars, on_deleted)
    _files(app, avatars, voices)

    @app.get("/v1/avatars")
    def listed(id: Annotated[list[str] | None, Query(max_length=32)] = None) -> dict[str, Any]:
        return {"avatars": [describe(record) for record in avatars.known(id or ())]}


def describe(record: AvatarRecord) -> dict[str, Any]:
    """Returns what a client may know of an avatar."""
    return {
        "id": record.id,
        "name": record.name,
        "created": record.created.isoformat() if record.created else None,
        "ai_generated": record.ai_generated,
        "portrait": f"/v1/avatars/{record.id}.jpg",
        "preview": f"/v1/avatars/{record.id}/preview.mp4",
        "file": f"/v1/avatars/{record.id}.avatar",
        "advice": list(record.advice),
    }


def _creating(app: FastAPI, avatars: Avatars, tokens: Tokens) -> None:
    limit = RateLimit(CREATE_LIMIT, CREATE_SECONDS)

    @app.post("/v1/avatars", status_code=201)
    async def create(request: Request) -> dict[str, Any]:
        if request.headers.get("sec-fetch-site") == "cross-site":
            raise Forbidden("Photos are taken from this server's own page only.")
        tokens.allow(request.headers)
        limit.count_request(request.client.host if request.client else "")
        with avatars.place():
            files, fields = await read_form(request, MAX_UPLOAD_BYTES, FILES, FIELDS)
            if "photo" not in files:
                raise BadRequest("A photo is missing.")
            if fields.get("consent") != "true":
                raise ConsentRequired(
                    "A face may be used only if the person agrees; please confirm that."
                )
            photos = Photos(files["photo"], files.get("smiling"), files.get("open_mouth"))
            record, token = await avatars.create_avatar(
                photos, fields.get("name", ""), fields.get("consent_by", "")
            )
        return describe(record) | {"delete_token": token}


def _deleting(app: FastAPI, avatars: Avatars, on_deleted: Callable[[str], Awaitable[None]]) -> None:
    @app.delete("/v1/avatars/{avatar}", status_code=204)
    async def delete(avatar: str, request: Request) -> None:
        token = bearer(request.headers)
        if not token:
            raise Unauthorized("The token that came with this avatar is needed to delete it.")
        await avatars.delete_avatar(avatar, token)
        await on_deleted(avatar)


def _files(app: FastAPI, avatars: Avatars, voices: Voices) -> None:
    @app.get("/v1/avatars/{avatar}.jpg")
    async def portrait(avatar: str) -> Response:
        picture = await avatars.portrait(avatar)
        return Response(picture, media_type="image/jpeg", headers=_caching(avatars.get(avatar)))

    @app.get("/v1/avatars/{avatar}.avatar")
    def bundle(avatar: str) -> Response:
        return FileResponse(
            avatars.file(avatar),
            media_type="application/vnd.visavis.avatar",
            filename=f"{avatar}.avatar",
            headers=_caching(avatars.get(avatar)),
        )

    @app.get("/v1/avatars/{avatar}/preview.mp4")
    async def preview(avatar: str, persona: str | None = None) -> Response:
        film = await avatars.preview(avatar, voices.speaker(persona))
        return FileResponse(film, media_type="video/mp4", headers=_caching(avatars.get(avatar)))


def _caching(record: AvatarRecord) -> dict[str, str]:
    """A person's face stays in no cache."""
    return {} if record.shared else PRIVATE
