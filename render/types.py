"""The data that flows through `render`: sound in, motion and pictures out.

Everything here is plain, frozen and cheap: it travels on the hot path 25 times a second.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

ARKIT_SHAPES: tuple[str, ...] = (
    "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight",
    "cheekPuff", "cheekSquintLeft", "cheekSquintRight",
    "eyeBlinkLeft", "eyeBlinkRight", "eyeLookDownLeft", "eyeLookDownRight",
    "eyeLookInLeft", "eyeLookInRight", "eyeLookOutLeft", "eyeLookOutRight",
    "eyeLookUpLeft", "eyeLookUpRight", "eyeSquintLeft", "eyeSquintRight",
    "eyeWideLeft", "eyeWideRight",
    "jawForward", "jawLeft", "jawOpen", "jawRight",
    "mouthClose", "mouthDimpleLeft", "mouthDimpleRight", "mouthFrownLeft", "mouthFrownRight",
    "mouthFunnel", "mouthLeft", "mouthLowerDownLeft", "mouthLowerDownRight",
    "mouthPressLeft", "mouthPressRight", "mouthPucker", "mouthRight",
    "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper",
    "mouthSmileLeft", "mouthSmileRight", "mouthStretchLeft", "mouthStretchRight",
    "mouthUpperUpLeft", "mouthUpperUpRight", "noseSneerLeft", "noseSneerRight", "tongueOut",
)  # fmt: skip
"""The 52 ARKit blendshape names, alphabetical, each in [0, 1]."""

CORRECTIVES: tuple[str, ...] = ("seal", "tuck", "round", "tongueUp")
"""Speech correctives in [0, 1]: lips sealed (P B M), lower lip to the teeth (F V),
rounded opening (O U), tongue tip raised (L TH)."""

POSE: tuple[str, ...] = ("yaw", "pitch", "roll", "shiftX", "shiftY", "shiftZ", "breath")
"""Head yaw, pitch, roll in degrees (positive: to the person's left, up, to their left shoulder);
shifts in face widths; breath in [0, 1]."""

GAZE: tuple[str, ...] = ("gazeX", "gazeY")
"""Gaze in [-1, 1]: positive looks to the person's left, and up; 0, 0 is into the camera."""

CHANNELS: tuple[str, ...] = ARKIT_SHAPES + CORRECTIVES + POSE + GAZE
CHANNEL_INDEX: dict[str, int] = {name: index for index, name in enumerate(CHANNELS)}


@dataclass(frozen=True, slots=True)
class Phone:
    """One phoneme and when it sounds.

    Attributes:
        symbol: IPA, stress and length marks allowed ("ˈaɪ", "m", "oʊ"); "" is silence.
        start: Seconds from the start of its segment.
        end: Seconds from the start of its segment.
    """

    symbol: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Word:
    """One written word, with its following punctuation, and when it sounds (segment seconds)."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """A stretch of speech, in order, with what is known about it.

    Attributes:
        samples: (n,) int16 mono at 24 kHz.
        phones: Phonemes that start within or after this chunk, in segment seconds. Empty when
            the voice gives none: motion then comes from the sound alone.
        words: Words likewise.
    """

    samples: NDArray[np.int16]
    phones: tuple[Phone, ...] = ()
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentEnd:
    """No more audio belongs to the current segment (one utterance of the avatar)."""


@dataclass(frozen=True, slots=True)
class PlaybackFinished:
    """What of a segment truly reached the listener.

    Attributes:
        segment: Number of the segment, counted from 1 within a session.
        position: Seconds of it that were played.
        interrupted: Whether it was cut before its end.
        text: The words that began before `position`, joined by single spaces.
    """

    segment: int
    position: float
    interrupted: bool
    text: str


class Attitude(StrEnum):
    """What the person on the screen is doing; it shapes gaze, nods and brows."""

    IDLE = "idle"
    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"


@dataclass(frozen=True, slots=True)
class Motion:
    """One frame of motion: `values` is (65,) float32 in the order of `CHANNELS`."""

    values: NDArray[np.float32]

    def __getitem__(self, channel: str) -> float:
        return float(self.values[CHANNEL_INDEX[channel]])

    @staticmethod
    def of(**channels: float) -> "Motion":
        """Builds a motion with the named channels set and all others at rest."""
        values = np.zeros(len(CHANNELS), np.float32)
        for name, value in channels.items():
            values[CHANNEL_INDEX[name]] = value
        return Motion(values)


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn frame: `rgba` is (height, width, 4) uint8, alpha 255 where opaque."""

    rgba: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class AVUnit:
    """One frame of the media clock: 40 ms of sound and the motion that belongs to it.

    Attributes:
        pts: Presentation time in frames (1 = 40 ms) since the session's media began.
        samples: (960,) int16 at 24 kHz; zeros while nobody speaks.
        motion: The face at the middle of the frame.
        segment: Number of the segment these samples belong to; 0 while nobody speaks.
        position: Seconds of that segment played when this unit ends.
        lips_moving: Whether the mouth visibly moves for speech in this frame.
        ended: Set on the unit that completes a segment.
        picture: Where the server draws, the picture.
    """

    pts: int
    samples: NDArray[np.int16]
    motion: Motion
    segment: int = 0
    position: float = 0.0
    lips_moving: bool = False
    ended: PlaybackFinished | None = None
    picture: Picture | None = field(default=None, compare=False)


class Drawer(Protocol):
    """Draws motion; `render.puppet.Puppet` is one."""

    def draw(self, motion: Motion) -> NDArray[np.uint8]:
        """Returns (height, width, 4) RGBA, valid until the next call."""
        ...
