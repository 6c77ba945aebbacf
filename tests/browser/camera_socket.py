"""What a page sends over the socket of its camera, as a test sees it."""

import asyncio
import json

import numpy as np
from camera_film import YAW_DEGREES
from numpy.typing import NDArray
from playwright.async_api import Page, WebSocket

from render.motion.reading import READ

TURN_READINGS = 100
"""Among so many, a turn to either side is looked for."""
COUNT_KINDS = """
  globalThis.sentKinds = {};
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (message) {
    const kind = message.constructor.name;
    if (this.url.includes("/camera")) sentKinds[kind] = (sentKinds[kind] ?? 0) + 1;
    return send.call(this, message);
  };
"""
"""Counts what is sent by its type: Chromium tells a test of no frame that was a Blob."""


class CameraSocket:
    """What a page sends over the socket of its camera.

    Attributes:
        sent: The messages that are text.
        urls: Of the sockets.
        turned: Set once the person was seen to turn as far as they do.
    """

    def __init__(self, page: Page) -> None:
        self.sent: list[str] = []
        self.urls: list[str] = []
        self.turned = asyncio.Event()
        page.on("websocket", self._note)

    def seen(self, name: str) -> NDArray[np.float64]:
        """Returns (n,) one number of all readings that show a face."""
        read = [json.loads(message)["reading"] for message in self.sent]
        return np.array([reading[READ[name]] for reading in read if reading is not None])

    def _note(self, socket: WebSocket) -> None:
        if "/camera?" in socket.url:
            self.urls.append(socket.url)
            socket.on("framesent", self._keep)

    def _keep(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            return
        self.sent.append(message)
        if np.ptp(self.seen("yaw")[-TURN_READINGS:]) > YAW_DEGREES:
            self.turned.set()


async def sent_kinds(page: Page) -> set[str]:
    """Returns the types of what the camera's socket was given to send; needs `COUNT_KINDS`."""
    return set(await page.evaluate("sentKinds"))
