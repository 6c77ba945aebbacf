"""A face whose motion is known."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from render.types import CHANNEL_INDEX

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
    put(5 * np.sin(2 * np.pi * 0.6 * (time - 1)), "pitch")
    smile = np.clip((time - 2.8) / 0.4, 0, 1)
    put(0.8 * smile, "mouthSmileLeft", "mouthSmileRight")
    return motion
