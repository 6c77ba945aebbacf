"""What a browser gets to know of a lesson, and what it does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient

from agent.errors import VisavisError
from agent.lessons.library import Lessons
from agent.server.routes.lessons import add_lesson_routes

LESSON = """---
title: Places
subject: Geography
about: Two cities.
minutes: 2
persona: tutor
picture: map.svg
right: ["[happy] Yes!"]
wrong: [No.]
unclear: ["Pardon?"]
unit: ["Of what?"]
solution: [Never mind.]
---

# One

```say
Look.
```

![A map.](map.svg)

# Two

```say
Tell me.
```

```exercise
kind: text
ask: Which is the capital of *France*?
answers: [Paris]
hints: [It lies on the Seine.]
explanation:
  say: It is Paris.
  show: It is **Paris**.
```

# Three

```say
And now?
```

```exercise
kind: number
ask: How far is it?
answer: 340
unit: km
hints: [Less than you think.]
explanation: Three hundred and forty.
```
"""
ANSWER = "/v1/lessons/places/exercises/{}"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    for name, content in {
        "personas/tutor.md": "",
        "lessons/places.md": LESSON,
        "lessons/places/map.svg": "<svg/>",
        "lessons/places/secret.svg": "<svg/>",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
    app = FastAPI()

    @app.exception_handler(VisavisError)
    async def typed(request: object, error: VisavisError) -> JSONResponse:
        return JSONResponse({"code": error.code}, error.status)

    add_lesson_routes(app, Lessons(tmp_path))
    with TestClient(app) as client:
        yield client


def test_a_lesson_holds_no_answer(client: TestClient) -> None:
    (card,) = client.get("/v1/lessons").json()["lessons"]
    assert (card["id"], card["steps"], card["exercises"]) == ("places", 3, 2)
    answer = client.get("/v1/lessons/places")
    content = answer.json()["content"]
    assert [step["title"] for step in content] == ["One", "Two", "Three"]
    assert content[0]["lines"] == [{"text": "Look.", "letters": 0}]
    assert content[1]["exercise"] == {
        "number": 1,
        "kind": "text",
        "ask": "Which is the capital of <em>France</em>?",
        "options": [],
        "unit": "",
        "tries": 2,
    }
    assert "Paris" not in answer.text
    assert "340" not in answer.text
    assert "Seine" not in answer.text


def test_an_answer_is_judged_try_by_try(client: TestClient) -> None:
    def give(number: int, answer: str, attempt: int) -> dict[str, object]:
        body = {"answer": answer, "attempt": attempt}
        result: dict[str, object] = client.post(ANSWER.format(number), json=body).json()
        return result

    assert give(1, "Lyon", 1) == {
        "verdict": "wrong",
        "over": False,
        "say": "No. It lies on the Seine.",
        "show": "It lies on the Seine.",
        "solution": None,
    }
    assert give(1, "Lyon", 2) == {
        "verdict": "wrong",
        "over": True,
        "say": "Never mind. It is Paris.",
        "show": "It is <strong>Paris</strong>.",
        "solution": "Paris",
    }
    right = give(1, "it's paris", 1)
    assert (right["verdict"], right["over"], right["say"]) == (
        "right",
        True,
        "[happy] Yes! It is Paris.",
    )
    for answer, verdict, say in (("340", "unit", "Of what?"), ("far", "unclear", "Pardon?")):
        told = give(2, answer, 2)
        assert (told["verdict"], told["over"], told["say"]) == (verdict, False, say)
    assert give(2, "340 km", 2)["solution"] == "340 km"


def test_pictures_are_those_of_the_board_and_run_nothing(client: TestClient) -> None:
    picture = client.get("/v1/lessons/places/pictures/map.svg")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert "sandbox" in picture.headers["content-security-policy"]
    for name in ("secret.svg", "none.svg", "..%2Fplaces.md"):
        assert client.get(f"/v1/lessons/places/pictures/{name}").status_code == 404


@pytest.mark.parametrize(
    ("path", "content", "status", "code"),
    [
        (ANSWER.format(9), b'{"answer": "x", "attempt": 1}', 404, "not_found"),
        ("/v1/lessons/none/exercises/1", b'{"answer": "x", "attempt": 1}', 404, "not_found"),
        (ANSWER.format(1), b'{"answer": "", "attempt": 1}', 400, "bad_request"),
        (ANSWER.format(1), b'{"answer": "x", "attempt": 0}', 400, "bad_request"),
        (ANSWER.format(1), b'{"answer": "x"}', 400, "bad_request"),
        (ANSWER.format(1), b"no json", 400, "bad_request"),
        (ANSWER.format(1), b'{"answer": "' + b"x" * 300 + b'"}', 400, "bad_request"),
        (ANSWER.format(1), b"x" * 5_000, 413, "too_large"),
    ],
)
def test_what_cannot_be_answered_is_refused(
    client: TestClient, path: str, content: bytes, status: int, code: str
) -> None:
    answer = client.post(path, content=content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_unknown_lesson_is_not_found(client: TestClient) -> None:
    assert client.get("/v1/lessons/none").status_code == 404
