"""The One-Euro filter: steadies slow signals, follows quick ones."""

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


class OneEuro:
    """Low-pass filter whose cutoff rises with speed.

    Casiez, Roussel and Vogel, "1 € filter: a simple speed-based low-pass filter for noisy input
    in interactive systems", CHI 2012.

    Args:
        seconds: Between samples.
        cutoff: Hz, one or (n,), while nothing moves.
        beta: Hz more per unit a second, one or (n,).
        speed_cutoff: Hz, of the speed's own smoothing.
    """

    def __init__(
        self,
        seconds: float,
        cutoff: float | Vector = 1.0,
        beta: float | Vector = 0.0,
        speed_cutoff: float = 1.0,
    ) -> None:
        self._seconds = seconds
        self._cutoff = cutoff
        self._beta = beta
        self._speed_share = self._share(speed_cutoff)
        self._value: Vector | None = None
        self._speed = np.zeros(0)

    def smooth(self, value: Vector) -> Vector:
        """Takes in the next (n,) sample and returns the steadied one."""
        if self._value is None:
            self._value, self._speed = value.copy(), np.zeros_like(value)
            return self._value
        speed = (value - self._value) / self._seconds
        self._speed = self._speed + self._speed_share * (speed - self._speed)
        share = self._share(self._cutoff + self._beta * np.abs(self._speed))
        self._value = self._value + share * (value - self._value)
        return self._value

    def reset(self) -> None:
        """Starts afresh with the next sample."""
        self._value = None

    def _share(self, cutoff: float | Vector) -> Vector:
        """Returns the weight of a new sample."""
        turned = 2 * np.pi * np.asarray(cutoff) * self._seconds
        return np.asarray(turned / (turned + 1))
