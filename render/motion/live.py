"""A face in front of a live camera moves ours: finds its rest, follows it, gives way again.

All time is counted in frames of the media clock, so nothing here waits or knows the time of day.
"""

from enum import StrEnum
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from render.clock import FRAME_RATE
from render.motion.capture import Mimic, Neutral
from render.motion.reading import Reading
from render.motion.rhythm import smoothstep
from render.types import CHANNEL_INDEX, CHANNELS, Motion

CALIBRATION_FRAMES: Final = FRAME_RATE
"""For so long the person's rest is watched, from the first picture that shows a face."""
CALIBRATION_PICTURES: Final = 6
"""Pictures of a face without which rest is not known, however long it takes."""
BLEND_FRAMES: Final = 8
"""In which our own motion gives way to the person's, and comes back: 0.32 s."""
LOST_FRAMES: Final = 2 * FRAME_RATE
"""Without a face for so long, our own motion comes back until there is one again."""
STALE_FRAMES: Final = 8
"""A picture older than this says nothing of now."""

_BREATH = CHANNEL_INDEX["breath"]
_SIDED = MappingProxyType({"Left": "Right", "Right": "Left"})
_TURNED = ("yaw", "roll", "shiftX", "gazeX")


class Following(StrEnum):
    """What the follower is doing."""

    CALIBRATING = "calibrating"
    FOLLOWING = "following"
    SEARCHING = "searching"


class LiveFollower:
    """Lets one person's face move ours.

    `see` takes what the camera shows, whenever it does; `steer` is asked 25 times a second. Both
    belong to one thread.

    Args:
        mirror: Whether ours moves as in a mirror: to the right of the picture when the person
            turns to their own right.
    """

    def __init__(self, mirror: bool = True) -> None:
        self._mirror = mirror
        self._resting: list[Reading] = []
        self._mimic: Mimic | None = None
        self._reading: Reading | None = None
        self._watched = self._unseen = self._age = 0
        self._weight = 0.0
        self._released = False
        self.next_pts = 0
        """The frame on which what is seen now shows first."""

    @property
    def state(self) -> Following:
        """What it is doing."""
        if self._unseen >= LOST_FRAMES:
            return Following.SEARCHING
        return Following.FOLLOWING if self._mimic else Following.CALIBRATING

    @property
    def at_rest(self) -> bool:
        """Whether our own motion is all that shows."""
        return self._weight == 0.0

    def see(self, reading: Reading | None) -> None:
        """Takes in what was read off the latest picture; None where it shows no face."""
        self._reading, self._age = reading, 0
        if reading is None:
            return
        self._unseen = 0
        if self._mimic is None:
            self._resting.append(reading)

    def release(self) -> None:
        """Our own motion comes back from now on, for good."""
        self._released = True

    def steer(self, pts: int, motion: Motion) -> Motion:
        """Returns the face of one frame.

        Args:
            pts: Of the frame.
            motion: What ours would do on its own.
        """
        self.next_pts = pts + 1
        self._age += 1
        self._unseen += 1
        self._calibrate()
        if self._mimic is None:
            return motion
        seen = self._reading if self._age <= STALE_FRAMES else None
        theirs = self._mimic.mimic(seen).values
        self._approach(0.0 if self._released or self.state is Following.SEARCHING else 1.0)
        if self.at_rest:
            return motion
        return Motion(_blend(motion.values, self._sided(theirs), smoothstep(self._weight)))

    def _calibrate(self) -> None:
        """Learns the person's rest while they are seen for the first time."""
        if self._mimic is not None or not self._resting:
            return
        self._watched += 1
        if self._watched >= CALIBRATION_FRAMES and len(self._resting) >= CALIBRATION_PICTURES:
            self._mimic = Mimic(Neutral.at_rest(self._resting))
            self._resting = []

    def _approach(self, target: float) -> None:
        step = 1 / BLEND_FRAMES
        self._weight += float(np.clip(target - self._weight, -step, step))

    def _sided(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        return mirrored(values) if self._mirror else values


def mirrored(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns (len(CHANNELS),) motion with left and right exchanged."""
    exchanged: NDArray[np.float32] = values[_MIRROR] * _SIGNS
    return exchanged


def _counterpart(name: str) -> str:
    for side, other in _SIDED.items():
        if name.endswith(side):
            return name.removesuffix(side) + other
    return name


def _blend(
    ours: NDArray[np.float32], theirs: NDArray[np.float32], share: float
) -> NDArray[np.float32]:
    """Mixes two motions; breathing stays ours."""
    mixed = ours + np.float32(share) * (theirs - ours)
    mixed[_BREATH] = ours[_BREATH]
    return mixed


_MIRROR = np.array([CHANNEL_INDEX[_counterpart(name)] for name in CHANNELS])
_SIGNS = np.array([-1 if name in _TURNED else 1 for name in CHANNELS], np.float32)
