"""What a face does on request: nod, shake, tilt, raise brows, wink, look somewhere.

Each gesture is a few short movements that come back; they are added to whatever the face does, may
overlap, and hold no chance.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple

Side = Literal["left", "right"]
"""The person's own left or right."""
MOST_SECONDS = 30.0
"""Longest look."""


@dataclass(frozen=True, slots=True)
class Nod:
    """Yes: `times` nods, each smaller; a `size` of 1 is a clear one."""

    times: int = 2
    size: float = 1.0


@dataclass(frozen=True, slots=True)
class Shake:
    """No: `times` turns to each side, each smaller."""

    times: int = 2
    size: float = 1.0


@dataclass(frozen=True, slots=True)
class Tilt:
    """The head leans to a shoulder for `seconds`."""

    side: Side = "left"
    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class RaiseBrows:
    """Both brows go up for a moment."""

    size: float = 1.0


@dataclass(frozen=True, slots=True)
class Wink:
    """One eye closes, and its cheek and corner of the mouth rise with it."""

    side: Side = "left"


@dataclass(frozen=True, slots=True)
class LookAt:
    """Eyes, and then the head, go to a place and stay for `seconds`.

    Attributes:
        x, y: In [-1, 1], to the person's left and up; 0, 0 is into the camera.
        seconds: Up to 30.
    """

    x: float
    y: float
    seconds: float = 1.0


Gesture = Nod | Shake | Tilt | RaiseBrows | Wink | LookAt

GESTURES: Mapping[str, Gesture] = MappingProxyType(
    {
        "nod": Nod(),
        "shake": Shake(),
        "tilt_left": Tilt("left"),
        "tilt_right": Tilt("right"),
        "brow_raise": RaiseBrows(),
        "wink_left": Wink("left"),
        "wink_right": Wink("right"),
        "look_left": LookAt(0.7, 0.0),
        "look_right": LookAt(-0.7, 0.0),
        "look_up": LookAt(0.0, 0.7),
        "look_down": LookAt(0.0, -0.7),
    }
)
"""The gestures by the names that protocols use."""

_SHRINK = 0.62
_MOST_TIMES = 4


class Stroke(NamedTuple):
    """One movement there and back of one track of behaviour; times in seconds."""

    track: str
    amount: float
    attack: float
    release: float
    hold: float = 0.0
    delay: float = 0.0


def strokes(gesture: Gesture) -> list[Stroke]:
    """Returns what a gesture moves; a look moves no track itself."""
    match gesture:
        case Nod(times, size):
            return _nod(_count(times), _size(size))
        case Shake(times, size):
            return _shake(_count(times), _size(size))
        case Tilt(side, seconds):
            lean = 6.0 if side == "left" else -6.0
            hold = min(max(seconds, 0.0), MOST_SECONDS)
            return [Stroke("roll", lean, 0.38, 0.55, hold), Stroke("pitch", -0.8, 0.38, 0.55, hold)]
        case RaiseBrows(size):
            up = 0.85 * _size(size)
            return [
                Stroke("browInnerUp", up, 0.16, 0.38, 0.28),
                Stroke("browOuterUp", up, 0.16, 0.38, 0.28),
                Stroke("wide", 0.35 * up, 0.16, 0.38, 0.2),
            ]
        case Wink(side):
            return [
                Stroke("winkLeft" if side == "left" else "winkRight", 1.0, 0.11, 0.22, 0.20),
                Stroke("roll", 2.2 if side == "left" else -2.2, 0.2, 0.4, 0.16),
            ]
        case LookAt():
            return []


def _nod(times: int, size: float) -> list[Stroke]:
    out = []
    for index in range(times):
        down = 4.6 * size * _SHRINK**index
        out.append(Stroke("pitch", -down, 0.20, 0.26, delay=0.44 * index))
    return out


def _shake(times: int, size: float) -> list[Stroke]:
    out = []
    for index in range(2 * times):
        turn = 5.2 * size * _SHRINK ** (index // 2)
        out.append(Stroke("yaw", turn * (-1) ** index, 0.18, 0.22, delay=0.26 * index))
    return out


def _count(times: int) -> int:
    return min(max(times, 1), _MOST_TIMES)


def _size(size: float) -> float:
    return min(max(size, 0.0), 1.5)
