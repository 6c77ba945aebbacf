"""The seam between performer and engine: what leads the face while it speaks.

A `SpeechEngine` is made once and shared; it starts a `SpeechTrack` per utterance, which computes
ahead of playback and is asked for one frame at a time. What it does not have in time, rules
replace.
"""

from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from render.motion.emotion import Emotion
from render.motion.habits import Habits
from render.motion.rhythm import Spring, Vector
from render.types import CHANNEL_INDEX, CHANNELS, Phone, Word

BLEND_SPEED: Final = 10.0
"""Radians a second: the engine takes over head and brows, and gives them back, in 0.4 s."""

_LID, _CLOSING = CHANNEL_INDEX["eyeBlinkLeft"], 0.3
"""Lids closed so far are about to blink."""


class Led(Protocol):
    """One frame of the motion that speech brings.

    Attributes:
        mouth: (MOUTH_SIZE,) float32 in [0, 1].
        rest: (len(CHANNELS),) float32, head, brows, lids and gaze of a neutral, speaking face.
    """

    @property
    def mouth(self) -> NDArray[np.float32]:
        """See above."""
        ...

    @property
    def rest(self) -> NDArray[np.float32]:
        """See above."""
        ...


class SpeechTrack(Protocol):
    """The motion of one utterance. Belongs to one thread; nothing waits."""

    def hear(
        self,
        samples: NDArray[np.int16],
        phones: tuple[Phone, ...],
        words: tuple[Word, ...] = (),
    ) -> None:
        """Takes the next (n,) samples at 24 kHz, and phones and words not told before."""
        ...

    def end(self) -> None:
        """Nothing more will come."""
        ...

    def frame(self, number: int) -> Led | None:
        """Returns a frame, counted from the one that the first sound starts; negative before it.

        To be asked for the frame being played and, after it, the one before. None while it is not
        there: too little sound, or late.
        """
        ...

    def feel(self, emotion: Emotion, intensity: float) -> None:
        """Speaks on as somebody who feels this."""
        ...

    def cancel(self) -> None:
        """Drops everything; what is still being computed is never shown."""
        ...


class SpeechEngine(Protocol):
    """Turns sound into motion, ahead of playback."""

    def begin(self, seed: int, lead_frames: int, habits: Habits | None = None) -> SpeechTrack:
        """Starts an utterance.

        Args:
            seed: Of all chance: the same sound and seed bring the same motion.
            lead_frames: Frames before the first sound that are asked for too.
            habits: (HABITS_SIZE,) of who speaks; nobody in particular if None.
        """
        ...


class Lead:
    """How far the engine leads what is not the mouth; comes and goes smoothly."""

    def __init__(self) -> None:
        self._share = Spring(np.zeros(1), BLEND_SPEED)
        self.rest: Vector = np.zeros(len(CHANNELS))
        """(len(CHANNELS),) the newest the engine gave."""
        self.blinks = False
        """Whether a blink starts in this frame."""

    @property
    def share(self) -> float:
        """In [0, 1]."""
        return min(max(float(self._share.value[0]), 0.0), 1.0)

    def follow_engine(self, led: Led | None) -> None:
        """Advances one frame; without the engine, what it gave last fades."""
        before = self.rest[_LID]
        if led is not None:
            self.rest = led.rest.astype(np.float64)
        self.blinks = bool(before < _CLOSING <= self.rest[_LID])
        self._share.approach(np.array([float(led is not None)]))
