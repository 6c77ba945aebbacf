"""Vectors of sentences, kept on disk.

One file for each model holds the vector of every sentence that was embedded: a changed knowledge
file costs only its new sentences, and what personas share is embedded once. The sentences of the
personas we ship come embedded (`python -m agent.mind.retrieval.ship` makes that file), in 8 bits.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from agent.mind.retrieval.embedding import Embedder, Vectors

SHIPPED: Final = Path(__file__).parent / "shipped"
"""Where vectors lie that come with the code."""

_MOST: Final = 20_000
"""Sentences kept; the oldest go first. One takes 1.6 kB."""


class VectorStore:
    """The vectors that one model made.

    Args:
        embedder: Makes the vectors that are missing.
        folder: Where the file lies; None keeps nothing.
    """

    def __init__(self, embedder: Embedder, folder: Path | None) -> None:
        self._embedder = embedder
        name = hashlib.sha256(embedder.key.encode()).hexdigest()[:16]
        self._path = folder / f"sentences-{name}.npz" if folder else None
        self._shipped = SHIPPED / f"sentences-{name}.npz"
        self._known = _unpack(self._shipped) | self._read()
        self._used: dict[str, None] = {}

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Returns (n, d) float32 unit vectors of questions."""
        return self._vectors("query", texts, self._embedder.queries)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Returns (n, d) float32 unit vectors of statements."""
        return self._vectors("passage", texts, self._embedder.passages)

    def _vectors(
        self, kind: str, texts: Sequence[str], embed: Callable[[Sequence[str]], Vectors]
    ) -> Vectors:
        """Embeds texts one by one: padding a batch to its longest is slower on one thread."""
        if not texts:
            return np.zeros((0, embed([""]).shape[1]), np.float32)
        keys = [hashlib.sha256(f"{kind}\0{text}".encode()).hexdigest()[:32] for text in texts]
        missing = {
            key: text for key, text in zip(keys, texts, strict=True) if key not in self._known
        }
        self._used.update(dict.fromkeys(keys))
        for key, text in missing.items():
            self._known[key] = np.asarray(embed([text])[0], np.float32)
        if missing:
            self._write()
        return np.stack([self._known[key] for key in keys])

    def ship(self) -> Path:
        """Writes the vectors asked for so far to where they come with the code."""
        vectors = np.stack([self._known[key] for key in self._used])
        scales = np.abs(vectors).max(1) / 127
        self._shipped.parent.mkdir(exist_ok=True)
        np.savez(
            self._shipped,
            keys=np.array([bytes.fromhex(key) for key in self._used]),
            vectors=np.round(vectors / scales[:, None]).astype(np.int8),
        )
        return self._shipped

    def _read(self) -> dict[str, Vectors]:
        if not self._path or not self._path.is_file():
            return {}
        try:
            with np.load(self._path) as kept:
                return dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))
        except (OSError, ValueError, KeyError):
            self._path.unlink(missing_ok=True)  # a damaged file is made anew
            return {}

    def _write(self) -> None:
        if not self._path:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        kept = dict(list(self._known.items())[-_MOST:])
        unfinished = self._path.with_suffix(f".{os.getpid()}.tmp.npz")
        np.savez(unfinished, keys=np.array(list(kept)), vectors=np.stack(list(kept.values())))
        unfinished.replace(self._path)


def _unpack(path: Path) -> dict[str, Vectors]:
    """Returns the unit vectors of a shipped file; none if there is none."""
    if not path.is_file():
        return {}
    with np.load(path) as kept:
        vectors = kept["vectors"].astype(np.float32)
        names = [bytes(key).ljust(16, b"\0").hex() for key in kept["keys"]]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return dict(zip(names, vectors, strict=True))
