"""One session's WebSocket: JSON events in and out, typed errors for everything else.

The one place where events are numbered, validated and sent.
"""

import asyncio
import itertools
import json
import logging
import time

from fastapi import WebSocket, WebSocketDisconnect
from pydantic import ValidationError

from agent.errors import BadRequest, TooLarge, VisavisError, place_of
from agent.events import (
    CLIENT_EVENTS,
    ClientEvent,
    ClosingEvent,
    GoodbyeEvent,
    PingEvent,
    PongEvent,
)
from agent.server.hub import Hub, SessionSeat
from agent.server.outbox import ClientTooSlow, Outbox
from agent.session.failure import error_event

logger = logging.getLogger(__name__)

MAX_MESSAGE_BYTES = 128 * 1024
CLOSE_POLICY = 1008
CLOSE_LATER = 1013
"""The client should try again: it gets what lasts of what it missed."""
TOO_MANY_ERRORS = 50


def clock_ms() -> float:
    """The server's clock of the protocol, in milliseconds."""
    return time.monotonic() * 1000


def parse(raw: str | bytes) -> ClientEvent:
    """Returns the event in `raw`.

    Raises:
        TooLarge: Longer than any event may be.
        BadRequest: Not JSON, or not an event of the protocol.
    """
    if len(raw) > MAX_MESSAGE_BYTES:
        raise TooLarge(f"A message may have at most {MAX_MESSAGE_BYTES // 1024} KiB.")
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        raise BadRequest("The message is not JSON.") from None
    try:
        return CLIENT_EVENTS.validate_python(data)
    except ValidationError as error:
        fields = sorted({".".join(map(str, e["loc"])) or "type" for e in error.errors()})[:5]
        if any(e["type"] == "string_too_long" for e in error.errors()):
            raise TooLarge(f"Too long: {', '.join(fields)}.") from None
        raise BadRequest(f"Not an event of this protocol; see: {', '.join(fields)}.") from None


async def converse(hub: Hub, seat: SessionSeat, socket: WebSocket) -> None:
    """Serves an accepted WebSocket until either side is done."""
    generation = hub.connect(seat)
    sender = asyncio.create_task(_send(seat.outbox, socket), name=f"events {seat.id}")
    receiver = asyncio.create_task(_receive(hub, seat, socket), name=f"orders {seat.id}")
    try:
        await asyncio.wait({sender, receiver}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (sender, receiver):
            task.cancel()
        for error in await asyncio.gather(sender, receiver, return_exceptions=True):
            if isinstance(error, Exception) and not isinstance(error, WebSocketDisconnect):
                logger.error("session %s: its socket failed: %s", seat.id, place_of(error))
        hub.disconnect(seat, generation)


async def _send(outbox: Outbox, socket: WebSocket) -> None:
    numbers = itertools.count(1)
    while True:
        try:
            event = await outbox.take_event()
        except ClientTooSlow:
            await socket.close(CLOSE_LATER, "too_slow")
            return
        stamped = event.model_copy(update={"id": next(numbers), "at_ms": clock_ms()})
        await socket.send_text(stamped.model_dump_json())
        if isinstance(event, ClosingEvent):
            await socket.close()
            return


async def _receive(hub: Hub, seat: SessionSeat, socket: WebSocket) -> None:
    errors = 0
    while errors < TOO_MANY_ERRORS:
        try:
            message = await socket.receive()
        except (WebSocketDisconnect, RuntimeError):
            return
        if message["type"] != "websocket.receive":
            return
        try:
            event = parse(message.get("text") or message.get("bytes") or "")
            if isinstance(event, GoodbyeEvent):
                await hub.end(seat, "goodbye")
                return
            if isinstance(event, PingEvent):
                seat.emit(PongEvent(ping=event.id))
            elif seat.conversation is not None:
                await seat.conversation.handle(event)
        except VisavisError as error:
            errors += 1
            seat.emit(error_event(error))
        except Exception as error:
            logger.error("session %s: an event was not handled: %s", seat.id, place_of(error))
            errors += 1
            seat.emit(error_event(VisavisError("Something went wrong here.")))
