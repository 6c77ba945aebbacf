"""Where the eyes look: at the user, aside, or up in thought; with saccades between.

Eyes jump and then rest: within a look they make tiny saccades every half second or so, and they
turn against the head to keep their target.
"""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from render.clock import FRAME_SECONDS
from render.motion.gesture import MOST_SECONDS
from render.types import Attitude

DEGREES_X, DEGREES_Y = 30.0, 24.0
"""Degrees an eye turns at a gaze of 1."""
_SACCADE = 0.78
"""Share of the way to the target an eye covers per frame: small saccades last 30-60 ms."""
_MICRO = (0.022, 0.009)
"""Standard deviations of micro-saccades, gaze units (0.6 and 0.2 degrees)."""
_MICRO_SECONDS = (0.3, 1.3)
_EYE_LIMIT = 0.85


@dataclass(frozen=True, slots=True)
class _Habit:
    """How an attitude looks: mean seconds at the user and away, and where away lies."""

    contact: float
    away: float
    aside: float
    up: float
    starts_away: bool = False


_HABITS = MappingProxyType(
    {
        Attitude.IDLE: _Habit(contact=3.2, away=1.1, aside=0.30, up=-0.09),
        Attitude.LISTENING: _Habit(contact=6.0, away=0.6, aside=0.16, up=-0.05),
        Attitude.THINKING: _Habit(contact=0.7, away=2.0, aside=0.42, up=0.50, starts_away=True),
        Attitude.SPEAKING: _Habit(contact=3.0, away=0.9, aside=0.26, up=-0.05),
    }
)


_LARGE = 0.2
"""Gaze units from which a saccade is large."""
_LASTING, _LASTING_LIMITS = (-0.1, 0.45), (0.4, 2.5)
"""How long a look lasts, as a log-normal factor on the habit's mean: mean and deviation of its
logarithm, and its bounds."""
_OTHER_SIDE_CHANCE = 0.35
"""Of looking aside to the other side than last time."""
_REACH = (0.6, 1.2)
"""Factor on how far a look aside goes, least and most."""
_FIRST_SECONDS, _FIRST_MICRO_SECONDS = 2.0, 0.5
"""Until the first look elsewhere, and the first micro-saccade."""


class Gaze:
    """The two eyes of one person, looking together."""

    def __init__(self, random: np.random.Generator) -> None:
        self._random = random
        self._attitude = Attitude.IDLE
        self._away = False
        self._left = _FIRST_SECONDS
        self._held = 0.0
        self._micro_left = _FIRST_MICRO_SECONDS
        self._look = np.zeros(2)
        self._micro = np.zeros(2)
        self._eyes = 0.0, 0.0
        self.side = 1.0 if random.uniform() < 0.5 else -1.0

    @property
    def look(self) -> tuple[float, float]:
        """Where the person looks, in gaze units relative to the camera; the head follows it."""
        return float(self._look[0]), float(self._look[1])

    def look_at(self, x: float, y: float, seconds: float) -> None:
        """Looks somewhere, in gaze units relative to the camera, for `seconds`."""
        self._look = np.clip([x, y], -1.0, 1.0)
        self._held = self._left = min(max(seconds, 0.0), MOST_SECONDS)
        self._away = True

    def next_gaze(
        self, attitude: Attitude, yaw: float, pitch: float, aside: tuple[float, float] = (0.0, 0.0)
    ) -> tuple[float, float, bool]:
        """Advances one frame.

        Args:
            attitude: What the person is doing.
            yaw: Of the head, degrees.
            pitch: Of the head, degrees.
            aside: What a feeling adds to the look, gaze units.

        Returns:
            gazeX and gazeY of the eyes in the head, and whether a large saccade starts.
        """
        before_x, before_y = self.look
        self._held -= FRAME_SECONDS
        if attitude is not self._attitude and self._held <= 0:
            self._attitude = attitude
            self._go(away=_HABITS[attitude].starts_away)
        self._left -= FRAME_SECONDS
        if self._left <= 0:
            self._go(away=not self._away)
        self._micro_left -= FRAME_SECONDS
        if self._micro_left <= 0:
            self._micro = self._random.normal(size=2) * _MICRO
            self._micro_left = float(self._random.uniform(*_MICRO_SECONDS))
        look_x, look_y = self.look
        micro_x, micro_y = float(self._micro[0]), float(self._micro[1])
        x, y = self._eyes
        x += _SACCADE * (_limited(look_x + micro_x + aside[0] - yaw / DEGREES_X) - x)
        y += _SACCADE * (_limited(look_y + micro_y + aside[1] - pitch / DEGREES_Y) - y)
        self._eyes = x, y
        return x, y, max(abs(look_x - before_x), abs(look_y - before_y)) > _LARGE

    def _go(self, away: bool) -> None:
        habit = _HABITS[self._attitude]
        self._away = away
        mean = habit.away if away else habit.contact
        self._left = mean * float(np.clip(self._random.lognormal(*_LASTING), *_LASTING_LIMITS))
        if not away:
            self._look = np.zeros(2)
            return
        if self._random.uniform() < _OTHER_SIDE_CHANCE:
            self.side = -self.side
        reach = self._random.uniform(*_REACH, 2)
        self._look = np.array([self.side * habit.aside, habit.up]) * reach


def _limited(gaze: float) -> float:
    return min(max(gaze, -_EYE_LIMIT), _EYE_LIMIT)
