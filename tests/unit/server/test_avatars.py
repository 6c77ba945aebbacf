"""Avatars over HTTP; the studio is real only where a photo is really looked at."""

import asyncio
import io
import struct
import zipfile
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage.data
from fastapi.testclient import TestClient
from PIL import Image
from prometheus_client import CollectorRegistry

from agent.avatars.avatars import PREVIEW_WORDS, Avatars
from agent.avatars.booth import Taken
from agent.avatars.clone import Photos
from agent.avatars.record import Consent
from agent.avatars.store import AvatarStore
from agent.avatars.studio import PLACES, Studio
from agent.errors import BadPhoto, NotFound
from agent.events import ClientEvent
from agent.ledger.exporters import Metrics
from agent.server.app import create_app
from agent.server.avatars import CREATE_LIMIT, MAX_UPLOAD_BYTES
from agent.server.hub import Conversation, Seat
from agent.settings import ServerSettings
from render.face.gallery import portrait_file
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


class FakeStudio(Studio):
    """Takes any photo that says so; films are a few bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.photos: list[Photos] = []
        self.films = 0

    async def take(
        self, photos: Photos, name: str, consent: Consent, size: tuple[int, int]
    ) -> Taken:
        self.photos.append(photos)
        if photos.portrait != b"photo":
            raise BadPhoto("There is more than one face.", "several_faces")
        bundle = io.BytesIO()
        with zipfile.ZipFile(bundle, "w") as archive:
            archive.writestr("manifest.json", "{}")
        return Taken(bundle.getvalue(), b"jpeg", ("Come nearer.",), 1.0)

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

    async def create(self, seat: Seat, persona: str | None, avatar: str | None) -> Conversation:
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

    def health(self) -> dict[str, bool]:
        return {}


def serve(runtime: Runtime) -> TestClient:
    return TestClient(create_app(ServerSettings(), runtime, Metrics(CollectorRegistry())))


@pytest.fixture
def studio() -> FakeStudio:
    return FakeStudio()


@pytest.fixture
def runtime(studio: FakeStudio, tmp_path: Path) -> Runtime:
    return Runtime(LooseFiles(AvatarStore(tmp_path), studio, (64, 64)))


@pytest.fixture
def client(runtime: Runtime) -> Iterator[TestClient]:
    with serve(runtime) as client:
        yield client


def made(client: TestClient, **fields: str) -> Any:
    answer = client.post("/v1/avatars", data=AGREED | fields, files={"photo": b"photo"})
    assert answer.status_code == 201, answer.text
    return answer.json()


def kept(folder: Path) -> list[str]:
    return [path.name for path in (folder / "clones").rglob("*")]


def test_a_photo_becomes_an_avatar(
    client: TestClient, studio: FakeStudio, runtime: Runtime
) -> None:
    files = {"photo": b"photo", "smiling": b"smile", "open_mouth": b"open"}
    answer = client.post("/v1/avatars", data=AGREED, files=files)
    avatar = answer.json()
    assert answer.status_code == 201
    assert studio.photos == [Photos(b"photo", b"smile", b"open")]
    assert (avatar["name"], avatar["advice"]) == ("Ana", ["Come nearer."])
    assert client.get(avatar["portrait"]).content == b"jpeg"
    assert client.get(avatar["file"]).content[:2] == b"PK"
    assert "no-store" in client.get(avatar["file"]).headers["Cache-Control"]
    consent = runtime.avatars.get(avatar["id"]).consent
    assert consent is not None
    assert consent.by == "Bea"
    client.post("/v1/sessions", json={"avatar": avatar["id"], "persona": "vera"})
    assert runtime.asked == [("vera", avatar["id"])]


def test_a_clone_is_listed_only_to_who_knows_its_id(client: TestClient) -> None:
    mine, other = made(client), made(client)

    def ids(query: str = "") -> list[str]:
        return [avatar["id"] for avatar in client.get(f"/v1/avatars{query}").json()["avatars"]]

    assert ids() == ["vera", "joe", "mina"]
    assert ids(f"?id={mine['id']}&id=nobody") == ["vera", "joe", "mina", mine["id"]]
    assert other["id"] not in client.get(f"/v1/avatars?id={mine['id']}").text
    assert "delete_token" not in client.get(f"/v1/avatars?id={mine['id']}").text


def test_the_preview_is_made_once_per_voice(
    client: TestClient, studio: FakeStudio, runtime: Runtime
) -> None:
    preview = made(client)["preview"]
    for _ in range(2):
        answer = client.get(preview)
        assert (answer.content, answer.headers["Content-Type"]) == (b"film", "video/mp4")
    part = client.get(preview, headers={"Range": "bytes=1-2"})
    assert (part.status_code, part.content) == (206, b"il")
    assert studio.films == 1
    client.get(f"{preview}?persona=museum")
    assert studio.films == 2
    assert runtime.voices["museum"].said == [PREVIEW_WORDS.format(name="Ana")]
    assert client.get(f"{preview}?persona=nobody").status_code == 404


def test_only_its_token_deletes_a_clone(client: TestClient, tmp_path: Path) -> None:
    avatar = made(client)
    url = f"/v1/avatars/{avatar['id']}"
    client.get(avatar["preview"])
    assert client.delete(url).status_code == 401
    assert client.delete(url, headers={"Authorization": "Bearer guess"}).status_code == 401
    right = {"Authorization": f"Bearer {avatar['delete_token']}"}
    assert client.delete("/v1/avatars/vera", headers=right).status_code == 404
    assert client.delete(url, headers=right).status_code == 204
    assert kept(tmp_path) == []
    for gone in (avatar["portrait"], avatar["file"], avatar["preview"]):
        assert client.get(gone).json()["error"]["code"] == "not_found"
    assert client.delete(url, headers=right).status_code == 404


def test_deleting_a_face_ends_the_conversations_that_show_it(
    client: TestClient, runtime: Runtime
) -> None:
    avatar = made(client)
    for face in (avatar["id"], "vera"):
        opened = client.post("/v1/sessions", json={"persona": "vera", "avatar": face})
        assert opened.status_code == 201
    right = {"Authorization": f"Bearer {avatar['delete_token']}"}
    assert client.delete(f"/v1/avatars/{avatar['id']}", headers=right).status_code == 204
    assert [talk.closed for talk in runtime.talks] == ["avatar_deleted", ""]


@pytest.mark.parametrize(
    ("fields", "files", "status", "code"),
    [
        ({"consent": "false"}, {"photo": b"photo"}, 422, "consent_required"),
        ({"consent": ""}, {"photo": b"photo"}, 422, "consent_required"),
        ({"consent_by": " "}, {"photo": b"photo"}, 422, "consent_required"),
        ({"name": ""}, {"photo": b"photo"}, 400, "bad_request"),
        ({"name": "x" * 61}, {"photo": b"photo"}, 400, "bad_request"),
        ({"name": "x" * 5_000}, {"photo": b"photo"}, 400, "bad_request"),
        ({}, {"other": b"photo"}, 400, "bad_request"),
        ({"other": "x"}, {"photo": b"photo"}, 400, "bad_request"),
        ({}, {}, 400, "bad_request"),
        ({}, {"photo": b"two people"}, 422, "several_faces"),
        ({}, {"photo": bytes(MAX_UPLOAD_BYTES + 1)}, 413, "too_large"),
    ],
)
def test_refusals_keep_nothing(
    client: TestClient,
    tmp_path: Path,
    fields: dict[str, str],
    files: dict[str, bytes],
    status: int,
    code: str,
) -> None:
    answer = client.post("/v1/avatars", data=AGREED | fields, files=files)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert kept(tmp_path) == []


def test_an_endless_body_is_cut_off(client: TestClient) -> None:
    sent = 0

    def body() -> Iterator[bytes]:
        nonlocal sent
        head = '--x\r\nContent-Disposition: form-data; name="photo"; filename="p"\r\n\r\n'
        yield head.encode()
        while sent < 10 * MAX_UPLOAD_BYTES:
            sent += 2**20
            yield bytes(2**20)

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = client.post("/v1/avatars", content=body(), headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=y", "text/x"]
)
def test_what_is_no_form_is_refused(client: TestClient, kind: str) -> None:
    answer = client.post("/v1/avatars", content=b"--x\r\nbroken", headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


def test_foreign_pages_are_refused(client: TestClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = client.post("/v1/avatars", data=AGREED, files={"photo": b"photo"}, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


def test_too_many_in_a_minute_are_refused(client: TestClient) -> None:
    for _ in range(CREATE_LIMIT):
        made(client)
    answer = client.post("/v1/avatars", data=AGREED, files={"photo": b"photo"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "rate_limited")
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_a_full_studio_is_503_before_the_body_is_read(
    client: TestClient, studio: FakeStudio
) -> None:
    with ExitStack() as places:
        for _ in range(PLACES):
            places.enter_context(studio.place())
        answer = client.post("/v1/avatars", data=AGREED, files={"photo": b"photo"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "busy")
    assert answer.headers["Retry-After"] == "5"
    assert studio.photos == []


# ---------------------------------------------------------------- with the real studio


def jpeg(rgb: np.ndarray[Any, Any]) -> bytes:
    data = io.BytesIO()
    Image.fromarray(rgb).save(data, "JPEG", quality=92)
    return data.getvalue()


def person(name: str, picture: str = "studio_portrait") -> Image.Image:
    image = Image.open(portrait_file(name).with_name(f"{picture}.jpg")).convert("RGB")
    image.thumbnail((1024, 1024))
    return image


def sample(name: str) -> bytes:
    """A photograph that comes with scikit-image."""
    return jpeg(np.asarray(getattr(skimage.data, name)()))


def two_people() -> bytes:
    pair = [np.asarray(person(name).resize((512, 512))) for name in ("P001", "P008")]
    return jpeg(np.hstack(pair))


def profile() -> bytes:
    full = Image.open(portrait_file("P005").with_name("character_sheet.jpg")).convert("RGB")
    full.thumbnail((2400, 2400))
    return jpeg(np.asarray(full)[137:641, 662:1145])


def ten_pixel_face() -> bytes:
    picture = np.full((600, 800, 3), 120, np.uint8)
    picture[200:216, 300:316] = np.asarray(person("P001").resize((16, 16)))
    return jpeg(picture)


def bomb() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(10**6))
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Path]]:
    folder = tmp_path_factory.mktemp("avatars")
    runtime = Runtime(Avatars(AvatarStore(folder), Studio(), (128, 128)))
    with serve(runtime) as client:
        yield client, folder


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "real" in request.fixturenames:
        monkeypatch.setattr("agent.server.rate.RateLimit.check", lambda self, address: None)


@pytest.mark.models
@pytest.mark.parametrize(
    ("photo", "codes"),
    [
        (lambda: sample("coffee"), {"no_face"}),
        (lambda: sample("cat"), {"no_face"}),
        (two_people, {"several_faces"}),
        (profile, {"face_turned_away"}),
        (ten_pixel_face, {"no_face", "face_too_small"}),
        (lambda: jpeg(np.asarray(person("P001")))[:9_000], {"photo_truncated"}),
        (lambda: b"Dear photo, this is a letter.", {"not_a_photo"}),
        (lambda: b"", {"photo_empty"}),
        (bomb, {"decompression_bomb"}),
    ],
    ids=["thing", "cat", "two", "profile", "tiny", "truncated", "text", "empty", "bomb"],
)
def test_bad_photos_are_refused_each_for_its_reason(
    real: tuple[TestClient, Path], photo: Any, codes: set[str]
) -> None:
    client, folder = real
    files = {"photo": ("me.jpg", photo(), "image/jpeg")}
    error = client.post("/v1/avatars", data=AGREED, files=files).json()["error"]
    assert error["code"] in codes
    assert "please" in error["message"]
    assert kept(folder) == []


@pytest.mark.models
def test_a_further_photo_is_refused_by_its_name(real: tuple[TestClient, Path]) -> None:
    client, folder = real
    files = {"photo": jpeg(np.asarray(person("P004"))), "smiling": b"no photo"}
    error = client.post("/v1/avatars", data=AGREED, files=files).json()["error"]
    assert error["code"] == "not_a_photo"
    assert error["message"].startswith("About the smiling photo: ")
    assert kept(folder) == []
