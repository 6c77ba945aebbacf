"""Avatars over HTTP, with a studio that takes any photo."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from avatar_stage import AGREED, FakeStudio, LooseFiles, Runtime, kept, serve
from fastapi.testclient import TestClient

from agent.avatars.avatars import PREVIEW_WORDS
from agent.avatars.clone import Photos
from agent.avatars.store import AvatarStore
from agent.avatars.studio import PLACES
from agent.server.routes.avatars import CREATE_LIMIT, MAX_UPLOAD_BYTES


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


@pytest.mark.holds_loop("the test client hands over all parts of a body without a pause")
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
