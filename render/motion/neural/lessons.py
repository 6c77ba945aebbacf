"""Lessons on disk: long arrays per voice, and which stretch of them is which clip.

A shard is a folder of arrays; it is written once and read through memory maps, so that training
holds nothing it does not use.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from render.motion.neural.features import MELS_PER_FRAME, Mels, mel_power
from render.motion.neural.latent import LATENT_SIZE
from render.motion.neural.teacher import TrainingExample

_DARKEST: Final = 1e-10
_FILES: Final = ("mels", "latents", "visemes", "closed")


@dataclass(frozen=True, slots=True)
class Clip:
    """One clip: the shard's name, its place in frames, and whether it is kept for testing."""

    voice: str
    start: int
    frames: int
    held_out: bool


@dataclass(frozen=True, slots=True)
class Taught:
    """A clip's sound, (n,) float32 at 16 kHz, with its lesson."""

    sound: NDArray[np.float32]
    lesson: TrainingExample
    held_out: bool


class Shard:
    """The lessons of one voice.

    Attributes:
        mels: (4 N, 80) float16, logarithm of the power per band.
        latents: (N, LATENT_SIZE) float16, plain units.
        visemes: (2 N,) uint8.
        closed: (N,) bool.
    """

    def __init__(self, folder: Path) -> None:
        self.mels, self.latents, self.visemes, self.closed = (
            np.load(folder / f"{name}.npy", mmap_mode="r") for name in _FILES
        )
        rows = json.loads((folder / "clips.json").read_text())
        self.clips = [Clip(folder.name, *row) for row in rows]


def write_shard(folder: Path, taught: Iterable[Taught]) -> int:
    """Writes clips, one after another, and returns how many frames they have."""
    mels: list[Mels] = []
    lessons: list[TrainingExample] = []
    rows: list[tuple[int, int, bool]] = []
    frames = 0
    for clip in taught:
        count = len(clip.lesson.latents)
        power = mel_power(clip.sound)[: count * MELS_PER_FRAME]
        short = count * MELS_PER_FRAME - len(power)
        power = np.concatenate([power, np.zeros((short, power.shape[1]), np.float32)])
        mels.append(np.log(power + _DARKEST).astype(np.float16))
        lessons.append(clip.lesson)
        rows.append((frames, count, clip.held_out))
        frames += count
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "mels.npy", np.concatenate(mels))
    np.save(folder / "latents.npy", np.concatenate([x.latents for x in lessons]).astype(np.float16))
    np.save(folder / "visemes.npy", np.concatenate([x.visemes for x in lessons]).astype(np.uint8))
    np.save(folder / "closed.npy", np.concatenate([x.closed for x in lessons]))
    (folder / "clips.json").write_text(json.dumps(rows))
    return frames


def read_shards(root: Path) -> dict[str, Shard]:
    """Returns the finished shards below `root`, by voice, in the order of their names."""
    folders = sorted(path.parent for path in root.glob("*/clips.json"))
    shards = {folder.name: Shard(folder) for folder in folders}
    for shard in shards.values():
        assert shard.latents.shape[1] == LATENT_SIZE
    return shards
