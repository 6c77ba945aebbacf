"""A server whose studio takes any photo, for the tests of avatars over HTTP."""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry

from agent.avatars.avatars import Avatars
from agent.avatars.booth import TakenPhoto
from agent.avatars.clone import Photos
from agent.avatars.record import Consent
from agent.avatars.studio import PhotoStudio
from agent.errors import BadPhoto, NotFound
from agent.events import ClientEvent
from agent.ledger.exporters import Metrics
from agent.server.app import create_app
from agent.server.hub import Conversation, SessionSeat
from agent.settings import ServerSettings
from render.types import AudioChunk

AGREED = {"name": "Ana", "consent": "true", "consent_by": "Bea"}


class Voice:
    """Says a second of silence."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.said: list[str] = []

    async def speak(self, text: str) -> AsyncIterator[AudioChunk]:
        self.said.append(text)
        yield AudioChunk(np.zeros(24_000, np.int16))


class FakeStudio(PhotoStudio):
    """Takes any photo that says so; films are a few bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.photos: list[Photos] = []
        self.films = 0

    async def take(
        self, photos: Photos, name: str, consent: Consent, size: tuple[int, int]
    ) -> TakenPhoto:
        self.photos.append(photos)
        if photos.portrait != b"photo":
            raise BadPhoto("There is more than one face.", "several_faces")
        bundle = io.BytesIO()
        with zipfile.ZipFile(bundle, "w") as archive:
            archive.writestr("manifest.json", "{}")
        return TakenPhoto(bundle.getvalue(), b"jpeg", ("Come nearer.",), 1.0)

    async def film(
        self, avatar: Path, speech: Sequence[AudioChunk], out: Path, size: tuple[int, int]
    ) -> None:
        self.films += 1
        await asyncio.to_thread(out.write_bytes, b"film")


class LooseFiles(Avatars):
    """Does not look into `.avatar` files."""

    def file(self, avatar: str) -> Path:
        return self._store.bundle_file(avatar)


class Talk:
    closed = ""

    async def handle(self, event: ClientEvent) -> None: ...

    def rejoin(self) -> None: ...

    async def close(self, reason: str) -> None:
        self.closed = reason


class Runtime:
    def __init__(self, avatars: Avatars) -> None:
        self.avatars = avatars
        self.voices = {"vera": Voice("heart"), "museum": Voice("joe")}
        self.asked: list[tuple[str | None, str | None]] = []
        self.talks: list[Talk] = []

    async def start(self) -> None: ...

    async def stop(self) -> None:
        await self.avatars.aclose()

    async def create_session(
        self, seat: SessionSeat, persona: str | None, avatar: str | None
    ) -> Conversation:
        self.asked.append((persona, avatar))
        if persona is None:
            raise NotFound("Nobody is here.")
        seat.avatar = avatar or "vera"
        self.talks.append(Talk())
        return self.talks[-1]

    def personas(self) -> list[dict[str, str]]:
        return []

    def speaker(self, persona: str | None) -> Voice:
        if persona not in (None, *self.voices):
            raise NotFound("There is no such persona.")
        return self.voices[persona or "vera"]

    def model_health(self) -> dict[str, bool]:
        return {}


def serve(runtime: Runtime) -> TestClient:
    return TestClient(create_app(ServerSettings(), runtime, Metrics(CollectorRegistry())))


def kept(folder: Path) -> list[str]:
    return [path.name for path in (folder / "clones").rglob("*")]
