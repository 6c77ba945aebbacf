"""The page's test server with lessons and a voice that can be interrupted.

What the page has it say is said, a word every few frames, captions and transcripts as the real
session sends them.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from fastapi import Request, WebSocketDisconnect
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from page_server import WEB, PageServer, application, serving

from agent.errors import VisavisError
from agent.events import (
    AgentTranscriptEvent,
    CaptionEvent,
    Event,
    InterruptEvent,
    SetSpeedEvent,
    SpeakEvent,
    StateEvent,
    TextEvent,
    TimedWord,
    UserTranscriptEvent,
)
from agent.lessons.library import Lessons
from agent.mind.persona.cues import plain
from agent.server.routes.lessons import add_lesson_routes
from render.clock import FRAME_RATE

MINA = {"id": "tutor", "name": "Mina", "description": "Teaches.", "avatar": ""}
FRAMES_A_WORD = 3
ANSWER = "That is a good question."


@dataclass
class TutorServer(PageServer):
    """Says what it is told to.

    Attributes:
        said: Every text, tags and all.
        slow: Frames a word takes.
    """

    said: list[str] = field(default_factory=list)
    slow: int = FRAMES_A_WORD
    _saying: asyncio.Task[None] | None = None
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def _answer(self, event: Event) -> None:
        if isinstance(event, SpeakEvent):
            await self._cut()
            self.said.append(event.text)
            self._begin(plain(event.text), event.request)
        elif isinstance(event, TextEvent):
            await self._cut()
            turn = next(self._numbers)
            await self.send(
                UserTranscriptEvent(turn=turn, text=event.text, final=True, request=event.request)
            )
            self._begin(ANSWER, event.request, turn)
        elif isinstance(event, InterruptEvent):
            await self._cut()
        else:
            await super()._answer(event)

    async def send(self, event: Event) -> None:
        """Sends to the page that connected last, if it is still there."""
        with suppress(RuntimeError, WebSocketDisconnect):
            await super().send(event)

    async def hear(self, text: str) -> None:
        """The person says something, which is answered."""
        await self._cut()
        turn = next(self._numbers)
        await self.send(UserTranscriptEvent(turn=turn, text=text, final=True))
        self._begin(ANSWER, None, turn)

    @property
    def speeds(self) -> list[float]:
        """What was asked for, oldest first."""
        return [event.speed for event in self.events(SetSpeedEvent)]

    def _begin(self, text: str, request: str | None, turn: int | None = None) -> None:
        turn = next(self._numbers) if turn is None else turn
        self._saying = asyncio.create_task(self._say(text, request, turn))

    async def _say(self, text: str, request: str | None, turn: int) -> None:
        words, said = text.split(), ""
        begin = self.pts() + 6
        timed = [TimedWord(text=word, pts=begin + self.slow * at) for at, word in enumerate(words)]
        await self.send(StateEvent(state="speaking"))
        await self.send(AgentTranscriptEvent(turn=turn, text=text, final=False, request=request))
        await self.send(CaptionEvent(turn=turn, words=timed))
        interrupted = True
        try:
            for word in timed:
                await asyncio.sleep(max(0, word.pts + self.slow - self.pts()) / FRAME_RATE)
                said = f"{said} {word.text}".strip()
            interrupted = False
        finally:
            final = AgentTranscriptEvent(
                turn=turn, text=said, final=True, interrupted=interrupted, request=request
            )
            await self.send(final)
            await self.send(StateEvent(state="idle"))

    async def _cut(self) -> None:
        if self._saying is not None:
            self._saying.cancel()
            with suppress(asyncio.CancelledError):
                await self._saying
            self._saying = None

    async def close(self) -> None:
        """Ends all media, and what is being said."""
        await self._cut()
        await super().close()


@asynccontextmanager
async def tutor_server(prompts: Path) -> AsyncIterator[TutorServer]:
    """Runs a server with the lessons in `prompts` for the length of the block."""
    server = TutorServer([MINA], np.full((256, 256, 3), 90, np.uint8))
    app = application(server)

    @app.exception_handler(VisavisError)
    async def typed(request: Request, error: VisavisError) -> JSONResponse:
        return JSONResponse({"error": {"code": error.code, "message": ""}}, error.status)

    add_lesson_routes(app, Lessons(prompts))
    app.mount("/tutor", StaticFiles(directory=WEB / "tutor", html=True))
    async with serving(server, app):
        yield server
