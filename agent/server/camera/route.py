"""A live camera moves the face of a session: `/v1/sessions/{id}/camera?token=…&mirror=true`.

The WebSocket is the drive: it begins when the socket opens and ends with it. Each binary message
is a picture: its number (4 bytes, big-endian), then a JPEG of at most 640 pixels each way; the
page keeps no more than two unanswered. Answers are events of the protocol: a `seen` for every
picture, a `driving` whenever the state changes, an `error` before the socket is closed for
cause. Pictures are read in a process of their own and forgotten; none is stored or logged.

A page that reads its camera itself asks for `&pictures=false`. Then each message is text, what was
read off a picture (`drive_reading` says how it is written), and no picture is taken.
"""

import asyncio
import itertools
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from agent.errors import BadRequest, CameraSilent, TooLarge, Unsupported, VisavisError
from agent.events import DrivingEvent, Event, SeenEvent
from agent.server.camera.desk import CameraDesk
from agent.server.camera.reading import parse_reading
from agent.server.hub import Hub, SessionSeat
from agent.server.socket import CLOSE_POLICY, clock_ms
from agent.session.failure import error_event
from render.motion.live import LiveFollower
from render.motion.reading import Reading
from render.types import Motion

NUMBER: Final = struct.Struct("!I")
"""The picture's number, before its JPEG."""
MAX_PICTURE_BYTES: Final = 256 * 1024
SILENT_SECONDS: Final = 5.0
"""Without a picture for so long, the drive ends."""
SHORTEST_SECONDS: Final = 1 / 30
"""Pictures that come faster are answered and not read."""


@runtime_checkable
class Drivable(Protocol):
    """A conversation whose face others may move."""

    async def drive(self, steer: Callable[[int, Motion], Motion]) -> None:
        """Falls silent, listens to nobody, and moves as told."""
        ...

    def undrive(self) -> None:
        """Listens and speaks again; `steer` leads the face back to itself."""
        ...


def add_drive_route(app: FastAPI, hub: Hub, desk: CameraDesk) -> None:
    """Adds the route of this file."""

    @app.websocket("/v1/sessions/{session}/camera")
    async def camera(
        socket: WebSocket,
        session: str,
        token: str = "",
        mirror: bool = True,
        pictures: bool = True,
    ) -> None:
        await socket.accept()
        link = _Link(socket, pictures)
        try:
            seat = hub.find(session, token)
            await _drive(hub, seat, desk, link, LiveFollower(mirror))
        except VisavisError as error:
            await link.refuse(error)
        except (WebSocketDisconnect, RuntimeError):
            return


async def _drive(
    hub: Hub, seat: SessionSeat, desk: CameraDesk, link: "_Link", follower: LiveFollower
) -> None:
    face = seat.conversation
    if not isinstance(face, Drivable):
        raise Unsupported("The face of this session cannot be moved by a camera.")
    async with desk.place(link.pictures):
        await face.drive(follower.steer)
        try:
            await _follow(hub, seat, desk, link, follower)
        finally:
            follower.release()
            face.undrive()


async def _follow(
    hub: Hub, seat: SessionSeat, desk: CameraDesk, link: "_Link", follower: LiveFollower
) -> None:
    """Looks at picture after picture until the socket closes.

    Raises:
        VisavisError: Why the drive ends.
        WebSocketDisconnect: The page ended it.
    """
    told, read_at = None, 0.0
    while True:
        if follower.state is not told:
            told = follower.state
            await link.send(DrivingEvent(state=told.value))
        look = await link.look()
        hub.find(seat.id, seat.token)
        now = time.monotonic()
        if now - read_at < SHORTEST_SECONDS:
            await link.send(SeenEvent(picture=look.number, face=False))
            continue
        read_at = now
        reading = look.reading if look.jpeg is None else await desk.read(look.jpeg)
        follower.see(reading)
        await link.send(
            SeenEvent(picture=look.number, face=reading is not None, pts=follower.next_pts)
        )


@dataclass(frozen=True, slots=True)
class _Look:
    """What a page tells of one picture: the picture itself, or what it read off it.

    Attributes:
        number: Of the picture.
        jpeg: The picture; None where the page has read it.
        reading: What it read, if there is a face.
    """

    number: int
    jpeg: bytes | None = None
    reading: Reading | None = None


class _Link:
    """The socket, as looks at a person and events.

    Args:
        socket: Accepted already.
        pictures: Whether the page sends pictures, not what it read off them.
    """

    def __init__(self, socket: WebSocket, pictures: bool) -> None:
        self.pictures = pictures
        self._socket = socket
        self._numbers = itertools.count(1)

    async def send(self, event: Event) -> None:
        stamped = event.model_copy(update={"id": next(self._numbers), "at_ms": clock_ms()})
        await self._socket.send_text(stamped.model_dump_json())

    async def look(self) -> _Look:
        """Returns what comes next.

        Raises:
            CameraSilent: Nothing came for a while.
            BadRequest: The message is not what was agreed on.
            TooLarge: It is larger than any may be.
            WebSocketDisconnect: The page left.
        """
        try:
            async with asyncio.timeout(SILENT_SECONDS):
                message = await self._socket.receive()
        except TimeoutError:
            raise CameraSilent("No pictures arrive from the camera.") from None
        if message["type"] != "websocket.receive":
            raise WebSocketDisconnect
        if self.pictures:
            return _picture(message.get("bytes"))
        number, reading = parse_reading(message.get("text") or "")
        return _Look(number, reading=reading)

    async def refuse(self, error: VisavisError) -> None:
        """Says why it ends, and ends it."""
        try:
            await self.send(error_event(error))
            await self._socket.close(CLOSE_POLICY, error.code)
        except (WebSocketDisconnect, RuntimeError):
            return


def _picture(data: bytes | None) -> _Look:
    if data is None or len(data) <= NUMBER.size:
        raise BadRequest("Only pictures are understood here.")
    if len(data) > MAX_PICTURE_BYTES:
        raise TooLarge(f"A picture may have at most {MAX_PICTURE_BYTES // 1024} KiB.")
    return _Look(NUMBER.unpack_from(data)[0], data[NUMBER.size :])
