"""Third stage: puts chunks together and makes sure that lips meet where they are known to.

Imports `render.chunks`, `render.clock`, `render.stage`, the rules for phones, the neural latent and
the items. Where the voice tells phones, closures (P B M) and lips on teeth (F V) are taken from
them, since their moments are known exactly, and the rest of the mouth is drawn toward what rules
make of them: alone, the model opens it about a tenth less far than they do.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from render.chunks import ChunkKind
from render.clock import FRAME_SECONDS
from render.motion.coarticulation import Coarticulation
from render.motion.engine.items import MovedChunk, Performance, SpeechMotion
from render.motion.mouth import MOUTH_INDEX, MouthTrack
from render.motion.neural.latent import Latents, mouth_of, rest_of
from render.stage import Cancellation, Stage

GUIDANCE: Final = 0.5
"""Share by which known phones draw the mouth toward what rules make of them."""
_CLOSURES = [MOUTH_INDEX[name] for name in ("seal", "tuck")]


@dataclass(slots=True)
class RefinementState:
    """What the stage remembers: frames that wait for the I chunk before them, and the rules."""

    waiting: list[SpeechMotion] = field(default_factory=list)
    rules: MouthTrack | None = None


class Refinement(Stage[Performance, MovedChunk, SpeechMotion, RefinementState]):
    """Chunks in any order of the schedule in, frames in order out."""

    name = "refinement"

    def __init__(self) -> None:
        self._rules = Coarticulation()

    def start(self, request: Performance) -> RefinementState:
        """See `Stage.start`."""
        return RefinementState()

    def run(
        self, state: RefinementState, item: MovedChunk, cancellation: Cancellation
    ) -> Iterator[SpeechMotion]:
        """See `Stage.run`."""
        chunk = item.heard.chunk
        shown = slice(chunk.shown_start - item.first, chunk.shown_stop - item.first)
        frames = self._refined(state, item, item.latents[shown])
        if chunk.bridged:
            state.waiting = frames
            return
        yield from frames
        if chunk.kind is ChunkKind.INTERPOLATION:
            waiting, state.waiting = state.waiting, []
            yield from waiting

    def _refined(
        self, state: RefinementState, item: MovedChunk, latents: Latents
    ) -> list[SpeechMotion]:
        mouth, rest = mouth_of(latents), rest_of(latents)
        first = item.heard.chunk.shown_start
        speech = item.heard.speech
        if speech.told_phones:
            if state.rules is None:
                state.rules = self._rules.begin(speech)
            middles = (first + 0.5 + np.arange(len(latents))) * FRAME_SECONDS
            known = state.rules.at(np.asarray(item.heard.start + middles, np.float64))
            mouth = guided(mouth, known)
        return [
            SpeechMotion(first + index, mouth[index], rest[index]) for index in range(len(latents))
        ]


def guided(mouth: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns mouths (T, MOUTH_SIZE) drawn toward `known`, likewise, with the closures of those."""
    out = mouth + np.float32(GUIDANCE) * (known - mouth)
    out[:, _CLOSURES] = known[:, _CLOSURES]
    return out
