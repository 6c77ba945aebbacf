"""A film of a face whose motion is known, drawn and written once."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from render.clock import AUDIO_RATE, FRAME_SAMPLES
from render.face.avatar import AvatarBundle
from render.face.gallery import default_avatar
from render.publish.mp4 import Mp4Writer
from render.puppet.puppet import Puppet
from render.types import CHANNEL_INDEX, AVUnit, Motion, Picture

FRAMES = 100
SIZE = 320


@dataclass(frozen=True, slots=True)
class KnownFilm:
    """A film and what is in it: (FRAMES, 65) motion, (FRAMES * 960,) sound at 24 kHz."""

    path: Path
    motion: NDArray[np.float32]
    sound: NDArray[np.int16]


def known_motion() -> NDArray[np.float32]:
    """Still for a second; then talks, blinks, smiles, turns."""
    time = np.arange(FRAMES) / 25
    moving = time > 1.0
    motion = np.zeros((FRAMES, len(CHANNEL_INDEX)), np.float32)

    def put(values: NDArray[np.float64], *names: str) -> None:
        for name in names:
            motion[:, CHANNEL_INDEX[name]] = np.where(moving, values, 0.0)

    put(0.22 - 0.22 * np.cos(2 * np.pi * 1.5 * (time - 1)), "jawOpen")
    put(np.clip(1 - np.abs((time - 1.5) % 1.1 - 0.4) / 0.14, 0, 1), "eyeBlinkLeft", "eyeBlinkRight")
    put(8 * np.sin(2 * np.pi * 0.5 * (time - 1)), "yaw")
    put(4 * np.sin(2 * np.pi * 0.4 * (time - 1)), "roll")
    smile = np.clip((time - 2.8) / 0.4, 0, 1)
    put(0.8 * smile, "mouthSmileLeft", "mouthSmileRight")
    return motion


@pytest.fixture(scope="session")
def vera(tmp_path_factory: pytest.TempPathFactory) -> AvatarBundle:
    return default_avatar("vera", tmp_path_factory.mktemp("avatars"))


@pytest.fixture(scope="session")
def film(vera: AvatarBundle, tmp_path_factory: pytest.TempPathFactory) -> KnownFilm:
    path = tmp_path_factory.mktemp("films") / "known.mp4"
    motion = known_motion()
    tone = np.sin(2 * np.pi * 300 * np.arange(FRAMES * FRAME_SAMPLES) / AUDIO_RATE)
    loud = np.repeat(np.arange(FRAMES) // 25 % 2, FRAME_SAMPLES)
    sound = (8000 * tone * loud).astype(np.int16)
    puppet = Puppet(vera, SIZE, SIZE)
    with Mp4Writer(path, SIZE, SIZE) as video:
        for pts, values in enumerate(motion):
            samples = sound[pts * FRAME_SAMPLES : (pts + 1) * FRAME_SAMPLES]
            now = Motion(values)
            video.write(AVUnit(pts, samples, now, picture=Picture(puppet.draw(now))))
    return KnownFilm(path, motion, sound)
