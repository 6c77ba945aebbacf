"""The HTTP surface over a runtime without models."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry

from agent.avatars.avatars import Avatars, SpeechSource
from agent.avatars.store import AvatarStore
from agent.avatars.studio import PhotoStudio
from agent.errors import BadRequest, NotFound
from agent.events import ClientEvent, StateEvent, TextEvent
from agent.ledger.exporters import Journal, Metrics
from agent.ledger.turns import Ledger, Mark
from agent.server.app import create_app
from agent.server.hub import Conversation, SessionSeat
from agent.settings import ServerSettings


class Echo:
    """Answers each text with a state; refuses one text."""

    def __init__(self, seat: SessionSeat) -> None:
        self.seat = seat
        self.closed = ""
        self.greets = True

    def skip_greeting(self) -> None:
        self.greets = False

    async def handle(self, event: ClientEvent) -> None:
        if isinstance(event, TextEvent) and event.text == "bad":
            raise BadRequest("Not that.")
        if isinstance(event, TextEvent) and event.text == "crash":
            raise RuntimeError("a secret")
        self.seat.outbox.add_event(StateEvent(state="thinking"))

    def rejoin(self) -> None:
        self.seat.outbox.add_event(StateEvent(state="listening"))

    async def close(self, reason: str) -> None:
        self.closed = reason


class Models:
    def __init__(self, folder: Path) -> None:
        self.avatars = Avatars(AvatarStore(folder), PhotoStudio(), (64, 64))
        self.up = True
        self.talks: list[Echo] = []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def create_session(
        self, seat: SessionSeat, persona: str | None, avatar: str | None
    ) -> Conversation:
        if persona not in (None, "vera"):
            raise NotFound("There is no such persona.")
        self.avatars.get(avatar or "vera")
        self.talks.append(Echo(seat))
        return self.talks[-1]

    def personas(self) -> list[dict[str, str]]:
        return [{"id": "vera", "name": "Vera", "description": "A guide.", "avatar": "vera"}]

    def speaker(self, persona: str | None) -> SpeechSource:
        raise NotFound("There is no such persona.")

    def model_health(self) -> dict[str, bool]:
        return {"ears": self.up}


@pytest.fixture
def models(tmp_path: Path) -> Models:
    return Models(tmp_path)


@pytest.fixture
def client(models: Models) -> Iterator[TestClient]:
    app = create_app(ServerSettings(max_sessions=2), models, Metrics(CollectorRegistry()))
    with TestClient(app) as client:
        yield client


def opened(client: TestClient) -> str:
    body = client.post("/v1/sessions", json={}).json()
    return f"/v1/sessions/{body['id']}/events?token={body['token']}"


def test_full_is_503_with_a_reason_and_when_to_come_back(client: TestClient) -> None:
    for _ in range(2):
        assert client.post("/v1/sessions", json={}).status_code == 201
    refused = client.post("/v1/sessions", json={})
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "10"
    assert refused.json()["error"]["code"] == "server_full"
    assert "visavis_refused_total 1.0" in client.get("/metrics").text
    assert "visavis_sessions 2.0" in client.get("/metrics").text


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"persona": "nobody"}, 404, "not_found"),
        ({"avatar": "nobody"}, 404, "not_found"),
        ({"persona": 5}, 400, "bad_request"),
        ({"variables": {"a": 1}}, 400, "bad_request"),
        ({"variables": {str(n): "" for n in range(40)}}, 400, "bad_request"),
        ({"greet": "maybe"}, 400, "bad_request"),
        ({"other": 1}, 400, "bad_request"),
        ([], 400, "bad_request"),
    ],
)
def test_bad_bodies(client: TestClient, body: object, status: int, code: str) -> None:
    answer = client.post("/v1/sessions", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_session_greets_unless_it_is_opened_without(client: TestClient, models: Models) -> None:
    for body in ({}, {"greet": False}):
        assert client.post("/v1/sessions", json=body).status_code == 201
    assert [talk.greets for talk in models.talks] == [True, False]


def test_a_session_takes_variables(client: TestClient, models: Models) -> None:
    body = {"variables": {"customer": "Ada"}}
    assert client.post("/v1/sessions", json=body).status_code == 201
    assert models.talks[0].seat.variables == {"customer": "Ada"}


def test_a_conversation_survives_bad_events(client: TestClient, models: Models) -> None:
    with client.websocket_connect(opened(client)) as socket:
        for raw, code in [
            ("garbage", "bad_request"),
            ("x" * 1_000_000, "too_large"),
            (json.dumps({"type": "text", "text": "bad"}), "bad_request"),
            (json.dumps({"type": "text", "text": "crash"}), "internal"),
        ]:
            socket.send_text(raw)
            error = socket.receive_json()
            assert (error["type"], error["code"]) == ("error", code)
            assert "secret" not in error["message"]
        socket.send_text(json.dumps({"type": "text", "text": "hello"}))
        assert socket.receive_json()["state"] == "thinking"
        socket.send_text(json.dumps({"type": "ping", "id": 7}))
        pong = socket.receive_json()
        assert (pong["type"], pong["ping"]) == ("pong", 7)
        assert pong["id"] == 6
        assert pong["at_ms"] > 0
        socket.send_text(json.dumps({"type": "goodbye"}))
    assert models.talks[0].closed == "goodbye"


def test_a_lost_client_comes_back_to_the_same_conversation(
    client: TestClient, models: Models
) -> None:
    url = opened(client)
    with client.websocket_connect(url) as first:
        first.send_text(json.dumps({"type": "text", "text": "hello"}))
        assert first.receive_json()["state"] == "thinking"
        with client.websocket_connect(url) as second:
            assert first.receive_json()["reason"] == "replaced"
            assert first.receive()["type"] == "websocket.close"
            assert second.receive_json()["state"] == "listening"
            second.send_text(json.dumps({"type": "text", "text": "hello"}))
            assert second.receive_json()["state"] == "thinking"
            second.send_text(json.dumps({"type": "goodbye"}))
            assert second.receive_json()["reason"] == "goodbye"
    assert len(models.talks) == 1


def test_a_wrong_token_sees_nothing(client: TestClient) -> None:
    url = opened(client).split("=")[0] + "=guess"
    with client.websocket_connect(url) as socket:
        assert socket.receive_json()["code"] == "unauthorized"
        assert socket.receive()["type"] == "websocket.close"


def test_health_tells_of_dead_models(client: TestClient, models: Models) -> None:
    assert client.get("/healthz").status_code == 200
    models.up = False
    assert client.get("/healthz").status_code == 503


def test_what_is_not_public_is_not_served(client: TestClient) -> None:
    for path in ("/node_modules/x", "/tests/x", "/package.json", "/../agent/cli.py", "/v1/x"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert "default-src 'self'" in client.get("/v1/personas").headers["Content-Security-Policy"]


def test_the_latest_turns_are_told_with_their_percentiles(models: Models) -> None:
    journal = Journal()
    ledger = Ledger("s", (journal,))
    ledger.open(1, "voice")
    ledger.mark(1, Mark.SPEECH_END, 1.0)
    ledger.mark(1, Mark.DISPLAYED, 1.4)
    app = create_app(ServerSettings(), models, Metrics(CollectorRegistry()), journal)
    with TestClient(app) as client:
        told = client.get("/v1/ledger").json()
        assert told["turns"][0]["voice_to_voice_ms"] == 400
        assert told["sessions"]["s"]["voice_to_voice_ms"] == {"p50": 400, "p95": 400}
        assert client.get("/v1/ledger?session=other").json() == {"turns": [], "sessions": {}}
