"""Faces in front of a camera to motion: someone else's face moves ours.

Everybody's face reads differently at rest, so readings are compared with the person's own rest; and
the landmarker's scores bend, so they are straightened by what it reads off faces drawn at known
strengths.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from render.clock import FRAME_RATE, FRAME_SECONDS
from render.motion.errors import NobodyThere
from render.motion.one_euro import OneEuro
from render.motion.reading import READ, READINGS, Reading
from render.motion.rhythm import smoothstep
from render.types import ARKIT_SHAPES, CHANNEL_INDEX, CHANNELS, Motion

_LEVELS = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
_CURVES = MappingProxyType(
    {
        "jawOpen": (0.0, 0.16, 0.45, 0.65, 0.81),
        "mouthSmile": (0.07, 0.36, 0.62, 0.80, 0.90),
        "mouthPucker": (0.04, 0.10, 0.45, 0.91, 0.98),
        "mouthFunnel": (0.0, 0.08, 0.17, 0.26, 0.36),
        "mouthStretch": (0.03, 0.09, 0.26, 0.44, 0.60),
        "mouthUpperUp": (0.0, 0.03, 0.14, 0.34, 0.51),
        "mouthFrown": (0.0, 0.02, 0.06, 0.14, 0.30),
        "mouthLowerDown": (0.0, 0.06, 0.12, 0.19, 0.25),
        "mouthShrugLower": (0.02, 0.09, 0.16, 0.23, 0.30),
        "mouthShrugUpper": (0.04, 0.09, 0.15, 0.22, 0.30),
        "mouthPress": (0.05, 0.15, 0.28, 0.40, 0.55),
        "browInnerUp": (0.04, 0.15, 0.34, 0.53, 0.71),
        "browOuterUp": (0.14, 0.27, 0.45, 0.61, 0.72),
        "browDown": (0.14, 0.23, 0.31, 0.40, 0.50),
        "eyeBlink": (0.09, 0.16, 0.26, 0.38, 0.50),
        "eyeSquint": (0.25, 0.40, 0.55, 0.70, 0.85),
        "eyeWide": (0.01, 0.06, 0.12, 0.18, 0.25),
    }
)
"""What the landmarker reads off our own faces at a quarter, half ... of a shape, where it sees
them; where it hardly does, off photos of people who show them."""
_OTHERS = (0.0, 0.15, 0.30, 0.45, 0.60)
_IGNORED = ("eyeLook", "mouthClose", "tongueOut", "jawForward", "noseSneer", "cheekPuff")
"""Shapes that something else here carries, or that are not seen reliably."""

_REST_QUANTILE = MappingProxyType({"eyeBlink": 0.3, "eyeSquint": 0.3, "brow": 0.5})
_REST_OTHERS = 0.15
"""Where rest lies among a person's readings: eyes are open and brows level most of the time, a
speaking mouth is at rest seldom. Head and gaze rest at the median."""
_MARGIN, _LID_MARGIN = 0.06, 0.22
"""Share of a shape that is noise around rest; lids also follow the gaze a little."""

_YAW_GAIN, _PITCH_GAIN, _ROLL_GAIN, _SHIFT_GAIN = 1.15, 1.0, 1.0, 0.6
"""Shifts are read from a face that also talks: they are taken on with care."""
_PITCH_OF_SHAPES = MappingProxyType({"jawOpen": 3.0, "browInnerUp": 2.0})
"""Degrees up that the landmarker takes a falling jaw, or rising brows, for."""
_FACE_WIDTH = 13.6
"""Centimetres of the landmarker's face."""
_NECK = np.array([0.0, -10.0, -7.5])
"""Where a head turns, centimetres from the landmarker's origin; what a turn alone moves it by is
no shift."""
_LEAN = 6.0
"""Face widths from our camera: the same change of size is the same lean."""
_SHIFT_MOST, _YAW_MOST, _PITCH_MOST, _ROLL_MOST = 0.22, 24.0, 18.0, 20.0
_GAZE_X, _GAZE_Y = 0.70, 0.45
"""Readings at full gaze."""
_OPENERS = ("jawOpen", "mouthLowerDownLeft", "mouthUpperUpLeft", "mouthFunnel", "mouthPucker")
_JAW_PER_GAP = 1.25
_JAW_OF_DROP = (0.01, 0.16, 0.25, 0.38), (0.0, 0.2, 0.4, 0.7)
"""How far jaws of our own faces are open at a gap and a drop."""
_SEALED, _PARTED = 0.012, 0.06
"""Openings, over their width, at which lips are closed and surely are not."""
_SHRUG = 0.02, 0.05
"""Rise of the landmarker's score of a shrugged upper lip from which, and at which, the lower lip
is at the teeth, if the upper one is lifted and they are not far apart."""
_LIFTED, _APART = 0.012, (0.1, 0.2)
_AWAY_SECONDS, _BACK_SECONDS = 0.5, 0.25
"""In which a lost face comes to rest, and a found one is followed again."""
_LONGEST_GAP = 0.15
"""Seconds without a reading that are bridged."""


@dataclass(frozen=True, slots=True)
class Neutral:
    """A person at rest: (len(READINGS),) as read."""

    values: Reading

    @classmethod
    def from_readings(cls, readings: Sequence[Reading]) -> Self:
        """Finds rest among many readings of one person.

        Raises:
            NobodyThere: There are none.
        """
        if not readings:
            raise NobodyThere("No face is visible; use a film of one person seen from the front.")
        table = np.array(readings)
        quantiles = [_quantile(name) for name in READINGS]
        rest = [np.quantile(table[:, i], q) for i, q in enumerate(quantiles)]
        return cls(np.array(rest))

    @classmethod
    def at_rest(cls, readings: Sequence[Reading]) -> Self:
        """Takes readings of a person who was asked to rest; a blink among them does no harm.

        Raises:
            NobodyThere: There are none.
        """
        if not readings:
            raise NobodyThere("No face is visible; look into the camera.")
        return cls(np.median(np.array(readings), 0))


def _quantile(name: str) -> float:
    if name not in ARKIT_SHAPES or name.startswith("eyeLook"):
        return _REST_OTHERS if name in ("gap", "drop") else 0.5
    fitting = [q for prefix, q in _REST_QUANTILE.items() if name.startswith(prefix)]
    return fitting[0] if fitting else _REST_OTHERS


class Mimic:
    """Moves a face as another is seen to move, 25 times a second.

    Args:
        neutral: The person seen, at rest.
    """

    _STEADY: Final = MappingProxyType(
        {"yaw": (1.2, 0.05), "pitch": (1.8, 0.1), "roll": (1.2, 0.05),
         "x": (1.2, 0.3), "y": (1.2, 0.3), "z": (0.6, 0.1), "gap": (5.0, 30.0), "drop": (3.0, 20.0),
         "lip": (5.0, 60.0)}
    )  # fmt: skip
    """Cutoff in Hz and beta of the filter; blinks and lips are quick."""
    _STEADY_SHAPE: Final = (4.0, 10.0)

    def __init__(self, neutral: Neutral) -> None:
        self._rest = neutral.values
        steady = np.array([self._STEADY.get(name, self._STEADY_SHAPE) for name in READINGS])
        self._filter = OneEuro(FRAME_SECONDS, steady[:, 0], steady[:, 1])
        self._presence = 0.0
        self._last = np.zeros(len(CHANNELS))

    def mimic(self, reading: Reading | None) -> Motion:
        """Advances one frame.

        Args:
            reading: What is seen; None while the face is lost: ours then comes to rest.
        """
        if reading is None:
            self._filter.reset()
            self._presence = max(0.0, self._presence - FRAME_SECONDS / _AWAY_SECONDS)
        else:
            self._presence = min(1.0, self._presence + FRAME_SECONDS / _BACK_SECONDS)
            self._last = channels_of(self._filter.smooth(reading), self._rest)
        shown = self._last * smoothstep(self._presence)
        return Motion(shown.astype(np.float32))


def channels_of(reading: Reading, rest: Reading) -> NDArray[np.float64]:
    """Returns (len(CHANNELS),) what a reading means on a face that rests like `rest`."""
    out = np.zeros(len(CHANNELS))
    for name in ARKIT_SHAPES:
        if not name.startswith(_IGNORED):
            out[CHANNEL_INDEX[name]] = _level(name, reading[READ[name]], rest[READ[name]])
    out[CHANNEL_INDEX["jawOpen"]] = _jaw(out[CHANNEL_INDEX["jawOpen"]], reading, rest)
    _close_lips(out, reading, rest)
    _turn(out, reading, rest)
    _look(out, reading - rest)
    return out


def _level(name: str, score: float, rest: float) -> float:
    """Returns the strength of a shape whose score is `score`, and `rest` at rest."""
    curve = np.array(_CURVES.get(name.removesuffix("Left").removesuffix("Right"), _OTHERS))
    curve = (curve - curve[0]) / (curve[-1] - curve[0])
    full = max(_full(name), rest + 0.15)
    level = float(np.interp((score - rest) / (full - rest), curve, _LEVELS))
    margin = _LID_MARGIN if name.startswith("eyeBlink") else _MARGIN
    return max(0.0, (level - margin) / (1 - margin))


def _jaw(scored: float, reading: Reading, rest: Reading) -> float:
    """Returns how far the jaw is open.

    The landmarker's score is blind to small openings and jumps; lips and chin tell those, where
    they agree: parted lips alone are no open jaw, nor is a chin that sinks with the head.
    """
    gap = reading[READ["gap"]] - min(rest[READ["gap"]], _PARTED)
    drop = reading[READ["drop"]] / max(rest[READ["drop"]], 1e-6) - 1
    seen = float(np.sqrt(_JAW_PER_GAP * max(gap, 0.0) * np.interp(drop, *_JAW_OF_DROP)))
    wide = smoothstep((scored - 0.3) / 0.3)
    return min(1.0, float(seen + wide * max(scored - seen, 0.0)))


def _full(name: str) -> float:
    return float(_CURVES.get(name.removesuffix("Left").removesuffix("Right"), _OTHERS)[-1])


def _close_lips(out: NDArray[np.float64], reading: Reading, rest: Reading) -> None:
    """Tells sealed, tucked and rounded lips by the gap between them."""
    index = CHANNEL_INDEX
    gap = reading[READ["gap"]] - min(rest[READ["gap"]], _PARTED)
    seal = 1 - smoothstep((gap - _SEALED) / (_PARTED - _SEALED))
    rolled = smoothstep((out[index["mouthRollLower"]] - 0.35) / 0.4)
    apart = max(out[index[name]] for name in _OPENERS)
    out[index["seal"]] = seal * smoothstep(apart / 0.08)
    out[index["tuck"]] = max(rolled, _shrugged(reading, rest, gap)) * (1 - seal)
    puckered = max(out[index["mouthPucker"]], out[index["mouthFunnel"]])
    out[index["round"]] = smoothstep((puckered - 0.2) / 0.5)


def _shrugged(reading: Reading, rest: Reading, gap: float) -> float:
    """Returns how surely the lower lip is at the teeth; the landmarker has no score for it."""
    score = reading[READ["mouthShrugUpper"]] - rest[READ["mouthShrugUpper"]]
    lifted = rest[READ["lip"]] - reading[READ["lip"]]
    near = 1 - smoothstep((gap - _APART[0]) / (_APART[1] - _APART[0]))
    shrug = smoothstep((score - _SHRUG[0]) / (_SHRUG[1] - _SHRUG[0]))
    return float(shrug * smoothstep(lifted / _LIFTED) * near)


def _turn(out: NDArray[np.float64], reading: Reading, rest: Reading) -> None:
    """Sets the head's angles and shifts."""
    reading = reading.copy()
    reading[READ["pitch"]] -= sum(
        degrees * out[CHANNEL_INDEX[name]] for name, degrees in _PITCH_OF_SHAPES.items()
    )
    yaw, pitch, roll = (
        float(np.clip((reading[READ[name]] - rest[READ[name]]) * gain, -most, most))
        for name, gain, most in (
            ("yaw", _YAW_GAIN, _YAW_MOST),
            ("pitch", _PITCH_GAIN, _PITCH_MOST),
            ("roll", _ROLL_GAIN, _ROLL_MOST),
        )
    )
    place = slice(READ["x"], READ["z"] + 1)
    moved = reading[place] - rest[place] - _turned_by(yaw, pitch, roll)
    lean = _LEAN * moved[2] / max(abs(rest[READ["z"]]), 1.0)
    shift = _SHIFT_GAIN * np.array([*(moved[:2] / _FACE_WIDTH), lean])
    shift = np.clip(shift, -_SHIFT_MOST, _SHIFT_MOST)
    names = ("yaw", "pitch", "roll", "shiftX", "shiftY", "shiftZ")
    for name, value in zip(names, (yaw, pitch, roll, *shift), strict=True):
        out[CHANNEL_INDEX[name]] = value


def _turned_by(yaw: float, pitch: float, roll: float) -> NDArray[np.float64]:
    """Returns (3,) centimetres by which turning about the neck moves the face."""
    y, p, r = np.radians([yaw, pitch, roll])
    x = -_NECK[2] * np.sin(y) - _NECK[1] * np.sin(r)
    up = -_NECK[2] * np.sin(p) * 0.7
    return np.array([x, up, _NECK[1] * np.sin(p) * 0.8])


def _look(out: NDArray[np.float64], moved: Reading) -> None:
    """Sets the gaze both eyes share."""

    def score(way: str, side: str) -> float:
        return float(moved[READ[f"eyeLook{way}{side}"]])

    x = score("Out", "Left") - score("In", "Left") + score("In", "Right") - score("Out", "Right")
    y = score("Up", "Left") + score("Up", "Right") - score("Down", "Left") - score("Down", "Right")
    open_eyes = 1 - max(out[CHANNEL_INDEX[f"eyeBlink{side}"]] for side in ("Left", "Right"))
    out[CHANNEL_INDEX["gazeX"]] = float(np.clip(x / 2 / _GAZE_X, -1, 1))
    out[CHANNEL_INDEX["gazeY"]] = float(np.clip(y / 2 / _GAZE_Y, -1, 1)) * open_eyes


def on_the_clock(seen: Iterable[tuple[float, Reading | None]]) -> list[Reading | None]:
    """Brings readings of any rate onto the media clock.

    Args:
        seen: Ascending seconds, and what was read then; None where no face was found.

    Returns:
        One reading per frame from 0 to the last second, between its neighbours in proportion; None
        where the face is missing for long.
    """
    times, found = [], []
    end = 0.0
    for seconds, reading in seen:
        end = max(end, seconds)
        if reading is not None:
            times.append(seconds)
            found.append(reading)
    frames = round(end * FRAME_RATE) + 1
    return [_between(frame / FRAME_RATE, np.array(times), found) for frame in range(frames)]


def _between(at: float, times: NDArray[np.float64], found: list[Reading]) -> Reading | None:
    after = int(np.searchsorted(times, at))
    before = after - 1
    near = [i for i in (before, after) if 0 <= i < len(times) and abs(times[i] - at) < _LONGEST_GAP]
    if len(near) < 2:
        return found[near[0]] if near else None
    share = (at - times[before]) / max(times[after] - times[before], 1e-9)
    blended: Reading = found[before] * (1 - share) + found[after] * share
    return blended
