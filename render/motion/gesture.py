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
    """One movement there and back of one track of behaviour.

    Attributes:
        track: What moves.
        amount: How far: degrees of a head's turn, or of a shape in [0, 1].
        attack: Seconds there.
        release: Seconds back.
        hold: Seconds it stays between.
        delay: Seconds before it.
    """

    track: str
    amount: float
    attack: float
    release: float
    hold: float = 0.0
    delay: float = 0.0


TILT = (
    Stroke("roll", 6.0, attack=0.38, release=0.55),
    Stroke("pitch", -0.8, attack=0.38, release=0.55),
)
"""To the left; held as long as is asked for."""
RAISE = (
    Stroke("browInnerUp", 0.85, attack=0.16, release=0.38, hold=0.28),
    Stroke("browOuterUp", 0.85, attack=0.16, release=0.38, hold=0.28),
    Stroke("wide", 0.35 * 0.85, attack=0.16, release=0.38, hold=0.2),
)
WINK_LID = Stroke("winkLeft", 1.0, attack=0.11, release=0.22, hold=0.20)
WINK_ROLL = Stroke("roll", 2.2, attack=0.2, release=0.4, hold=0.16)
NOD_DEGREES, NOD_EVERY = 4.6, 0.44
SHAKE_DEGREES, SHAKE_EVERY = 5.2, 0.26
"""How far the first goes, and seconds from one to the next."""
_LARGEST = 1.5
"""Of what a gesture may be asked to be larger."""


def strokes(gesture: Gesture) -> list[Stroke]:
    """Returns what a gesture moves; a look moves no track itself."""
    match gesture:
        case Nod(times, size):
            return _nod(_count(times), _size(size))
        case Shake(times, size):
            return _shake(_count(times), _size(size))
        case Tilt(side, seconds):
            hold = min(max(seconds, 0.0), MOST_SECONDS)
            return [_sided(stroke, side)._replace(hold=hold) for stroke in TILT]
        case RaiseBrows(size):
            return [_scaled(stroke, _size(size)) for stroke in RAISE]
        case Wink(side):
            lid = "winkLeft" if side == "left" else "winkRight"
            return [WINK_LID._replace(track=lid), _sided(WINK_ROLL, side)]
        case LookAt():
            return []


def _nod(times: int, size: float) -> list[Stroke]:
    out = []
    for index in range(times):
        down = NOD_DEGREES * size * _SHRINK**index
        out.append(Stroke("pitch", -down, attack=0.20, release=0.26, delay=NOD_EVERY * index))
    return out


def _shake(times: int, size: float) -> list[Stroke]:
    out = []
    for index in range(2 * times):
        turn = SHAKE_DEGREES * size * _SHRINK ** (index // 2)
        delay = SHAKE_EVERY * index
        out.append(Stroke("yaw", turn * (-1) ** index, attack=0.18, release=0.22, delay=delay))
    return out


def _count(times: int) -> int:
    return min(max(times, 1), _MOST_TIMES)


def _size(size: float) -> float:
    return min(max(size, 0.0), _LARGEST)


def _scaled(stroke: Stroke, size: float) -> Stroke:
    return stroke._replace(amount=stroke.amount * size)


def _sided(stroke: Stroke, side: Side) -> Stroke:
    """Returns a stroke to the left or the right; only a roll has sides."""
    away = stroke.track == "roll" and side != "left"
    return stroke._replace(amount=-stroke.amount) if away else stroke
