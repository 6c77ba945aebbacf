"""The seam between speech and mouth: what a mouth model promises, and how mouths blend.

A `MouthModel` is made once and shared; it starts one `MouthTrack` per utterance. The rule-based
coarticulation is the first implementation, a neural engine another: the performer knows only what
stands here.
"""

from typing import Final, Protocol

import numpy as np
from numba import njit
from numpy.typing import NDArray

from render.motion.speech import Speech
from render.types import CHANNEL_INDEX, CHANNELS, CORRECTIVES

MOUTH_CHANNELS: Final[tuple[str, ...]] = tuple(
    name
    for name in CHANNELS
    if name.startswith(("jaw", "mouth")) or name in ("cheekPuff", "tongueOut", *CORRECTIVES)
)
"""The channels a mouth model sets, in this order."""
MOUTH_SIZE: Final = len(MOUTH_CHANNELS)
MOUTH_INDEX: Final = {name: index for index, name in enumerate(MOUTH_CHANNELS)}
MOUTH_IN_MOTION: Final = np.array([CHANNEL_INDEX[name] for name in MOUTH_CHANNELS])
"""Where each of `MOUTH_CHANNELS` lies in a `Motion`."""


_REST = np.zeros(MOUTH_SIZE, np.float32)


class MouthTrack(Protocol):
    """The mouth of one utterance."""

    def at(self, times: NDArray[np.float64]) -> NDArray[np.float32]:
        """Returns the mouth at some moments, from what the `Speech` holds by now.

        A value is final once the speech is known `MouthModel.look_ahead` seconds beyond its
        moment: asked again later, or asked of the whole utterance, it is the same.

        Args:
            times: (T,) seconds of the utterance, ascending; may be negative (anticipation).

        Returns:
            (T, MOUTH_SIZE) float32 in [0, 1]; all zeros is the resting, closed mouth.
        """
        ...


class MouthModel(Protocol):
    """Turns sound and phones into mouth movement."""

    @property
    def look_ahead(self) -> float:
        """Seconds of speech beyond a moment on which the mouth at that moment depends."""
        ...

    def begin(self, speech: Speech) -> MouthTrack:
        """Starts the mouth of one utterance, which goes on arriving in `speech`."""
        ...


class Settling:
    """Lets the mouth pass smoothly from one source to another, within three frames; to rest in two.

    Where a source would jump (speech is cut, starts, or is corrected by phones that arrived
    late), the difference at the previous frame is carried over and fades; where it does not, the
    source passes unchanged, to the bit (inertialisation; Bollo, "Inertialization: high-performance
    animation transitions", 2018).
    """

    FADE: Final = (0.6, 0.2)
    """Share of the difference left in the first and second frame; none in the third."""
    TO_REST: Final = (0.4,)
    """The same where speech stops: who is interrupted shuts the mouth in the second frame."""
    _TOLERANCE = 1e-4

    def __init__(self) -> None:
        self._last = np.zeros(MOUTH_SIZE, np.float32)
        self._offset = np.zeros(MOUTH_SIZE, np.float32)
        self._fade: tuple[float, ...] = self.FADE
        self._age = len(self._fade)

    def rest(self) -> NDArray[np.float32]:
        """Advances one frame in which nothing is said. Returns the mouth to show, as `step`."""
        return self._step(_REST, _REST, self.TO_REST)

    def settle(self, before: NDArray[np.float32], now: NDArray[np.float32]) -> NDArray[np.float32]:
        """Advances one frame.

        Args:
            before: (MOUTH_SIZE,) the present source's mouth one frame ago.
            now: (MOUTH_SIZE,) its mouth in this frame.

        Returns:
            (MOUTH_SIZE,) the mouth to show, in [0, 1].
        """
        return self._step(before, now, self.FADE)

    def _step(
        self, before: NDArray[np.float32], now: NDArray[np.float32], fade: tuple[float, ...]
    ) -> NDArray[np.float32]:
        if _jump(self._last, before, self._share(self._age - 1), self._offset) > self._TOLERANCE:
            self._offset, self._fade, self._age = self._last - before, fade, 0
        share = self._share(self._age)
        self._age += 1
        self._last = now if share == 0.0 else np.clip(now + share * self._offset, 0.0, 1.0)
        return self._last

    def _share(self, age: int) -> float:
        return self._fade[age] if 0 <= age < len(self._fade) else 0.0


@njit(cache=True)
def _jump(
    last: NDArray[np.float32],
    before: NDArray[np.float32],
    share: float,
    offset: NDArray[np.float32],
) -> float:
    """Returns how far what was shown is from a source and what is left of an offset to it."""
    most = 0.0
    for i in range(last.shape[0]):
        most = max(most, abs(float(last[i]) - float(before[i]) - share * float(offset[i])))
    return most
