"""What a recogniser has to be for this package."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agent.speech.ears.transcript import Transcript


class Ears(Protocol):
    """The models that listen."""

    async def transcribe(
        self, samples: NDArray[np.int16], vocabulary: tuple[str, ...]
    ) -> Transcript:
        """Returns what is said in (n,) int16 at 16 kHz. Raises `ModelUnavailable`.

        `vocabulary` are names that are likely to occur.
        """

    async def turn_over(self, samples: NDArray[np.int16], silence: float) -> float:
        """Returns the probability that the turn is over. Raises `ModelUnavailable`."""
