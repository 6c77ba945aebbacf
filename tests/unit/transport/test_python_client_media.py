"""The Python client hears and sees what a peer sends, and is heard."""

import asyncio
import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import numpy as np
import pytest
from listener import SIDE, ToneTrack, feed, pitch, stripe, unit, until
from visavis_client import Session, SessionError
from visavis_client.link import Wiring
from visavis_client.media import Picture, Sound, attach
from watchers import TransportWatcher

from agent.settings import WebRtcSettings
from agent.transport.webrtc import WebRtcPeer

HELLO: dict[str, Any] = {
    **dict.fromkeys(("session", "persona", "name", "avatar", "greeting", "disclosure"), "x"),
    "type": "hello",
    "language": "en",
    "ice_servers": [],
}


class Room:
    """A server of one peer: says hello, answers an offer, keeps what else it is told."""

    def __init__(self, peer: WebRtcPeer, watcher: TransportWatcher) -> None:
        self.peer, self.watcher = peer, watcher
        self.told: list[dict[str, Any]] = []
        self._messages: asyncio.Queue[str | None] = asyncio.Queue()
        self.say(HELLO)

    def say(self, event: dict[str, Any]) -> None:
        self._messages.put_nowait(json.dumps({"id": 1, "at_ms": 5_000.0, **event}))

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        while (message := await self._messages.get()) is not None:
            yield message

    async def send(self, message: str) -> None:
        event = json.loads(message)
        self.told.append(event)
        if event["type"] == "ping":
            self.say({"type": "pong", "ping": event["id"]})
        if event["type"] == "offer":
            sdp, origin = await self.peer.answer(event["sdp"])
            origins = {"video_origin": origin, "audio_origin": self.peer.audio_origin}
            self.say({"type": "answer", "sdp": sdp, **origins})

    async def close(self) -> None:
        self._messages.put_nowait(None)


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    with ThreadPoolExecutor(1) as executor:
        watcher = TransportWatcher()
        peer = WebRtcPeer(WebRtcSettings(), SIDE, SIDE, executor, watcher)
        yield Room(peer, watcher)
        await peer.close()


def joining(room: Room) -> Session:
    async def connect(url: str) -> Room:
        return room

    lease = httpx2.MockTransport(lambda _: httpx2.Response(201, json={"id": "s", "token": "t"}))
    return Session(wiring=Wiring(connect, lease))


async def test_pictures_and_sound_come_with_their_frames_and_watches_are_answered(
    room: Room,
) -> None:
    pictures: list[Picture] = []
    sounds: list[Sound] = []
    session = joining(room)
    heard = room.watcher.heard
    attach(session, on_picture=pictures.append, on_sound=sounds.append, microphone=ToneTrack())
    async with session:
        room.say({"type": "watch", "watch": 4, "pts": 110, "what": "lips"})
        await feed(room.peer.send_unit, [unit(pts, tone=True) for pts in range(100, 150)])
        await until(lambda: len(pictures) >= 20 and len(sounds) >= 40 and len(heard) >= 10)
        await until(lambda: any(event["type"] == "displayed" for event in room.told))
        assert session.microphone.state == "on"
    shown = await asyncio.to_thread(lambda: [stripe(picture.frame) for picture in pictures])
    assert shown == [each.pts for each in pictures]
    assert {each.pts for each in pictures} <= set(range(100, 150))
    sound = np.concatenate([each.frame.to_ndarray()[0][::2] for each in sounds[10:30]])
    assert await asyncio.to_thread(pitch, sound, 48_000) == pytest.approx(1_000, abs=20)
    assert 100 <= sounds[20].pts < 150
    [displayed] = [event for event in room.told if event["type"] == "displayed"]
    assert displayed["watch"] == 4
    assert displayed["pts"] >= 110
    assert [event["presentation"] for event in room.told if event["type"] == "offer"] == ["video"]


async def test_an_answer_that_is_none_is_a_typed_failure(room: Room) -> None:
    session = joining(room)
    attach(session)

    async def send(message: str) -> None:
        if json.loads(message)["type"] == "offer":
            room.say({"type": "answer", "sdp": "nonsense", "video_origin": 0, "audio_origin": 0})

    vars(room)["send"] = send
    with pytest.raises(SessionError) as caught:
        await session.start()
    assert caught.value.code == "media_failed"
    assert session.connection.state == "closed"
