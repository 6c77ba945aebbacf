"""Personas over HTTP: who may change them, what is refused, and how that is told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from test_casting import Stage
from test_persona_draft import GOOD

from agent.avatars.avatars import Avatars, SpeechSource
from agent.avatars.store import AvatarStore
from agent.avatars.studio import PhotoStudio
from agent.errors import NotFound
from agent.ledger.exporters import Metrics
from agent.server.app import create_app
from agent.server.hub import Conversation, SessionSeat
from agent.server.routes.personas import CHANGE_LIMIT, MAX_BODY_BYTES
from agent.settings import ServerSettings

KEY = "a-key-of-the-studio"


class Nobody:
    """A runtime in which nobody talks."""

    def __init__(self, folder: Path, stage: Stage) -> None:
        self.avatars = Avatars(AvatarStore(folder / "avatars"), PhotoStudio(), (64, 64))
        self._stage = stage

    async def start(self) -> None:
        await self._stage.casting.start()

    async def stop(self) -> None: ...

    async def create_session(
        self, seat: SessionSeat, persona: str | None, avatar: str | None
    ) -> Conversation:
        raise NotFound("Nobody talks here.")

    def personas(self) -> list[dict[str, str]]:
        return self._stage.cast.listed()

    def speaker(self, persona: str | None) -> SpeechSource:
        raise NotFound("Nobody speaks here.")

    def model_health(self) -> dict[str, bool]:
        return {}


@contextmanager
def opened(folder: Path, *keys: str) -> Iterator[TestClient]:
    stage = Stage(folder / "personas")
    settings = ServerSettings(api_keys=tuple(SecretStr(key) for key in keys))
    metrics = Metrics(CollectorRegistry())
    app: FastAPI = create_app(settings, Nobody(folder, stage), metrics, editor=stage.casting)
    with TestClient(app) as client:
        yield client


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with opened(tmp_path) as client:
        yield client


def error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_persona_is_made_read_changed_and_deleted(client: TestClient) -> None:
    made = client.post("/v1/personas", json=GOOD)
    assert (made.status_code, made.json()) == (201, {"id": "ida", "own": True} | GOOD)
    assert client.get("/v1/personas/ida").json() == made.json()
    changed = client.put("/v1/personas/ida", json=GOOD | {"topics": "trains"})
    assert (changed.status_code, changed.json()["topics"]) == (200, "trains")
    listed = client.get("/v1/personas").json()["personas"]
    assert listed[-1]["description"] == "You can ask me about trains."
    assert client.delete("/v1/personas/ida").status_code == 204
    assert error(client.get("/v1/personas/ida")) == (404, "not_found")
    assert all(not each["own"] for each in client.get("/v1/studio").json()["personas"])


def test_the_overview_says_what_can_be_chosen(client: TestClient) -> None:
    client.post("/v1/personas", json=GOOD)
    overview = client.get("/v1/studio").json()
    assert overview["locked"] is False
    assert overview["personas"][-1] == {
        "id": "ida",
        "name": "Ida",
        "avatar": "vera",
        "language": "en",
        "own": True,
    }


def test_what_is_wrong_is_told_by_field(client: TestClient) -> None:
    answer = client.post("/v1/personas", json=GOOD | {"name": "", "avatar": "!"})
    assert error(answer) == (422, "invalid_fields")
    assert answer.json()["error"]["fields"] == {
        "name": "This is needed.",
        "avatar": "Please choose a face.",
    }


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (b"{", "application/json", (400, "bad_request")),
        (b"[" * 100_000, "application/json", (400, "bad_request")),
        (b"[]", "application/json", (422, "invalid_fields")),
        (json.dumps(GOOD).encode(), "text/plain", (400, "bad_request")),
        (b" " * (MAX_BODY_BYTES + 1), "application/json", (413, "too_large")),
    ],
)
def test_bad_bodies(client: TestClient, body: bytes, kind: str, expected: tuple[int, str]) -> None:
    answer = client.post("/v1/personas", content=body, headers={"Content-Type": kind})
    assert error(answer) == expected


def test_those_that_ship_stay_as_they_are(client: TestClient) -> None:
    assert error(client.put("/v1/personas/vera", json=GOOD)) == (403, "forbidden")
    assert error(client.delete("/v1/personas/vera")) == (403, "forbidden")
    assert client.get("/v1/personas/vera").json()["own"] is False


def test_a_foreign_page_changes_nothing(client: TestClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert error(client.post("/v1/personas", json=GOOD, headers=headers)) == (403, "forbidden")


def test_where_keys_are_set_one_is_needed(tmp_path: Path) -> None:
    with opened(tmp_path, KEY) as client:
        assert client.get("/v1/studio").json()["locked"] is True
        for headers in ({}, {"Authorization": "Bearer another-key-than-that"}):
            for method, path in [
                ("GET", "/vera"),
                ("POST", ""),
                ("PUT", "/vera"),
                ("DELETE", "/vera"),
            ]:
                answer = client.request(method, f"/v1/personas{path}", json=GOOD, headers=headers)
                assert error(answer) == (401, "unauthorized")
        shown = {"Authorization": f"Bearer {KEY}"}
        assert client.post("/v1/personas", json=GOOD, headers=shown).status_code == 201


def test_changes_are_limited(client: TestClient) -> None:
    for _ in range(CHANGE_LIMIT):
        client.delete("/v1/personas/nobody")
    answer = client.post("/v1/personas", json=GOOD)
    assert error(answer) == (429, "rate_limited")
    assert int(answer.headers["Retry-After"]) > 0
    assert client.get("/v1/personas/vera").status_code == 200
