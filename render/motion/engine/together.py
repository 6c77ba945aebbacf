"""One model for many speakers: chunks are computed together, and a chunk known already is recalled.

Nobody waits for company: whoever asks while nothing is computed computes at once, and what is asked
for meanwhile is computed together next, beginnings of utterances first. So a lone speaker is as
quick as without this, and batches grow with the load.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from render.motion.neural.contract import ChunkRequest, MotionGenerator, check
from render.motion.neural.latent import Latents

MOST_TOGETHER: Final = 8
"""Larger batches hardly save more, and hold up a beginning that comes meanwhile."""
RECALLED: Final = 1_024
"""Chunks remembered; some two megabytes."""


class GroupGenerator(MotionGenerator, Protocol):
    """A `MotionGenerator` that saves time on several chunks of one shape."""

    def generate_many(self, requests: Sequence[ChunkRequest]) -> list[Latents]:
        """Returns what `generate` would of each. Raises what it does."""
        ...


@dataclass(slots=True, eq=False)
class _Asked:
    """A request that waits, and what becomes of it.

    Attributes:
        shape: Requests of one shape can be computed together.
        beginning: Whether an utterance begins with it, so that somebody waits to see it.
    """

    request: ChunkRequest
    shape: tuple[bytes, int]
    beginning: bool
    made: Latents | None = None
    failed: Exception | None = None

    @property
    def done(self) -> bool:
        return self.made is not None or self.failed is not None


class Together:
    """Generates for several utterances at once (a `MotionGenerator`). Safe for many threads.

    Args:
        model: What generates.
        recalled: Chunks remembered; none if 0.

    Attributes:
        computed: Chunks that the model was asked for.
        batches: In how many batches.
        recalls: Chunks that were remembered instead.
    """

    def __init__(self, model: GroupGenerator, recalled: int = RECALLED) -> None:
        self._model = model
        self._recalled = recalled
        self._computing = threading.Lock()
        self._lock = threading.Lock()
        self._waiting: list[_Asked] = []
        self._known: OrderedDict[bytes, Latents] = OrderedDict()
        self.computed = self.batches = self.recalls = 0

    def generate(self, request: ChunkRequest) -> Latents:
        """See `MotionGenerator.generate`; waits while other chunks are computed."""
        check(request)
        key = digest(request) if self._recalled else b""
        with self._lock:
            if (known := self._recall(key)) is not None:
                return known
            asked = _Asked(
                request, (request.times.tobytes(), request.steps), not request.mask.any()
            )
            self._waiting.append(asked)
        while not asked.done:
            with self._computing:
                if not asked.done:
                    self._compute(self._next())
        if asked.failed is not None:
            raise asked.failed
        assert asked.made is not None
        with self._lock:
            self._remember(key, asked.made)
        return asked.made.copy()

    def _next(self) -> list[_Asked]:
        """Takes the most urgent request that waits, and others of its shape."""
        with self._lock:
            first = next((asked for asked in self._waiting if asked.beginning), self._waiting[0])
            alike = [a for a in self._waiting if a.shape == first.shape and a is not first]
            batch = [first, *alike[: MOST_TOGETHER - 1]]
            self._waiting = [asked for asked in self._waiting if asked not in batch]
        return batch

    def _compute(self, batch: list[_Asked]) -> None:
        self.batches += 1
        self.computed += len(batch)
        try:
            results = self._model.generate_many([asked.request for asked in batch])
        except Exception as error:
            for asked in batch:
                asked.failed = error
            return
        for asked, made in zip(batch, results, strict=True):
            asked.made = made

    def _recall(self, key: bytes) -> Latents | None:
        known = self._known.get(key)
        if known is None:
            return None
        self._known.move_to_end(key)
        self.recalls += 1
        return known.copy()

    def _remember(self, key: bytes, made: Latents) -> None:
        if not self._recalled:
            return
        self._known[key] = made
        if len(self._known) > self._recalled:
            self._known.popitem(last=False)


def digest(request: ChunkRequest) -> bytes:
    """Returns a fingerprint of all that a chunk depends on."""
    told, style = request.references, request.references.style
    factors = None if style is None else (style.jaw, style.lips, style.liveliness)
    found = hashlib.blake2b(repr((request.seed, request.steps, factors)).encode(), digest_size=16)
    known = np.where(request.mask[:, None], request.known, 0).astype(np.float32)
    for part in (request.audio, known, request.mask, request.times):
        found.update(part.tobytes())
    for vector in (told.identity, told.text, told.scene):
        found.update(b"-" if vector is None else vector.tobytes())
    return found.digest()
