"""Session tokens, and which websites may use the server."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry
from pydantic import SecretStr, ValidationError
from test_app import Models

from agent.errors import OriginMismatch, TokenExpired, Unauthorized
from agent.ledger.exporters import Metrics
from agent.server.access.origins import Origins
from agent.server.access.tokens import TokenRequest, Tokens
from agent.server.app import create_app
from agent.settings import ServerSettings

KEY, OTHER = "a-key-of-the-website", "a-key-of-another-one"
SITE, APP = "https://shop.example", "https://evil.example"


@pytest.fixture
def models(tmp_path: Path) -> Models:
    return Models(tmp_path)


@pytest.fixture
def client(models: Models) -> Iterator[TestClient]:
    settings = ServerSettings(api_keys=(SecretStr(KEY),), allowed_origins=(SITE,))
    with TestClient(create_app(settings, models, Metrics(CollectorRegistry()))) as client:
        yield client


def shown(secret: str, origin: str | None = None) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"} | ({"Origin": origin} if origin else {})


def minted(client: TestClient, **wanted: object) -> str:
    answer = client.post("/v1/tokens", json=wanted, headers=shown(KEY))
    assert answer.status_code == 201
    return str(answer.json()["token"])


def test_an_api_key_mints_a_token_that_opens_a_session(client: TestClient) -> None:
    token = minted(client)
    assert client.post("/v1/sessions", json={}, headers=shown(token)).status_code == 201


def photographed(client: TestClient, secret: str, **headers: str) -> tuple[int, str]:
    """Sends a form without a photo; whoever is let in is told so."""
    answer = client.post(
        "/v1/avatars", files={"name": (None, "Ana")}, headers=shown(secret) | headers
    )
    return answer.status_code, answer.json()["error"]["code"]


def test_a_face_is_made_by_who_holds_a_key_or_a_token_for_any_face(client: TestClient) -> None:
    assert client.post("/v1/avatars", files={"name": (None, "Ana")}).status_code == 401
    assert photographed(client, OTHER) == (401, "unauthorized")
    assert photographed(client, KEY) == (400, "bad_request")
    assert photographed(client, minted(client, persona="vera")) == (400, "bad_request")
    assert photographed(client, minted(client, avatar="vera")) == (403, "forbidden")
    elsewhere = minted(client, origin=SITE)
    assert photographed(client, elsewhere) == (403, "origin_mismatch")
    assert photographed(client, elsewhere, Origin=SITE) == (400, "bad_request")


def test_neither_a_wrong_key_mints_nor_a_forged_token_opens(client: TestClient) -> None:
    token = minted(client)
    for path, secret in [("tokens", OTHER), ("tokens", ""), ("sessions", KEY), ("sessions", "")]:
        answer = client.post(f"/v1/{path}", json={}, headers=shown(secret))
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unauthorized")
    head, payload, signature = token.split(".")
    unsigned = jwt.encode({"aud": "visavis:sessions", "exp": 2**31}, "", "none")
    other_purpose = jwt.encode({"aud": "elsewhere", "exp": 2**31}, KEY * 3, "HS256")
    elsewhere, _ = Tokens([SecretStr(OTHER)]).mint(OTHER, TokenRequest())
    for forged in (
        f"{head}.{payload[:-2]}AA.{signature}",
        f"{head}.{payload}.",
        unsigned,
        other_purpose,
        elsewhere,
        "ä.ö",
    ):
        with pytest.raises(Unauthorized):
            Tokens([SecretStr(KEY)]).admit({"authorization": f"Bearer {forged}"}, None, None)


def test_a_token_is_for_its_persona_and_avatar_only(client: TestClient, models: Models) -> None:
    token = minted(client, persona="vera", avatar="vera")
    for body in ({"persona": "otto"}, {"avatar": "otto"}):
        answer = client.post("/v1/sessions", json=body, headers=shown(token))
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
    assert client.post("/v1/sessions", json={}, headers=shown(token)).status_code == 201
    unknown = minted(client, persona="nobody")
    assert client.post("/v1/sessions", json={}, headers=shown(unknown)).status_code == 404


def test_a_token_is_for_its_website_only(client: TestClient) -> None:
    token = minted(client, origin=SITE)
    assert client.post("/v1/sessions", json={}, headers=shown(token, SITE)).status_code == 201
    for origin in (None, "http://testserver", APP):
        answer = client.post("/v1/sessions", json={}, headers=shown(token, origin))
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "origin_mismatch")


def test_a_token_expires() -> None:
    now = 1_000.0
    tokens = Tokens([SecretStr(KEY), SecretStr(OTHER)], now=lambda: now)
    token, expires_at = tokens.mint(OTHER, TokenRequest(seconds=60))
    assert expires_at == 1_060
    now = 1_059.9
    assert tokens.admit({"authorization": f"bearer {token}"}, "vera", None) == ("vera", None)
    now = 1_060.0
    with pytest.raises(TokenExpired):
        tokens.admit({"authorization": f"Bearer {token}"}, "vera", None)


def test_a_token_ends_with_its_key() -> None:
    token, _ = Tokens([SecretStr(KEY)]).mint(KEY, TokenRequest())
    with pytest.raises(Unauthorized):
        Tokens([SecretStr(OTHER)]).admit({"authorization": f"Bearer {token}"}, None, None)


def test_without_keys_sessions_are_open_and_there_are_no_tokens(models: Models) -> None:
    app = create_app(ServerSettings(), models, Metrics(CollectorRegistry()))
    with TestClient(app) as client:
        assert client.post("/v1/sessions", json={}).status_code == 201
        answer = client.post("/v1/tokens", json={}, headers=shown(KEY))
        assert (answer.status_code, answer.json()["error"]["code"]) == (501, "unavailable")


@pytest.mark.parametrize("body", [{"seconds": 0}, {"origin": "shop.example"}, {"other": 1}])
def test_bad_requests(client: TestClient, body: dict[str, object]) -> None:
    answer = client.post("/v1/tokens", json=body, headers=shown(KEY))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


def test_a_short_api_key_is_refused() -> None:
    with pytest.raises(ValidationError):
        ServerSettings(api_keys=(SecretStr("short"),))


@pytest.mark.models
@pytest.mark.parametrize(("origin", "may"), [(SITE, True), (APP, False), ("null", False)])
def test_only_allowed_websites_may_read_answers(
    client: TestClient, tmp_path: Path, vera_file: Path, origin: str, may: bool
) -> None:
    shutil.copy(vera_file, tmp_path)
    for path in ("/v1/personas", "/v1/avatars/vera.avatar", "/sdk/index.js", "/v1/sessions"):
        told = client.get(path, headers={"Origin": origin}).headers
        assert told.get("access-control-allow-origin") == (origin if may else None)
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    assert (client.options("/v1/sessions", headers=asked).status_code == 200) is may


def test_a_foreign_page_opens_neither_session_nor_socket(client: TestClient) -> None:
    token = minted(client)
    refused = client.post("/v1/sessions", json={}, headers=shown(token, APP))
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "origin_mismatch")
    body = client.post("/v1/sessions", json={}, headers=shown(token, SITE)).json()
    for path in ("events", "camera"):
        url = f"/v1/sessions/{body['id']}/{path}?token={body['token']}"
        with client.websocket_connect(url, headers={"Origin": APP}) as socket:
            assert socket.receive_json()["code"] == "origin_mismatch"
            assert socket.receive()["code"] == 1008
    url = f"/v1/sessions/{body['id']}/events?token={body['token']}"
    with client.websocket_connect(url, headers={"Origin": SITE}) as socket:
        socket.send_json({"type": "ping", "id": 1})
        assert socket.receive_json()["type"] == "pong"
        socket.send_json({"type": "goodbye"})
        assert socket.receive_json()["reason"] == "goodbye"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://here:8010", "host": "here:8010"},
        {"origin": "https://public", "host": "inside", "x-forwarded-host": "public"},
        {"origin": "https://public", "host": "inside", "sec-fetch-site": "same-origin"},
        {"origin": SITE, "host": "here"},
    ],
)
def test_own_pages_programs_and_allowed_websites_may(headers: dict[str, str]) -> None:
    Origins([SITE + "/"]).check(headers)


def test_any_website_may_where_that_is_set() -> None:
    Origins(["*"]).check({"origin": APP, "host": "here"})
    with pytest.raises(OriginMismatch):
        Origins([]).check({"origin": APP, "host": "here"})


def test_a_token_is_a_web_token_that_anybody_can_read() -> None:
    token, expires_at = Tokens([SecretStr(KEY)]).mint(KEY, TokenRequest(persona="vera"))
    assert jwt.get_unverified_header(token)["alg"] == "HS256"
    assert jwt.decode(token, options={"verify_signature": False}) == {
        "persona": "vera",
        "aud": "visavis:sessions",
        "exp": expires_at,
    }
