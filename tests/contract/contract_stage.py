"""A world of one script: a server that sends what the script says, and a clock that it owns.

`web/tests/contract-stage.js` is the same for the other client; `scripts/README.md` says what the
steps mean.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

import httpx2
from visavis_client import Connection, Conversation, Event, InvalidEvent, Session, Tool, offer_tools
from visavis_client.errors import SessionError
from visavis_client.link import Wiring

API = "https://face.example"
HOUSEKEEPING = {"ping", "offer", "set_presentation", "microphone", "displayed"}
TURNS = 60
"""Rounds of the event loop within which everything that was set off has happened."""
PATIENCE_LOOKS = 500
"""At ten milliseconds each, for what a thread of the client's has to do first."""


async def settle() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)


class Clock:
    """Time that passes only when the script says so."""

    def __init__(self) -> None:
        self.seconds = 1_000.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.seconds + seconds, waiting))
        await waiting

    async def elapse(self, seconds: float) -> None:
        end = self.seconds + seconds
        while True:
            self._sleepers = [each for each in self._sleepers if not each[1].done()]
            due, waiting = min(self._sleepers, key=lambda each: each[0], default=(end + 1, None))
            if waiting is None or due > end:
                break
            self.seconds = due
            waiting.set_result(None)
            await settle()
        self.seconds = end


class Line:
    """A WebSocket whose other end is the script."""

    def __init__(self, stage: "Stage") -> None:
        self._stage = stage
        self._messages: asyncio.Queue[str | None] = asyncio.Queue()

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        while (message := await self._messages.get()) is not None:
            yield message

    async def send(self, message: str) -> None:
        event = json.loads(message)
        assert event.pop("id") > 0
        assert event.pop("at_ms") > 0
        if event["type"] not in HOUSEKEEPING:
            self._stage.logs["sent"].append(event)

    async def close(self) -> None:
        self._messages.put_nowait(None)

    def say(self, message: str | None) -> None:
        self._messages.put_nowait(message)


class Stage:
    """Plays one script; every step that expects something names the next thing of its kind."""

    def __init__(self) -> None:
        kinds = ("requested", "opened", "sent", "heard", "invalid", "connection", "conversation")
        self.logs: dict[str, list[Any]] = {kind: [] for kind in (*kinds, "started", "refused")}
        self._clock = Clock()
        self._answers: list[dict[str, Any]] = []
        self._leases = 0
        self._line: Line | None = None
        self._kept: dict[str, Any] = {}
        self._numbers = 0
        self._starting: set[asyncio.Task[None]] = set()
        self._take_back: Any = None
        self.session = self._make({})

    def _make(self, options: dict[str, Any]) -> Session:
        wiring = Wiring(self._connect, httpx2.MockTransport(self._http), self._clock)
        about = {"persona": "vera"} | options
        session = Session("t", api_url=API, wiring=wiring, chance=lambda: 0.5, **about)
        session.on("received", self._heard)
        session.on("invalid", self._invalid)
        session.on("connection", self._state)
        session.on("conversation", self._state)
        return session

    async def play(self, step: dict[str, Any]) -> None:
        """Does what a step says, or checks it."""
        kind, value = next(iter(step.items()))
        await settle()
        if kind in self.logs:
            for _ in range(PATIENCE_LOOKS):
                if self.logs[kind]:
                    break
                await asyncio.sleep(0.01)
            assert self.logs[kind], f"{kind} did not happen"
            self._check(kind, self.logs[kind].pop(0), self._filled(value))
        else:
            await getattr(self, f"_{kind}")(self._filled(value), step)
        await settle()

    def _check(self, kind: str, found: Any, wanted: Any) -> None:
        """Of what was heard only the fields that the step names matter; all else is exact."""
        if kind == "heard":
            found = {name: found[name] for name in wanted}
        assert found == wanted

    def _filled(self, value: Any) -> Any:
        """Puts in what earlier calls returned."""
        if isinstance(value, dict):
            return {name: self._filled(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        if isinstance(value, str) and value.startswith("$"):
            return self._kept[value[1:]]
        return value

    # ---------------------------------------------------------------- the world

    def _http(self, request: httpx2.Request) -> httpx2.Response:
        entry = {
            "method": request.method,
            "path": request.url.path,
            "body": json.loads(request.content),
            "authorization": request.headers.get("authorization"),
        }
        self.logs["requested"].append(entry)
        if self._answers:
            answer = self._answers.pop(0)
            return httpx2.Response(answer["status"], json=answer["body"])
        self._leases += 1
        lease = {"id": f"s{self._leases}", "token": f"k{self._leases}"}
        return httpx2.Response(201, json=lease)

    async def _connect(self, url: str) -> Line:
        self.logs["opened"].append(url.removeprefix(API.replace("http", "ws", 1)))
        self._line = Line(self)
        return self._line

    def _heard(self, event: Event) -> None:
        if event.type not in ("pong", "presentation"):
            self.logs["heard"].append({"type": event.type, **asdict(event)})

    def _invalid(self, invalid: InvalidEvent) -> None:
        self.logs["invalid"].append(invalid.type)

    def _state(self, state: Connection | Conversation) -> None:
        kind = "connection" if isinstance(state, Connection) else "conversation"
        self.logs[kind].append([state.state, state.reason])

    # ---------------------------------------------------------------- the steps

    async def _start(self, value: None, step: dict[str, Any]) -> None:
        async def start() -> None:
            try:
                await self.session.start()
                self.logs["started"].append(True)
            except SessionError as error:
                entry = {"code": error.code, "status": error.status}
                self.logs["refused"].append(entry | {"retry_after": error.retry_after})

        task = asyncio.create_task(start())
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _with(self, options: dict[str, Any], step: dict[str, Any]) -> None:
        self.session = self._make(options)

    async def _answer(self, value: dict[str, Any], step: dict[str, Any]) -> None:
        self._answers.append(value)

    async def _server(self, value: dict[str, Any], step: dict[str, Any]) -> None:
        assert self._line is not None
        self._numbers += 1
        self._line.say(json.dumps({"id": self._numbers, "at_ms": 1.0, **value}))

    async def _drop(self, value: None, step: dict[str, Any]) -> None:
        assert self._line is not None
        self._line.say(None)

    async def _elapse(self, value: float, step: dict[str, Any]) -> None:
        await self._clock.elapse(value / 1_000)

    async def _call(self, name: str, step: dict[str, Any]) -> None:
        if name == "take_back_tools":
            self._take_back()
            return
        found = getattr(self.session, name)(*step.get("args", []))
        if asyncio.iscoroutine(found):
            found = await found
        if "gives" in step:
            assert found == step["gives"]
        elif "as" in step:
            assert found
            self._kept[step["as"]] = found

    async def _offer_tools(self, tools: dict[str, Any], step: dict[str, Any]) -> None:
        self._take_back = offer_tools(self.session, {n: _tool(t) for n, t in tools.items()})

    async def _quiet(self, value: None, step: dict[str, Any]) -> None:
        """Nothing happened that no step has named."""
        assert [(kind, self.logs[kind]) for kind in ("sent", "heard", "invalid", "connection")] == [
            (kind, []) for kind in ("sent", "heard", "invalid", "connection")
        ]


def _tool(told: dict[str, Any]) -> Tool:
    def run(arguments: dict[str, Any]) -> Any:
        if "raises" in told:
            raise ValueError(told["raises"])
        return told["returns"]

    return Tool(told["description"], told["parameters"], run)
