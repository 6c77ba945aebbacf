"""What a question means, learned from all questions that are known.

Kernel ridge regression (Saunders, Gammerman and Vovk 1998) on sentence vectors, one output for each
fact, for "nobody knows" and for each kind of small talk. Unlike the nearest neighbour it weighs
all known questions: those of other facts count against a fact.
"""

from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

_RIDGE: Final = 0.1
"""How little a single example is trusted."""
_LANDMARKS: Final = 3000
"""Most examples that new ones are compared with; of more, an even choice stands for all."""


class Learned:
    """Tells what sentences mean by their vectors.

    Args:
        vectors: (n, d) unit vectors of the known sentences.
        meanings: (n,) number of what each means.
        count: How many meanings there are.
        landmarks: Most sentences that new ones are compared with.
    """

    def __init__(
        self,
        vectors: Matrix,
        meanings: NDArray[np.intp],
        count: int,
        landmarks: int = _LANDMARKS,
    ) -> None:
        self._mean: Matrix = vectors.mean(axis=0)
        examples = self._centred(vectors)
        self._wanted: Matrix = np.eye(count, dtype=np.float32)[meanings]
        chosen = np.linspace(0, len(examples) - 1, min(len(examples), landmarks)).astype(np.intp)
        self._landmarks = examples[chosen]
        likeness = self._likeness(examples)
        if len(chosen) == len(examples):
            self._weights = np.linalg.solve(self._ridged(likeness), self._wanted)
        else:  # Nyström's approximation
            within = _RIDGE * likeness[chosen]
            self._weights = np.linalg.solve(
                likeness.T @ likeness + within, likeness.T @ self._wanted
            )

    def meant(self, vector: Matrix, without: int | None = None) -> Matrix:
        """Returns (count,) how much each meaning fits: about 1 for the right one, 0 for others.

        Args:
            vector: (d,) unit vector of a sentence.
            without: An example to leave out, as if it had never been known.
        """
        alike = self._likeness(self._centred(vector[None]))[0]
        fit: Matrix = alike @ self._weights
        if without is None:
            return fit
        column = self._inverse[:, without]
        return np.asarray(fit - (alike @ column) * self._weights[without] / column[without])

    @cached_property
    def _inverse(self) -> Matrix:
        inverse: Matrix = np.linalg.inv(self._ridged(self._likeness(self._landmarks)))
        return inverse

    def _centred(self, vectors: Matrix) -> Matrix:
        """Sentence vectors point all the same way: what tells them apart is around their mean."""
        moved = vectors - self._mean
        length = np.linalg.norm(moved, axis=1, keepdims=True)
        return np.asarray(moved / np.maximum(length, 1e-6), np.float32)

    def _likeness(self, examples: Matrix) -> Matrix:
        """Returns (n, landmarks) in (0, 1]: the kernel."""
        return np.asarray(np.exp(examples @ self._landmarks.T - 1))

    @staticmethod
    def _ridged(likeness: Matrix) -> Matrix:
        return np.asarray(likeness + _RIDGE * np.eye(len(likeness), dtype=np.float32))
