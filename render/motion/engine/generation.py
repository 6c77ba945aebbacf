"""Second stage: chunks of sound to chunks of motion, each going on from the one before."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np

from render.chunks import Chunk, ChunkKind
from render.module import Module
from render.motion.engine.context import BOUNDARY
from render.motion.engine.items import HeardChunk, MovedChunk, Performance
from render.motion.neural.contract import I_STEPS, N_STEPS, ChunkRequest, MotionGenerator
from render.motion.neural.latent import LATENT_SIZE, Latents
from render.stage import Cancellation, Stage

_NOTHING = np.zeros((0, LATENT_SIZE), np.float32)


@dataclass(slots=True)
class GenerationState:
    """What the stage remembers of an utterance: the newest N chunk and the end of the one before.

    Attributes:
        seed: Of the noise; None until there is sound to take it from.
        frames: (T, LATENT_SIZE) the newest N chunk, and before it enough of what it goes on from.
        stop: Number of the frame after the last of these.
    """

    seed: int | None
    frames: Latents = field(default_factory=_NOTHING.copy)
    stop: int = 0

    def known(self, start: int, stop: int) -> Latents:
        """Returns the frames `start` to `stop` of these."""
        first = self.stop - len(self.frames)
        return self.frames[start - first : stop - first]


class Generation(Stage[Performance, HeardChunk, MovedChunk, GenerationState]):
    """Runs the audio-to-motion model.

    Args:
        model: What generates.
        modules: The models behind it, if they can be moved.
    """

    name = "audio_to_motion"

    def __init__(self, model: MotionGenerator, modules: tuple[Module, ...] = ()) -> None:
        self._model = model
        self.modules = modules

    def start(self, request: Performance) -> GenerationState:
        """See `Stage.start`."""
        return GenerationState(request.seed)

    def run(
        self, state: GenerationState, item: HeardChunk, cancellation: Cancellation
    ) -> Iterator[MovedChunk]:
        """See `Stage.run`."""
        chunk, following = item.chunk, item.chunk.kind is ChunkKind.NEXT
        if state.seed is None:
            state.seed = crc32(item.audio.tobytes())
        start = chunk.start if following else chunk.shown_start
        stop = chunk.stop if following else chunk.shown_stop
        request = ChunkRequest.without_gaps(
            item.audio,
            stop - start,
            before=state.known(start - item.before, start),
            after=state.known(stop, stop + item.after) if item.after else None,
            references=item.references,
            seed=_seed(state.seed, chunk),
            steps=N_STEPS if following else I_STEPS,
        )
        made = self._model.generate(request)[item.before : item.before + stop - start]
        if following:
            state.frames = np.concatenate([state.frames[-BOUNDARY:], made])
            state.stop = stop
        yield MovedChunk(item, start, made)


def _seed(seed: int, chunk: Chunk) -> int:
    parts = (seed % 2**63, chunk.kind is ChunkKind.INTERPOLATION, chunk.number)
    return int(np.random.SeedSequence(parts).generate_state(1)[0])
