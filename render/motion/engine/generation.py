"""Second stage: chunks of sound to chunks of motion, each going on from the one before.

Imports `render.chunks`, `render.module`, `render.stage`, the items and the neural contract.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from render.chunks import Chunk, ChunkKind
from render.module import Module
from render.motion.engine.context import BOUNDARY
from render.motion.engine.items import HeardChunk, MovedChunk, Performance
from render.motion.neural.contract import (
    I_STEPS,
    N_STEPS,
    ChunkRequest,
    MotionGenerator,
    References,
)
from render.motion.neural.latent import LATENT_SIZE, Latents
from render.stage import Cancellation, Stage

_NOTHING = np.zeros((0, LATENT_SIZE), np.float32)


@dataclass(slots=True)
class GenerationState:
    """What the stage remembers of an utterance: the newest N chunk and the end of the one before.

    Attributes:
        references: Who speaks, and how.
        seed: Of the noise.
        earlier: (1, LATENT_SIZE) the last frame of the N chunk before the newest.
        newest: (T, LATENT_SIZE) the newest N chunk.
        stop: Frame after the last of these.
    """

    references: References
    seed: int
    earlier: Latents = field(default_factory=_NOTHING.copy)
    newest: Latents = field(default_factory=_NOTHING.copy)
    stop: int = 0


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
        return GenerationState(request.references, request.seed)

    def run(
        self, state: GenerationState, item: HeardChunk, cancellation: Cancellation
    ) -> Iterator[MovedChunk]:
        """See `Stage.run`."""
        if item.chunk.kind is ChunkKind.NEXT:
            latents = self._go_on(state, item)
        else:
            latents = self._bridge(state, item)
        yield MovedChunk(item, latents)

    def _go_on(self, state: GenerationState, item: HeardChunk) -> Latents:
        tail = state.newest[len(state.newest) - item.before :]
        made = self._model.generate(
            ChunkRequest.of(
                item.audio,
                len(item.chunk),
                before=tail,
                references=state.references,
                seed=_seed(state.seed, item.chunk),
                steps=N_STEPS,
            )
        )[item.before :]
        state.earlier = state.newest[-1:]
        joined = np.concatenate([state.newest[-BOUNDARY:], made])
        state.newest = joined[-max(len(made), BOUNDARY) :]
        state.stop = item.chunk.stop
        return made

    def _bridge(self, state: GenerationState, item: HeardChunk) -> Latents:
        chunk = item.chunk
        anchor = len(state.newest) - (state.stop - chunk.stop) - 1
        after = state.newest[anchor : anchor + 1]
        return self._model.generate(
            ChunkRequest.of(
                item.audio,
                len(chunk) - 2,
                before=state.earlier,
                after=after,
                references=state.references,
                seed=_seed(state.seed, chunk),
                steps=I_STEPS,
            )
        )


def _seed(seed: int, chunk: Chunk) -> int:
    parts = (seed % 2**63, chunk.kind is ChunkKind.INTERPOLATION, chunk.number)
    return int(np.random.SeedSequence(parts).generate_state(1)[0])
