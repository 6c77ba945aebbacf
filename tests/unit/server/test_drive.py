"""A camera moves a face over a WebSocket: pictures in, answers out, refusals with their reasons."""

import asyncio
import json
import struct
from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from numpy.typing import NDArray
from starlette.testclient import WebSocketTestSession

from agent.errors import BadRequest, Busy, TooLarge, Unsupported
from agent.events import ClientEvent
from agent.models.worker import Worker
from agent.server.camera import route as drive
from agent.server.camera.desk import CameraDesk
from agent.server.camera.eyes import LARGEST_SIDE, Unreadable, decode_jpeg
from agent.server.camera.reading import MAX_READING_CHARACTERS, parse_reading
from agent.server.camera.route import MAX_PICTURE_BYTES, add_drive_route
from agent.server.hub import Conversation, Hub, SessionSeat
from agent.settings import REPOSITORY
from render.face.landmarks import DetectedFace
from render.motion.live import CALIBRATION_FRAMES
from render.motion.reading import READ, READINGS, Reading, read_face
from render.types import CHANNEL_INDEX, Motion

Steer = Callable[[int, Motion], Motion]


class Talk:
    """A conversation whose face can be moved; a frame is played with every picture read."""

    def __init__(self) -> None:
        self.steer: Steer | None = None
        self.pts = 0
        self.played: list[NDArray[np.float32]] = []

    async def handle(self, event: ClientEvent) -> None: ...

    def rejoin(self) -> None: ...

    async def close(self, reason: str) -> None: ...

    async def drive(self, steer: Steer) -> None:
        self.steer = steer

    def undrive(self) -> None:
        self.steer = None

    def play(self) -> None:
        if self.steer is not None:
            self.played.append(self.steer(self.pts, Motion.of()).values)
            self.pts += 1


class Voice:
    """A conversation without a face."""

    async def handle(self, event: ClientEvent) -> None: ...

    def rejoin(self) -> None: ...

    async def close(self, reason: str) -> None: ...


class FakeEyes(Worker):
    """Sees a face in pictures that begin with f, and no picture in those that begin with x."""

    def __init__(self, talk: Talk) -> None:
        super().__init__("eyes", "nothing:Nothing")
        self.talk = talk
        self.running = False
        self.closed = asyncio.Event()

    async def start(self) -> None:
        self.running = True

    async def aclose(self) -> None:
        self.running = False
        self.closed.set()

    async def call(self, method: str, *arguments: Any) -> Any:
        assert (self.running, method) == (True, "read")
        self.talk.play()
        kind = arguments[0][:1]
        if kind == b"x":
            return Unreadable.NO_JPEG
        return a_face(arguments[0]) if kind == b"f" else None


def a_face(picture: bytes) -> Reading:
    """Returns what is read off the picture f1…: turned by so many degrees, jaw and lips open."""
    reading = np.zeros(len(READINGS))
    turned = float(picture[1:] or b"0")
    reading[[READ["yaw"], READ["jawOpen"], READ["gap"], READ["z"]]] = (
        turned, min(turned / 20, 1.0), turned / 40, -40.0,
    )  # fmt: skip
    return reading


class Room:
    """An application of the one route, with one session."""

    def __init__(self, conversation: Conversation, talk: Talk) -> None:
        async def create(
            seat: SessionSeat, persona: str | None, avatar: str | None
        ) -> Conversation:
            return conversation

        self.talk = talk
        self.eyes = FakeEyes(talk)
        self.hub = Hub(2, 5.0, create, lambda count: None)
        app = FastAPI()
        add_drive_route(app, self.hub, CameraDesk(1, self.eyes))

        @app.post("/open")
        async def opened() -> str:
            seat = await self.hub.admit(None)
            return f"/v1/sessions/{seat.id}/camera?token={seat.token}"

        @app.post("/end")
        async def end() -> None:
            await self.hub.stop()

        self.client = TestClient(app)


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    monkeypatch.setattr(drive, "SHORTEST_SECONDS", 0.0)
    talk = Talk()
    room = Room(talk, talk)
    with room.client:
        yield room


def url(room: Room) -> str:
    address: str = room.client.post("/open").json()
    return address


def show(socket: WebSocketTestSession, number: int, picture: bytes) -> list[dict[str, Any]]:
    """Sends a picture; returns the events up to its answer."""
    socket.send_bytes(struct.pack("!I", number) + picture)
    events = [socket.receive_json()]
    while events[-1]["type"] == "driving":
        events.append(socket.receive_json())
    return events


def tell(socket: WebSocketTestSession, number: int, reading: Reading | None) -> None:
    """Sends what was read off a picture; takes in the events up to its answer."""
    numbers = None if reading is None else reading.tolist()
    socket.send_text(json.dumps({"picture": number, "reading": numbers}))
    while socket.receive_json()["type"] == "driving":
        pass


def refusal(socket: WebSocketTestSession) -> str:
    event = socket.receive_json()
    while event["type"] != "error":
        event = socket.receive_json()
    assert socket.receive()["type"] == "websocket.close"
    return str(event["code"])


def test_pictures_are_answered_and_states_told(room: Room) -> None:
    with room.client.websocket_connect(url(room)) as socket:
        assert socket.receive_json()["state"] == "calibrating"
        states = []
        for number in range(CALIBRATION_FRAMES + 4):
            *told, seen = show(socket, number, b"f")
            states += [event["state"] for event in told]
            assert (seen["picture"], seen["face"], seen["pts"]) == (number, True, number + 1)
        assert states == ["following"]
        assert show(socket, 99, b"nobody")[-1]["face"] is False
        for number in range(60):
            states += [event["state"] for event in show(socket, number, b"nobody")[:-1]]
        assert states == ["following", "searching"]
    assert room.client.post("/end").status_code == 200
    assert room.talk.steer is None


def test_readings_move_the_face_as_pictures_do_and_need_no_process(room: Room) -> None:
    turns = [0] * (CALIBRATION_FRAMES + 4) + [*range(0, 20, 2)] * 2
    with room.client.websocket_connect(url(room)) as socket:
        for number, turned in enumerate(turns):
            show(socket, number, b"f%d" % turned)
    driven, room.talk.played, room.talk.pts = room.talk.played, [], 0
    other = Room(room.talk, room.talk)
    with other.client, other.client.websocket_connect(f"{url(other)}&pictures=false") as socket:
        for number, turned in enumerate(turns):
            room.talk.play()
            tell(socket, number, a_face(b"f%d" % turned))
        tell(socket, len(turns), None)
        assert not other.eyes.running
    assert np.array_equal(driven, room.talk.played)
    assert np.ptp(np.array(driven)[:, CHANNEL_INDEX["yaw"]]) > 5


@pytest.mark.parametrize("pictures", [True, False])
def test_what_was_not_agreed_on_ends_it(room: Room, pictures: bool) -> None:
    agreed = f"{url(room)}&pictures={str(pictures).lower()}"
    with room.client.websocket_connect(agreed) as socket:
        if pictures:
            socket.send_text('{"picture": 1, "reading": null}')
        else:
            socket.send_bytes(b"\0\0\0\1f")
        assert refusal(socket) == "bad_request"


NUMBERS = [0.0] * len(READINGS)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "[]",
        json.dumps({"picture": 1}),
        json.dumps({"picture": -1, "reading": None}),
        json.dumps({"picture": 2**32, "reading": None}),
        json.dumps({"picture": 1, "reading": None, "name": "x"}),
        json.dumps({"picture": 1, "reading": NUMBERS[:-1]}),
        json.dumps({"picture": 1, "reading": [*NUMBERS, 0.0]}),
        json.dumps({"picture": 1, "reading": ["0", *NUMBERS[1:]]}),
        json.dumps({"picture": 1, "reading": [float("nan"), *NUMBERS[1:]]}),
        json.dumps({"picture": 1, "reading": [*NUMBERS[1:], float("inf")]}),
        json.dumps({"picture": 1, "reading": [*NUMBERS[1:], 101.0]}),
        json.dumps({"picture": 1, "reading": [1.01, *NUMBERS[1:]]}),
        json.dumps({"picture": 1, "reading": [-0.01, *NUMBERS[1:]]}),
    ],
)
def test_readings_that_no_face_has_are_refused(message: str) -> None:
    with pytest.raises(BadRequest):
        parse_reading(message)


def test_readings_are_taken_as_they_are_up_to_a_length() -> None:
    numbers = [*NUMBERS[1:], 0.25]
    number, reading = parse_reading(json.dumps({"picture": 7, "reading": numbers}))
    assert (number, None if reading is None else reading.tolist()) == (7, numbers)
    assert parse_reading('{"picture": 8, "reading": null}') == (8, None)
    with pytest.raises(TooLarge):
        parse_reading(" " * (MAX_READING_CHARACTERS + 1))


def test_the_recorded_faces_that_the_page_is_tested_with_are_what_is_read_here() -> None:
    recorded = json.loads((REPOSITORY / "web" / "tests" / "faces.json").read_text())
    assert recorded["names"] == list(READINGS)
    for face in recorded["faces"]:
        points = np.zeros((478, 3), np.float32)
        for index, point in face["points"].items():
            points[int(index)] = point
        points *= (recorded["width"], recorded["height"], recorded["width"])
        pose = np.array(face["pose"]).reshape(4, 4).T
        reading = read_face(DetectedFace(points, face["shapes"], pose))
        assert np.allclose(reading, face["reading"], atol=1e-3)
        message = json.dumps({"picture": 1, "reading": face["reading"]})
        assert parse_reading(message)[1] is not None


def test_pictures_that_come_too_fast_are_not_read(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drive, "SHORTEST_SECONDS", 1e9)
    with room.client.websocket_connect(url(room)) as socket:
        socket.receive_json()
        assert show(socket, 1, b"f")[-1]["pts"] is None
        assert room.talk.pts == 0


def test_one_at_a_time(room: Room) -> None:
    with room.client.websocket_connect(url(room)) as first:
        first.receive_json()
        with room.client.websocket_connect(url(room)) as second:
            assert refusal(second) == "busy"
        assert show(first, 1, b"f")[-1]["face"] is True


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"\0\0\0\1xxx", "bad_request"),
        (b"\0\0", "bad_request"),
        (bytes(MAX_PICTURE_BYTES + 1), "too_large"),
    ],
)
def test_what_is_no_picture_ends_it(room: Room, message: bytes, code: str) -> None:
    with room.client.websocket_connect(url(room)) as socket:
        socket.send_bytes(message)
        assert refusal(socket) == code
    assert room.talk.steer is None


def test_a_silent_camera_and_an_ended_session_end_it(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drive, "SILENT_SECONDS", 0.05)
    with room.client.websocket_connect(url(room)) as socket:
        assert refusal(socket) == "camera_silent"
    monkeypatch.setattr(drive, "SILENT_SECONDS", 5.0)
    with room.client.websocket_connect(url(room)) as socket:
        room.client.post("/end")
        socket.send_bytes(b"\0\0\0\1f")
        assert refusal(socket) == "not_found"


def test_who_may_not_drive_is_told_why(room: Room) -> None:
    with room.client.websocket_connect(url(room).split("=")[0] + "=guess") as socket:
        assert refusal(socket) == "unauthorized"
    faceless = Room(Voice(), room.talk)
    with faceless.client, faceless.client.websocket_connect(url(faceless)) as socket:
        assert refusal(socket) == "unsupported"


async def test_the_process_lives_as_long_as_it_is_needed() -> None:
    over = asyncio.Event()

    async def sleep(seconds: float) -> None:
        await over.wait()

    eyes = FakeEyes(Talk())
    desk = CameraDesk(1, eyes, sleep)
    async with desk.place():
        assert eyes.running
        with pytest.raises(Busy):
            async with desk.place():
                pass
    assert eyes.running
    async with desk.place():
        over.set()
        await asyncio.sleep(0)
        assert eyes.running
    await eyes.closed.wait()
    assert not eyes.running
    with pytest.raises(Unsupported):
        async with CameraDesk(0, eyes).place():
            pass


def test_only_small_jpegs_are_decoded() -> None:
    def coded(side: int, ending: str) -> bytes:
        return cv2.imencode(ending, np.full((16, side, 3), 99, np.uint8))[1].tobytes()

    good = decode_jpeg(coded(64, ".jpg"))
    assert isinstance(good, np.ndarray)
    assert good.shape == (16, 64, 3)
    assert decode_jpeg(coded(LARGEST_SIDE + 1, ".jpg")) is Unreadable.TOO_LARGE
    whole = coded(64, ".jpg")
    for bad in (b"", b"no picture", coded(64, ".png"), whole[: len(whole) // 2]):
        assert decode_jpeg(bad) is Unreadable.NO_JPEG
