"""The Python client against the real routes, over a real socket; only the models are missing."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from test_app import Models
from visavis_client import AgentTranscript, SessionError, create_session

from agent import events
from agent.events import ClientEvent
from agent.ledger.exporters import Metrics
from agent.server.access.tokens import TokenRequest, Tokens
from agent.server.app import create_app
from agent.server.hub import Conversation, SessionSeat
from agent.settings import ServerSettings

KEY = "a-key-of-the-website"


class Talk:
    """Greets, and repeats what is asked of it."""

    def __init__(self, seat: SessionSeat) -> None:
        self._seat = seat
        self.received: list[ClientEvent] = []
        self.rejoin()

    async def handle(self, event: ClientEvent) -> None:
        self.received.append(event)
        if isinstance(event, events.TextEvent | events.SpeakEvent):
            said = events.AgentTranscriptEvent(turn=1, text=event.text, final=True)
            self._seat.outbox.add_event(said.model_copy(update={"request": event.request}))

    def rejoin(self) -> None:
        told = dict.fromkeys(("persona", "name", "greeting", "disclosure"), "x")
        hello = events.HelloEvent(
            session=self._seat.id, avatar="vera", language="en", ice_servers=[], **told
        )
        self._seat.outbox.add_event(hello)

    async def close(self, reason: str) -> None: ...


class People(Models):
    async def create_session(
        self, seat: SessionSeat, persona: str | None, avatar: str | None
    ) -> Conversation:
        self.talks.append(Talk(seat))  # type: ignore[arg-type]
        return self.talks[-1]


@asynccontextmanager
async def running(people: People, port: int = 0) -> AsyncIterator[tuple[str, uvicorn.Server]]:
    settings = ServerSettings(api_keys=(SecretStr(KEY),))
    metrics = Metrics(CollectorRegistry())
    app = await asyncio.to_thread(create_app, settings, people, metrics)
    listener = socket.create_server(("127.0.0.1", port))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", server
    finally:
        server.should_exit = True
        await serving


def token() -> str:
    return Tokens([SecretStr(KEY)]).mint(KEY, TokenRequest())[0]


async def test_it_talks_comes_back_and_says_goodbye(tmp_path: Path) -> None:
    people = People(tmp_path)
    async with running(people) as (url, _):
        session = create_session(token, api_url=url, persona="vera")
        said: asyncio.Queue[AgentTranscript] = asyncio.Queue()
        states: asyncio.Queue[Any] = asyncio.Queue()
        session.on(AgentTranscript, said.put)
        session.on("connection", states.put_nowait)
        async with session:
            request = session.speak("Welcome.")
            heard = await said.get()
            assert (heard.text, heard.request) == ("Welcome.", request)
            assert session._link is not None
            assert session._link._socket is not None
            await session._link._socket.close()
            found = [(await states.get()).state for _ in range(5)]
            assert found == ["connecting", "connected", "reconnecting", "reconnecting", "connected"]
            session.message("Still there?")
            assert (await said.get()).text == "Still there?"
        assert session.connection.reason == "goodbye"
        assert len(people.talks) == 1
        received = people.talks[0].received  # type: ignore[attr-defined]
        kinds = [event.type for event in received]
        assert kinds == ["set_presentation", "speak", "set_presentation", "text"]


async def test_a_wrong_token_is_refused_with_its_code(tmp_path: Path) -> None:
    async with running(People(tmp_path)) as (url, _):
        with pytest.raises(SessionError) as caught:
            await create_session("nonsense", api_url=url).start()
    assert (caught.value.code, caught.value.status) == ("unauthorized", 401)


async def test_a_failing_listener_hurts_nobody(tmp_path: Path) -> None:
    async with running(People(tmp_path)) as (url, _), create_session(token, api_url=url) as session:
        heard: asyncio.Queue[AgentTranscript] = asyncio.Queue()

        def fail(event: AgentTranscript) -> None:
            raise ValueError("mine")

        session.on("agent_transcript", fail)
        stop = session.on(AgentTranscript, heard.put_nowait)
        session.speak("One.")
        assert (await heard.get()).text == "One."
        stop()
        again: asyncio.Queue[AgentTranscript] = asyncio.Queue()
        session.on(AgentTranscript, again.put_nowait)
        session.speak("Two.")
        assert (await again.get()).text == "Two."
        assert heard.empty()
