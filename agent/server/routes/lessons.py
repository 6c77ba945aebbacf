"""HTTP: the lessons of the tutor page.

    GET  /v1/lessons                          {lessons: [{id, title, about, steps, …}]}
    GET  /v1/lessons/{id}                     the same of one, with `content`: its steps
    GET  /v1/lessons/{id}/pictures/{name}     what its board shows
    POST /v1/lessons/{id}/exercises/{n}       takes {answer, attempt}, returns
                                              {verdict, over, say, show, solution}

No answer is told before its exercise is over. Nothing of a learner is kept here: which attempt it
is, the page says.
"""

from dataclasses import asdict
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.errors import BadRequest, TooLarge
from agent.lessons.library import Lessons

MAX_BODY_BYTES = 4_096
PICTURE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Cache-Control": "public, max-age=300",
}
"""A drawing may style itself; opened on its own, it still runs nothing."""


class Attempt(BaseModel):
    """An answer.

    Attributes:
        answer: As it was given: words, a number with its unit, or the number of an option.
        attempt: From 1.
    """

    model_config = ConfigDict(extra="forbid")

    answer: str = Field(min_length=1, max_length=200)
    attempt: int = Field(ge=1, le=20)


def add_lesson_routes(app: FastAPI, lessons: Lessons) -> None:
    """Adds the routes of this file."""

    @app.get("/v1/lessons")
    def listed() -> dict[str, Any]:
        return {"lessons": lessons.listed()}

    @app.get("/v1/lessons/{lesson}")
    def described(lesson: str) -> dict[str, Any]:
        return lessons.described(lesson)

    @app.get("/v1/lessons/{lesson}/pictures/{name}")
    def picture(lesson: str, name: str) -> FileResponse:
        return FileResponse(lessons.picture(lesson, name), headers=PICTURE_HEADERS)

    @app.post("/v1/lessons/{lesson}/exercises/{number}")
    async def answer(lesson: str, number: int, request: Request) -> dict[str, Any]:
        given = await _attempt(request)
        return asdict(lessons.judge_answer(lesson, number, given.answer, given.attempt))


async def _attempt(request: Request) -> Attempt:
    """Reads a body, which is given up as soon as it is too long.

    Raises:
        TooLarge: It is.
        BadRequest: It is no attempt.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise TooLarge("An answer may have at most 200 characters.")
    try:
        return Attempt.model_validate_json(body)
    except ValidationError:
        raise BadRequest(
            "An answer has 1 to 200 characters, and says which attempt it is."
        ) from None
