"""What sets one face apart from another in how it moves: sixteen habits.

Each is a number in [-1, 1]; zeros are nobody in particular. A habit stretches the movement of some
channels about their rest and shifts them. The neural engine was taught what they mean and has all
of them while speaking; behaviour has those of head, brows and lids, at all times.
"""

import zlib
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

Change = tuple[dict[str, float], dict[str, float]]
"""By what power of e channels are stretched, and how far they are shifted."""

TABLE: Final = MappingProxyType[str, Change](
    {
        "jaw": ({"jawOpen": 0.2}, {}),
        "lips": ({"mouthLowerDown": 0.2, "mouthUpperUp": 0.2}, {}),
        "upper_lip": ({"mouthUpperUp": 0.25, "mouthLowerDown": -0.12}, {}),
        "spreading": ({"mouthStretch": 0.3, "mouthSmile": 0.3}, {}),
        "rounding": ({"mouthPucker": 0.2, "mouthFunnel": 0.25}, {}),
        "pressing": ({"mouthPress": 0.4, "mouthRollLower": 0.4, "mouthRollUpper": 0.4}, {}),
        "brows": ({"browInnerUp": 0.5, "browOuterUp": 0.5}, {}),
        "inner_brows": ({"browInnerUp": 0.3, "browOuterUp": -0.3}, {"browInnerUp": 0.02}),
        "raised_brows": ({}, {"browInnerUp": 0.05, "browOuterUp": 0.05}),
        "turning": ({"yaw": 0.45}, {}),
        "nodding": ({"pitch": 0.45}, {}),
        "tilting": ({"roll": 0.45}, {}),
        "tilted": ({}, {"roll": 1.3}),
        "turned": ({}, {"yaw": 1.2, "gazeX": -0.03}),
        "chin": ({}, {"pitch": 1.0}),
        "blinking": ({}, {}),
    }
)
"""What each habit does at its strongest; blinking counts blinks."""
HABITS: Final = tuple(TABLE)
HABITS_SIZE: Final = len(HABITS)
REST: Final = MappingProxyType({"browInnerUp": 0.05, "browOuterUp": 0.04})
"""Where channels rest that do not rest at 0."""

Habits = NDArray[np.float32]


def habits(seed: int) -> Habits:
    """Returns the habits (HABITS_SIZE,) of somebody; the same seed is the same person."""
    random = np.random.default_rng(seed)
    return random.uniform(-1, 1, HABITS_SIZE).astype(np.float32)


def habits_of(person: str) -> Habits:
    """Returns the habits (HABITS_SIZE,) of whoever has this name or number."""
    return habits(zlib.crc32(person.encode()))


def changes(table: list[Change], channels: tuple[str, ...]) -> tuple[Habits, Habits]:
    """Returns powers and shifts of some channels, each (len(table), len(channels))."""
    powers, shifts = (
        np.array([[change[part].get(n, 0.0) for n in channels] for change in table], np.float32)
        for part in (0, 1)
    )
    return powers, shifts
