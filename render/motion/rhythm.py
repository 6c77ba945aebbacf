"""The signals behaviour is made of: springs, wandering, movements, breath, blinks.

Each advances one frame per `step`, draws from the generator it was given, and never repeats.
"""

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from render.clock import FRAME_SECONDS

Vector = NDArray[np.float64]


def smoothstep(x: float) -> float:
    """Rises from 0 at 0 to 1 at 1, flat at both ends."""
    x = min(max(x, 0.0), 1.0)
    return x * x * (3 - 2 * x)


class Spring:
    """Follows a target without overshoot (critically damped, exact for a held target).

    Args:
        start: (n,) where it begins, at rest.
        speed: Radians a second, one or (n,); it is there after about 4 / speed seconds.
    """

    def __init__(self, start: Vector, speed: float | Vector) -> None:
        self.value = start.copy()
        self._velocity = np.zeros_like(start)
        self.set_speed(speed)

    def set_speed(self, speed: float | Vector) -> None:
        """Changes the speed, one or (n,); the movement goes on without a jolt."""
        self._speed = np.broadcast_to(np.asarray(speed, float), self.value.shape).copy()
        self._decay = np.exp(-self._speed * FRAME_SECONDS)

    def approach(self, target: Vector) -> Vector:
        """Advances one frame toward `target` (n,) and returns the value (n,)."""
        self.value = _spring(self.value, self._velocity, target, self._speed, self._decay)
        return self.value


@njit(cache=True)
def _spring(
    value: Vector, velocity: Vector, target: Vector, speed: Vector, decay: Vector
) -> Vector:
    """Returns the next value and changes the velocity."""
    after = np.empty_like(value)
    for i in range(value.shape[0]):
        offset = value[i] - target[i]
        drive = (velocity[i] + speed[i] * offset) * FRAME_SECONDS
        after[i] = target[i] + (offset + drive) * decay[i]
        velocity[i] = (velocity[i] - speed[i] * drive) * decay[i]
    return after


class Wander:
    """Several values drifting smoothly and independently around 0.

    Args:
        random: Where chance comes from.
        spread: (n,) standard deviations of the places visited.
        hold: Shortest and longest seconds between changes of course.
        speed: Of the springs that smooth the course, radians a second.
    """

    def __init__(
        self, random: np.random.Generator, spread: Vector, hold: tuple[float, float], speed: float
    ) -> None:
        self._random = random
        self._spread = spread
        self._hold = hold
        self._target = random.normal(size=len(spread)) * spread
        self._left = random.uniform(0, hold[1], len(spread))
        self._spring = Spring(self._target.copy(), speed)

    def drift(self) -> Vector:
        """Advances one frame; returns (n,)."""
        for index in np.flatnonzero(self._left <= 0) if _run_down(self._left) else ():
            self._target[index] = np.clip(self._random.normal(), -2.0, 2.0) * self._spread[index]
            self._left[index] = self._random.uniform(*self._hold)
        return self._spring.approach(self._target)

    def hurry(self) -> None:
        """Lets every value change course now."""
        self._left[:] = 0.0


@njit(cache=True)
def _run_down(left: Vector) -> bool:
    """Takes a frame from all that is left; returns whether something ran out."""
    out = False
    for i in range(left.shape[0]):
        left[i] -= FRAME_SECONDS
        out = out or left[i] <= 0
    return out


@dataclass(slots=True)
class Movement:
    """One movement of one channel: there and back. Times in seconds."""

    channel: int
    amount: float
    delay: float
    attack: float
    hold: float
    release: float
    age: float = 0.0

    def value(self) -> float:
        """The displacement at its present age."""
        since = self.age - self.delay
        if since < self.attack:
            return self.amount * smoothstep(since / self.attack)
        return self.amount * (1 - smoothstep((since - self.attack - self.hold) / self.release))

    @property
    def over(self) -> bool:
        """Whether it has come back."""
        return self.age > self.delay + self.attack + self.hold + self.release


class Movements:
    """The movements under way; those of one channel add up. At most 48 at a time."""

    _MOST = 48

    def __init__(self, size: int) -> None:
        self._size = size
        self._running: list[Movement] = []

    def start_movement(self, movement: Movement) -> None:
        """Starts a movement, unless too many are under way."""
        if len(self._running) < self._MOST:
            self._running.append(movement)

    def next_displacements(self) -> Vector:
        """Advances one frame; returns (size,) displacements."""
        out = np.zeros(self._size)
        for movement in self._running:
            movement.age += FRAME_SECONDS
            out[movement.channel] += movement.value()
        self._running = [movement for movement in self._running if not movement.over]
        return out


class Breath:
    """Breathing: a quicker rise and a slower fall, no two alike."""

    _INHALE = 0.4
    """Share of the cycle."""

    def __init__(self, random: np.random.Generator) -> None:
        self._random = random
        self._phase = float(random.uniform())
        self._depth, self._variation = 0.9, 1.0
        self._spring = Spring(np.array([self._wave()]), 9.0)

    def next_breath(self, period: float) -> float:
        """Advances one frame of a breath of about `period` seconds; returns it in [0, 1]."""
        self._phase += FRAME_SECONDS / (period * self._variation)
        if self._phase >= 1:
            self._phase -= 1
            self._depth = float(self._random.uniform(0.7, 1.0))
            self._variation = float(np.clip(self._random.normal(1.0, 0.12), 0.75, 1.3))
        return min(max(float(self._spring.approach(np.array([self._wave()]))[0]), 0.0), 1.0)

    def inhale(self) -> None:
        """Breathes in before speaking, if not doing so already."""
        if self._phase > self._INHALE:
            self._phase = self._INHALE * 0.4

    def _wave(self) -> float:
        if self._phase < self._INHALE:
            share = self._phase / self._INHALE
        else:
            share = (1 - self._phase) / (1 - self._INHALE)
        return self._depth * (0.5 - 0.5 * math.cos(math.pi * share))


class Blinks:
    """Blinks with human statistics.

    Intervals are log-normal about a mean rate; a lid closes in 80 ms, stays a moment and opens in
    about 170 ms; some blinks are partial, some come in pairs.
    """

    _SPREAD = 0.65
    _CLOSING, _CLOSED = 0.08, 0.045
    _SHORTEST = 0.5
    """Seconds between blinks, but for the second of a pair."""

    def __init__(self, random: np.random.Generator) -> None:
        self._random = random
        self._since = 9.0
        self._opening, self._depth = 0.17, 1.0
        self._due = self._interval() * float(random.uniform(0.3, 1.0))

    def next_closure(self, per_minute: float) -> float:
        """Advances one frame at a mean rate; returns the closure in [0, 1]."""
        self._since += FRAME_SECONDS
        self._due -= per_minute / 60 * FRAME_SECONDS
        if self._due <= 0 and self._since > self._CLOSING + self._CLOSED + self._opening:
            self._start()
        return self._closure()

    def trigger(self) -> None:
        """Blinks now, if the last blink is not too recent."""
        if self._since > self._SHORTEST:
            self._start()

    def _start(self) -> None:
        self._since = 0.0
        self._due = self._interval()
        if self._random.uniform() < 0.06:
            self._due = 0.0
        self._opening = float(self._random.uniform(0.14, 0.21))
        partial = self._random.uniform() < 0.12
        self._depth = float(self._random.uniform(0.6, 0.85)) if partial else 1.0

    def _interval(self) -> float:
        """One interval in units of the mean."""
        spread = self._SPREAD
        drawn = math.exp(self._random.normal(-spread * spread / 2, spread))
        return float(np.clip(drawn, 0.15, 4.0))

    def _closure(self) -> float:
        since = self._since
        if since < self._CLOSING:
            return self._depth * smoothstep(since / self._CLOSING)
        opened = (since - self._CLOSING - self._CLOSED) / self._opening
        return self._depth * (1 - smoothstep(opened))
