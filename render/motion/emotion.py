"""What a person feels, as shapes of the face and a bearing of the head.

The values are set by eye against labelled photos of the same people: a sad brow rises at its inner
end and falls at its outer one, which takes raising and lowering shapes together. Concern draws the
brows together over narrowed eyes and presses the lips, the head aside; sadness lets lids, chin and
corners of the mouth sink. `Feeling` takes an emotion on and lets it go; `join` lays it under speech
so that lips which must meet still do.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import numpy as np
from numba import njit
from numpy.typing import NDArray

from render.motion.mouth import MOUTH_CHANNELS, MOUTH_IN_MOTION, MOUTH_INDEX, MOUTH_SIZE
from render.motion.rhythm import Spring, Vector
from render.types import CHANNEL_INDEX, CHANNELS


class Emotion(StrEnum):
    """What can be felt."""

    NEUTRAL = "neutral"
    HAPPY = "happy"
    SAD = "sad"
    SURPRISED = "surprised"
    CONCERNED = "concerned"
    THINKING = "thinking"


ONSET_SECONDS, OFFSET_SECONDS = 0.35, 0.6
"""An expression comes faster than it goes; to within a tenth."""
_SETTLE = 3.9
"""A critically damped spring of speed 1 is within a tenth after this long."""
_TALK_SECONDS = 0.3

PARTING = (
    "jawOpen", "mouthLowerDownLeft", "mouthLowerDownRight",
    "mouthUpperUpLeft", "mouthUpperUpRight",
)  # fmt: skip
"""Shapes that part the lips: they grow with the square of the intensity, so that a mild smile
is a closed one, and leave most of the mouth to speech while there is any."""
SPEECH_TAKES = 0.75
"""Share of `PARTING` that gives way while speaking."""
GAZE_TAKES = 0.6
"""Likewise of a gaze that goes aside."""

_OPENERS = ("jawOpen", "mouthLowerDown", "mouthUpperUp", "mouthFunnel", "mouthShrugLower")
_TAKERS = ("seal", "tuck", "round", "jawOpen")
_YIELD, _SMILE_YIELD = 0.7, 0.55
"""Share of a mouth shape that gives way to a complete closure or rounding; of smiles, to the
latter."""
_OPEN = 0.22
"""Jaw at which lips that are pressed, rolled, pushed up or pulled give way as far as they do."""
_OPEN_YIELD: Mapping[str, float] = MappingProxyType(
    {
        "mouthPress": 0.8, "mouthRollLower": 0.8, "mouthRollUpper": 0.8,
        "mouthShrugLower": 0.6, "mouthShrugUpper": 0.6, "mouthStretch": 0.8, "mouthFrown": 0.35,
    }
)  # fmt: skip
_FROWN_HOLDS = 0.45
"""Share of the jaw's opening that a full frown holds back."""


def _both(**values: float) -> Vector:
    """(len(CHANNELS),) with the named channels set; a name without a side sets both."""
    channels = np.zeros(len(CHANNELS))
    for name, value in values.items():
        for channel in (name, f"{name}Left", f"{name}Right"):
            if channel in CHANNEL_INDEX:
                channels[CHANNEL_INDEX[channel]] = value
    return channels


_FACES: Mapping[Emotion, Vector] = MappingProxyType(
    {
        Emotion.NEUTRAL: _both(),
        Emotion.HAPPY: _both(
            mouthSmile=0.95, mouthUpperUp=0.72, mouthLowerDown=0.56, jawOpen=0.05,
            mouthDimple=0.25, cheekSquint=0.5, eyeSquint=0.28, browOuterUp=0.06,
            pitch=0.6, shiftZ=0.01,
        ),
        Emotion.SAD: _both(
            browInnerUp=0.80, browDown=0.45, eyeSquint=0.10, eyeBlink=0.07,
            mouthFrown=0.86, mouthShrugLower=0.50, mouthShrugUpper=0.12,
            pitch=-3.6, roll=-1.0, shiftZ=-0.012, gazeY=-0.24,
        ),
        Emotion.SURPRISED: _both(
            browInnerUp=0.54, browOuterUp=0.62, eyeWide=0.85,
            jawOpen=0.30, mouthFunnel=0.14, mouthPucker=0.33, mouthLowerDown=0.30,
            pitch=1.4, shiftZ=-0.016,
        ),
        Emotion.CONCERNED: _both(
            browInnerUp=0.34, browDown=0.78, eyeSquint=0.34, cheekSquint=0.10,
            mouthFrown=0.16, mouthPress=0.55, mouthRollLower=0.28, mouthRollUpper=0.18,
            mouthStretch=0.10,
            pitch=-1.6, roll=4.6, shiftZ=0.026,
        ),
        Emotion.THINKING: _both(
            browOuterUpLeft=0.62, browInnerUp=0.16, browDownRight=0.46, eyeSquintRight=0.22,
            mouthPress=0.18, mouthPucker=0.24, mouthLeft=0.30,
            yaw=3.0, pitch=2.6, roll=-2.4, gazeX=0.58, gazeY=0.58,
        ),
    }
)  # fmt: skip
_COMPOSURE: Mapping[Emotion, float] = MappingProxyType(
    {
        Emotion.NEUTRAL: 1.0,
        Emotion.HAPPY: 0.6,
        Emotion.SAD: 0.0,
        Emotion.SURPRISED: 0.2,
        Emotion.CONCERNED: 0.0,
        Emotion.THINKING: 0.3,
    }
)
"""How much of the small smile people rest with stays."""
_PARTING_AT = np.array([CHANNEL_INDEX[name] for name in PARTING])
_GAZE_AT = np.array([CHANNEL_INDEX["gazeX"], CHANNEL_INDEX["gazeY"]])


def expression(emotion: Emotion, intensity: float = 1.0) -> Vector:
    """Returns (len(CHANNELS),) what an emotion adds to a resting face.

    Args:
        emotion: What is felt.
        intensity: In [0, 1]; values beyond are limited.
    """
    strength = min(max(intensity, 0.0), 1.0)
    face = _FACES[emotion] * strength
    face[_PARTING_AT] *= strength
    return face


def while_speaking(face: Vector, talk: float = 1.0) -> Vector:
    """Returns an expression that leaves mouth and eyes to speech, as far as there is any."""
    quieter = face.copy()
    quieter[_PARTING_AT] *= 1 - SPEECH_TAKES * talk
    quieter[_GAZE_AT] *= 1 - GAZE_TAKES * talk
    return quieter


class Feeling:
    """The emotion of one person, taken on and let go smoothly. Nothing in it is chance."""

    def __init__(self) -> None:
        self._goal = np.append(expression(Emotion.NEUTRAL), 1.0)
        self._spring = Spring(self._goal, _SETTLE / ONSET_SECONDS)
        self._talk = Spring(np.zeros(1), _SETTLE / _TALK_SECONDS)

    def set_emotion(self, emotion: Emotion, intensity: float = 1.0) -> None:
        """Starts to feel something, at an intensity in [0, 1]."""
        composure = 1 - min(max(intensity, 0.0), 1.0) * (1 - _COMPOSURE[emotion])
        self._goal = np.append(expression(emotion, intensity), composure)
        grows = np.abs(self._goal) > np.abs(self._spring.value)
        seconds = np.where(grows, ONSET_SECONDS, OFFSET_SECONDS)
        seconds[-1] = ONSET_SECONDS
        self._spring.set_speed(_SETTLE / seconds)

    def next_expression(self, speaking: bool) -> tuple[Vector, float]:
        """Advances one frame.

        Args:
            speaking: Whether speech needs the mouth, and the listener the eyes.

        Returns:
            (len(CHANNELS),) what is added to the face, and how much of a resting smile stays.
        """
        felt = self._spring.approach(self._goal)
        talk = float(self._talk.approach(np.array([float(speaking)]))[0])
        return while_speaking(felt[:-1], talk), float(felt[-1])


def _yields() -> NDArray[np.float64]:
    """(4, MOUTH_SIZE) share of each shape that full seal, tuck, round and open jaw take away."""
    table = np.full((len(_TAKERS), MOUTH_SIZE), _YIELD)
    for column, channel in enumerate(MOUTH_CHANNELS):
        shape = channel.removesuffix("Left").removesuffix("Right")
        if shape in _OPENERS:
            table[:2, column] = 1.0
        if shape in ("mouthFunnel", "mouthPucker"):
            table[2, column] = 0.0
        if shape in ("mouthSmile", "mouthDimple"):
            table[2, column] = _SMILE_YIELD
        table[3, column] = _OPEN_YIELD.get(shape, 0.0)
    return table


_YIELDS = _yields()
_TAKERS_AT = np.array([MOUTH_INDEX[name] for name in _TAKERS])
_TAKES_AT = np.array([1.0, 1.0, 1.0, _OPEN])
"""Where each of `_TAKERS` takes all it does."""
_JAW_AT = CHANNEL_INDEX["jawOpen"]
_FROWN_AT = np.array([CHANNEL_INDEX["mouthFrownLeft"], CHANNEL_INDEX["mouthFrownRight"]])
_WIDE_AT, _LIDS_AT = (
    np.array([CHANNEL_INDEX[f"{name}{side}"] for side in ("Left", "Right")])
    for name in ("eyeWide", "eyeBlink")
)


def join(face: Vector, mouth: NDArray[np.float32]) -> Vector:
    """Lays speech over an expression.

    What closes or rounds the lips takes the expression's own mouth away: all that would part
    sealed or tucked lips, most of what would pull them aside; an open jaw parts lips that were
    pressed, while corners that are drawn down hold it back. Closing lids are not held open by wide
    eyes.

    Args:
        face: (len(CHANNELS),) everything but speech.
        mouth: (MOUTH_SIZE,) speech.

    Returns:
        (len(CHANNELS),) both.
    """
    joined: Vector = _join(face, mouth)
    return joined


@njit(cache=True)
def _join(face: Vector, mouth: NDArray[np.float32]) -> Vector:
    joined = face.copy()
    for i in range(mouth.shape[0]):
        taken = 0.0
        for taker in range(_TAKERS_AT.shape[0]):
            takes = min(mouth[_TAKERS_AT[taker]] / _TAKES_AT[taker], 1.0)
            taken = max(taken, takes * _YIELDS[taker, i])
        at = MOUTH_IN_MOTION[i]
        joined[at] = min(max(face[at] * (1.0 - min(taken, 1.0)) + mouth[i], 0.0), 1.0)
    joined[_JAW_AT] *= 1.0 - _FROWN_HOLDS * (joined[_FROWN_AT[0]] + joined[_FROWN_AT[1]]) / 2.0
    for side in range(2):
        joined[_WIDE_AT[side]] *= 1.0 - min(max(face[_LIDS_AT[side]], 0.0), 1.0)
    return joined
