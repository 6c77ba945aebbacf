"""Software of others: there where somebody installed it, with a content policy that fits it."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from agent.errors import NotFound
from agent.server.routes.vendor import MEDIAPIPE, MODEL, MODULES, WASM, WORKER, add_vendor_routes
from render.face.landmarks import landmarker_file


def site(mediapipe: Path) -> TestClient:
    app = FastAPI()
    add_vendor_routes(app, mediapipe)
    return TestClient(app)


@pytest.mark.parametrize(("name", "kind"), [(MODULES[0], "text/javascript"), (WASM, "wasm")])
def test_what_is_installed_is_served(name: str, kind: str) -> None:
    web = site(MEDIAPIPE)
    assert web.get("/vendor/").json() == {"mediapipe": True}
    answer = web.get(f"/vendor/mediapipe/{name}")
    assert answer.content == (MEDIAPIPE / name).read_bytes()
    assert kind in answer.headers["content-type"]


def test_the_model_is_the_one_that_reads_pictures_here() -> None:
    answer = site(MEDIAPIPE).get(f"/vendor/mediapipe/{MODEL}")
    assert answer.content == landmarker_file().read_bytes()


@pytest.mark.parametrize("name", ["package.json", "wasm", "", "%2e%2e/package.json"])
def test_nothing_else_of_the_package_is(name: str) -> None:
    with pytest.raises(NotFound):
        site(MEDIAPIPE).get(f"/vendor/mediapipe/{name}")


@pytest.mark.parametrize("name", [*MODULES, WASM, MODEL])
def test_without_the_package_there_is_nothing(tmp_path: Path, name: str) -> None:
    web = site(tmp_path / "tasks-vision")
    assert web.get("/vendor/").json() == {"mediapipe": False}
    with pytest.raises(NotFound):
        web.get(f"/vendor/mediapipe/{name}")


def test_only_the_worker_may_run_webassembly_and_it_connects_here_only() -> None:
    policy = site(MEDIAPIPE).get(WORKER).headers["content-security-policy"]
    assert "'wasm-unsafe-eval'" in policy
    assert "connect-src 'self'" in policy
    assert "default-src 'none'" in policy
