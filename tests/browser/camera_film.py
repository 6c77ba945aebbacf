"""What a browser's fake camera shows: a person whose motion is known, drawn by ourselves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from playwright.async_api import Browser

from agent.bench.lab.chromium import chromium
from agent.settings import Settings
from render.cloning.gallery import default_avatar
from render.face.avatar import AvatarBundle
from render.puppet.puppet import Puppet
from render.types import Motion

FILM_RATE = 30
"""Pictures a second of Chromium's fake camera, whatever is in the file."""
STILL_SECONDS, MOVING_SECONDS = 9.0, 8.0
YAW_DEGREES, JAW = 9.0, 0.7


def known_face(seconds: float) -> Motion:
    """Rests; then turns to and fro while the mouth opens and closes, not in step."""
    t = seconds - STILL_SECONDS
    if t < 0:
        return Motion.of()
    fade = min(1.0, t / 0.5, (MOVING_SECONDS - t) / 0.5)
    return Motion.of(
        yaw=fade * YAW_DEGREES * float(np.sin(2 * np.pi * t / 2.7)),
        jawOpen=fade * JAW * float(0.5 - 0.5 * np.cos(2 * np.pi * t / 1.6)),
    )


@asynccontextmanager
async def joe_before_the_camera(folder: Path) -> AsyncIterator[Browser]:
    """Runs a browser whose camera sees Joe; the film is written into `folder`."""
    film = folder / "joe.mjpeg"
    joe = await asyncio.to_thread(default_avatar, "joe", Settings().avatars_dir)
    await asyncio.to_thread(write_camera_film, joe, film)
    async with chromium(arguments=(f"--use-file-for-fake-video-capture={film}",)) as browser:
        yield browser


def write_camera_film(bundle: AvatarBundle, path: Path) -> None:
    """Writes the film that the fake camera plays over and over: 480 x 360 Motion JPEG."""
    puppet = Puppet(bundle, 480, 360)
    frames = int((STILL_SECONDS + MOVING_SECONDS) * FILM_RATE)
    with path.open("wb") as film:
        still: bytes | None = None
        for frame in range(frames):
            seconds = frame / FILM_RATE
            if seconds < STILL_SECONDS and still is not None:
                film.write(still)
                continue
            still = _jpeg(puppet.draw(known_face(seconds)))
            film.write(still)


def _jpeg(rgba: NDArray[np.uint8]) -> bytes:
    good, coded = cv2.imencode(".jpg", cv2.cvtColor(rgba, cv2.COLOR_RGBA2BGR))
    assert good
    return coded.tobytes()
