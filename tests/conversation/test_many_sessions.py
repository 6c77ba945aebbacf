"""A real server under rude clients: nothing leaks, and the polite one is served throughout."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx2 as httpx
import numpy as np
import psutil
import pytest
import pytest_asyncio
import websockets
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError

from agent.bench.lab.server import Served, served
from agent.settings import Settings

pytestmark = [pytest.mark.models, pytest.mark.asyncio(loop_scope="module")]

SESSIONS = 100
WARMING = 32
"""Sessions that fill thread pools and the allocator's arenas before anything is counted."""
TOGETHER = 3


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[Served]:
    async with served(Settings(), VISAVIS_SERVER__LEASE_SECONDS="1") as running:
        yield running


@dataclass
class Client:
    """A page without a screen."""

    socket: websockets.ClientConnection
    events: list[dict[str, Any]] = field(default_factory=list)
    sound: list[np.ndarray[Any, Any]] = field(default_factory=list)
    pictures: int = 0

    async def send(self, **event: Any) -> None:
        await self.socket.send(json.dumps(event))

    async def until(self, kind: str, **values: Any) -> dict[str, Any]:
        while True:
            event: dict[str, Any] = json.loads(await asyncio.wait_for(self.socket.recv(), 20))
            self.events.append(event)
            if event["type"] == kind and all(event[k] == v for k, v in values.items()):
                return event

    async def connect(self, peer: RTCPeerConnection) -> None:
        """Negotiates; sound and pictures are collected from then on."""
        peer.addTransceiver(AudioStreamTrack(), direction="sendrecv")
        peer.addTransceiver("video", direction="recvonly")
        peer.on("track", lambda track: asyncio.ensure_future(self._collect(track)))
        await peer.setLocalDescription(await peer.createOffer())
        await self.send(type="offer", sdp=peer.localDescription.sdp)
        answer = await self.until("answer")
        await peer.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))

    async def _collect(self, track: Any) -> None:
        with suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                if track.kind == "audio":
                    self.sound.append(frame.to_ndarray())
                else:
                    self.pictures += 1


@asynccontextmanager
async def session(server: Served) -> AsyncIterator[Client]:
    async with httpx.AsyncClient(base_url=server.url) as http:
        while True:
            answer = await http.post("/v1/sessions", json={})
            if answer.status_code == 201:
                break
            assert answer.json()["error"]["code"] == "server_full"
            await asyncio.sleep(0.2)
    seat = answer.json()
    url = server.url.replace("http", "ws") + f"v1/sessions/{seat['id']}/events"
    async with websockets.connect(f"{url}?token={seat['token']}") as socket:
        yield Client(socket)


def counts(pid: int) -> tuple[int, int, float]:
    """Returns threads, file descriptors and megabytes of a process."""
    process = psutil.Process(pid)
    return process.num_threads(), process.num_fds(), process.memory_info().rss / 1e6


async def rude(server: Served, number: int) -> None:
    """Opens a session, does something bad, and leaves without a word."""
    async with session(server) as client:
        await client.until("hello")
        if number % 4 == 0:
            await client.send(type="offer", sdp="v=0\r\nnot really")
            assert (await client.until("error"))["code"] == "bad_sdp"
        elif number % 4 == 1:
            await client.socket.send("x" * 1_000_000)
            assert (await client.until("error"))["code"] == "too_large"
        elif number % 4 == 2:
            await client.socket.send(b"\x00\xff garbage")
            assert (await client.until("error"))["code"] == "bad_request"
        else:
            peer = RTCPeerConnection()
            await client.connect(peer)
            await client.send(type="text", text="What is Visavis?")
            await client.until("state", state="speaking")
            await peer.close()


async def crowd(server: Served, sessions: int) -> None:
    """Opens that many rude sessions, a few at a time."""
    gate = asyncio.Semaphore(TOGETHER)

    async def one(number: int) -> None:
        async with gate:
            await rude(server, number)

    async with asyncio.TaskGroup() as tasks:
        for number in range(sessions):
            tasks.create_task(one(number))


async def test_a_hundred_dropped_sessions_leave_nothing_and_harm_nobody(server: Served) -> None:
    await crowd(server, WARMING)
    await asyncio.sleep(3)
    before = counts(server.pid)
    polite = RTCPeerConnection()
    async with session(server) as client:
        await client.connect(polite)
        await client.until("agent_transcript", final=True)
        await crowd(server, SESSIONS)
        shown = client.pictures
        client.sound.clear()
        await client.send(type="text", text="Do I need a graphics card?")
        answer = await client.until("agent_transcript", final=True)
        assert "graphics card" in answer["text"]
        assert np.abs(np.concatenate(client.sound, axis=1)).max() > 1_000
        assert client.pictures > shown
    await polite.close()
    await asyncio.sleep(3)
    after = counts(server.pid)
    assert after[0] <= before[0] + 6, "threads"
    assert after[1] <= before[1] + 4, "file descriptors"
    assert after[2] <= before[2] * 1.15 + 40, "memory"


async def test_one_too_many_is_refused_with_a_reason(server: Served) -> None:
    places = Settings().server.max_sessions
    async with httpx.AsyncClient(base_url=server.url) as http:
        asked = (http.post("/v1/sessions", json={}) for _ in range(places + 1))
        answers = sorted(await asyncio.gather(*asked), key=lambda answer: answer.status_code)
    assert [a.status_code for a in answers] == [201] * places + [503]
    error = answers[-1].json()["error"]
    assert error["code"] == "server_full"
    assert answers[-1].headers["Retry-After"] == str(error["retry_after"])
    await asyncio.sleep(3)
    async with session(server) as client:
        await client.until("hello")
