"""Third stage: puts chunks together, carries the head across their seams, and makes sure that lips
meet where they are known to.

Where the voice tells phones, closures (P B M) and lips on teeth (F V) are taken from them, since
their moments are known exactly, and the rest of the mouth is drawn half of the way to what rules
make of them: that halves what the model gets wrong.
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
from render.motion.rhythm import smoothstep
from render.stage import Cancellation, Stage
from render.types import CHANNEL_INDEX

GUIDANCE: Final = 0.5
"""Share by which known phones draw the mouth toward what rules make of them."""
CARRY_FRAMES: Final = 12
"""In which a head that was elsewhere when a chunk ended comes to where the next has it."""
_SLOW = [CHANNEL_INDEX[name] for name in
         ("yaw", "pitch", "roll", "browInnerUp", "browOuterUpLeft", "browOuterUpRight",
          "browDownLeft", "browDownRight")]  # fmt: skip
_BROWS = slice(3, None)
_CLOSURES = [MOUTH_INDEX[name] for name in ("seal", "tuck")]


@dataclass(slots=True)
class RefinementState:
    """What the stage remembers: frames that wait for the I chunk before them; the rest.

    Attributes:
        waiting: See above.
        rules: What known phones make of the mouth, if any are known.
        carry: Takes head and brows across seams.
    """

    waiting: list[SpeechMotion] = field(default_factory=list)
    rules: MouthTrack | None = None
    carry: "Carry" = field(default_factory=lambda: Carry())


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
        yield from map(state.carry.across, frames, _first_of(frames))
        if chunk.kind is ChunkKind.INTERPOLATION:
            waiting, state.waiting = state.waiting, []
            yield from map(state.carry.across, waiting, _first_of(waiting))

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


class Carry:
    """Takes what moves slowly across seams without a jolt.

    Where the next chunk does not have head and brows where they were going, the difference is
    carried over and fades (inertialisation; Bollo, "Inertialization: high-performance animation
    transitions", 2018).
    """

    def __init__(self) -> None:
        self._last: NDArray[np.float32] | None = None
        self._step = np.zeros(len(_SLOW), np.float32)
        self._offset = np.zeros(len(_SLOW), np.float32)
        self._age = 0

    def across(self, motion: SpeechMotion, seam: bool) -> SpeechMotion:
        """Returns the next frame as it is shown; `seam` says that a chunk begins with it."""
        own = motion.rest[_SLOW]
        if seam and self._last is not None:
            self._offset, self._age = self._last + self._step - own, 0
        fade = np.float32(1 - smoothstep(self._age / CARRY_FRAMES))
        self._age += 1
        shown = own + fade * self._offset
        shown[_BROWS] = np.clip(shown[_BROWS], 0.0, 1.0)
        if self._last is not None:
            self._step = shown - self._last
        self._last = shown
        rest = motion.rest.copy()
        rest[_SLOW] = shown
        return SpeechMotion(motion.frame, motion.mouth, rest)


def _first_of(frames: list[SpeechMotion]) -> list[bool]:
    return [index == 0 for index in range(len(frames))]


def guided(mouth: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns mouths (T, MOUTH_SIZE) drawn toward `known`, likewise, with the closures of those."""
    out = mouth + np.float32(GUIDANCE) * (known - mouth)
    out[:, _CLOSURES] = known[:, _CLOSURES]
    return out
