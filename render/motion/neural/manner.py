"""How somebody moves: habits of a person, the kind of sentence, the occasion.

The references of a chunk as the teacher understands them. Each is a small vector that stretches
channels of a latent about their rest and shifts them; closed lips stay closed under all of them.
"""

from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from render.clock import FRAME_SECONDS
from render.motion.habits import HABITS, HABITS_SIZE, REST, TABLE, Change, changes
from render.motion.neural.latent import LATENT, LATENT_INDEX, Latents
from render.motion.sentence import Sentence


class SpeakingScene(StrEnum):
    """On what occasion somebody speaks; a conversation needs no name."""

    QUIET = "quiet"
    STAGE = "stage"


_SENTENCES: Final[dict[Sentence, Change]] = {
    Sentence.STATEMENT: (
        {"browInnerUp": -0.3, "browOuterUp": -0.3, "roll": -0.2},
        {"pitch": -0.5},
    ),
    Sentence.QUESTION: (
        {"browInnerUp": 0.2, "browOuterUp": 0.1},
        {"browInnerUp": 0.12, "browOuterUp": 0.09, "pitch": 1.0, "roll": 1.0},
    ),
    Sentence.EXCLAMATION: (
        {
            "jawOpen": 0.08, "mouthLowerDown": 0.08, "browInnerUp": 0.4, "browOuterUp": 0.5,
            "pitch": 0.4, "yaw": 0.3,
        },
        {"browOuterUp": 0.05, "browInnerUp": 0.03},
    ),
    Sentence.LIST: (
        {"pitch": 0.5, "yaw": -0.5, "roll": -0.5, "browInnerUp": -0.4, "browOuterUp": -0.4},
        {"pitch": 0.4},
    ),
}  # fmt: skip
_SCENES: Final[dict[SpeakingScene, Change]] = {
    SpeakingScene.QUIET: (
        {
            "jawOpen": -0.25, "mouthLowerDown": -0.2, "mouthUpperUp": -0.2, "browInnerUp": -0.5,
            "browOuterUp": -0.5, "yaw": -0.6, "pitch": -0.6, "roll": -0.5,
        },
        {},
    ),
    SpeakingScene.STAGE: (
        {
            "jawOpen": 0.12, "mouthLowerDown": 0.1, "browInnerUp": 0.35, "browOuterUp": 0.35,
            "yaw": 0.45, "pitch": 0.35, "roll": 0.3,
        },
        {},
    ),
}  # fmt: skip
IDENTITY_SIZE: Final = HABITS_SIZE
TEXT_SIZE: Final = len(Sentence)
SCENE_SIZE: Final = len(SpeakingScene)

_PIVOT: Final = np.array([REST.get(name, 0.0) for name in LATENT], np.float32)
_BLINKING: Final = HABITS.index("blinking")
_BLINK: Final = LATENT_INDEX["eyeBlink"]
_LID: Final = np.array([0.3, 0.85, 1.0, 0.75, 0.4, 0.15], np.float32)
"""A blink that is added, frame by frame."""
_LID_DOWN, _LID_UP = 0.35, 0.15
_MORE_BLINKS: Final = 0.4
"""Blinks a second that the habit adds at its strongest; at its weakest it takes most away."""


_TABLES: Final = tuple(
    changes(list(table.values()), LATENT) for table in (TABLE, _SENTENCES, _SCENES)
)


def sentence_vector(kind: Sentence) -> NDArray[np.float32]:
    """Returns (TEXT_SIZE,) for a kind of sentence."""
    return np.asarray(np.eye(TEXT_SIZE)[list(Sentence).index(kind)], np.float32)


def scene_vector(scene: SpeakingScene) -> NDArray[np.float32]:
    """Returns (SCENE_SIZE,) for an occasion."""
    return np.asarray(np.eye(SCENE_SIZE)[list(SpeakingScene).index(scene)], np.float32)


def in_manner(
    latents: Latents,
    identity: NDArray[np.float32],
    text: NDArray[np.float32],
    scene: NDArray[np.float32],
) -> Latents:
    """Returns latents (B, T, LATENT_SIZE) as these references want them; zeros change nothing."""
    pairs = list(zip((identity, text, scene), _TABLES, strict=True))
    powers = np.stack([given @ table[0] for given, table in pairs]).sum(axis=0)
    shifts = np.stack([given @ table[1] for given, table in pairs]).sum(axis=0)
    stretched = np.exp(powers)[:, None] * (latents - _PIVOT) + _PIVOT
    return np.asarray(stretched + shifts[:, None], np.float32)


def blinking(
    latents: Latents, identity: NDArray[np.float32], random: np.random.Generator
) -> Latents:
    """Returns latents (B, T, LATENT_SIZE) with more blinks or fewer, as each person has them."""
    out = latents.copy()
    for row, habit in zip(out, identity[:, _BLINKING], strict=True):
        lid = row[:, _BLINK]
        if habit < 0:
            _spare(lid, -float(habit), random)
        elif habit > 0:
            _add(lid, float(habit), random)
    return out


def _spare(lid: Latents, chance: float, random: np.random.Generator) -> None:
    """Takes blinks out of a lid (T,) in place."""
    down = lid > _LID_DOWN
    for start in map(int, np.flatnonzero(down & ~np.roll(down, 1))):
        if random.uniform() >= chance:
            continue
        before = np.flatnonzero(lid[:start] <= _LID_UP)
        after = np.flatnonzero(lid[start:] <= _LID_UP)
        first = int(before[-1]) + 1 if len(before) else 0
        stop = start + int(after[0]) if len(after) else len(lid)
        lid[first:stop] = lid[first - 1] if first else (lid[stop] if stop < len(lid) else 0.05)


def _add(lid: Latents, strength: float, random: np.random.Generator) -> None:
    """Adds blinks to a lid (T,) in place."""
    begins = np.less(random.uniform(size=len(lid)), strength * _MORE_BLINKS * FRAME_SECONDS)
    for start in map(int, np.flatnonzero(begins)):
        stop = min(start + len(_LID), len(lid))
        lid[start:stop] = np.maximum(lid[start:stop], _LID[: stop - start])
