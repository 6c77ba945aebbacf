"""First stage: chooses the frames of each chunk and cuts out what the model hears of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import firwin, upfirdn  # type: ignore[import-untyped]

from render.chunks import Chunk, ChunkKind, ChunkPlan, next_chunk
from render.clock import AUDIO_RATE, FRAME_SAMPLES, FRAME_SECONDS
from render.motion.engine.items import HeardChunk, Performance, SpeechPart
from render.motion.neural.contract import (
    CONTEXT_FRAMES,
    LOOK_AHEAD,
    SAMPLES_PER_FRAME,
    References,
)
from render.motion.neural.manner import sentence_vector
from render.motion.sentence import kind_of
from render.motion.speech import Speech
from render.stage import Cancellation, Stage

BOUNDARY: Final = 2
"""Known frames the model is given where chunks meet, as many as there are."""
BRIDGE_MARGIN: Final = 5
"""Frames ahead of playback from which a seam is bridged: generating two chunks takes less."""
_KEPT_SECONDS: Final = (CONTEXT_FRAMES + BOUNDARY + 1) * FRAME_SECONDS + 1.0
_UP, _DOWN = 2, 3
"""24 kHz to 16 kHz."""
_HALF: Final = 30
"""Half the length of the filter at 48 kHz; a multiple of both factors."""
_FILTER: Final = (_UP * firwin(2 * _HALF + 1, 7_400, fs=_UP * AUDIO_RATE)).astype(np.float32)
_FULL_SCALE: Final = np.float32(1 / 32768)


@dataclass(slots=True)
class ContextState:
    """What the stage remembers of an utterance: its last seconds, and the plan."""

    performance: Performance
    speech: Speech = field(default_factory=Speech)
    plan: ChunkPlan = field(default_factory=ChunkPlan)


class Context(Stage[Performance, SpeechPart, HeardChunk, ContextState]):
    """Sound in, chunks with their sound out, as soon as there is enough of it."""

    name = "context"

    def start(self, request: Performance) -> ContextState:
        """See `Stage.start`."""
        return ContextState(request)

    def run(
        self, state: ContextState, item: SpeechPart, cancellation: Cancellation
    ) -> Iterator[HeardChunk]:
        """See `Stage.run`."""
        state.speech.append_sound(item.samples, item.phones, item.words)
        if item.last:
            state.speech.mark_finished()
        while planned := next_chunk(
            state.plan,
            self._received(state),
            state.speech.finished,
            self._bridging(state),
            state.performance.lengths,
        ):
            state.plan, chunk = planned
            yield self._heard(state, chunk)
        covered = (state.plan.frames - state.performance.lead_frames) * FRAME_SECONDS
        state.speech.drop_before(covered - _KEPT_SECONDS)

    def _received(self, state: ContextState) -> int:
        length, lead = state.speech.length, state.performance.lead_frames
        if not length:
            return 0
        whole = -(-length // FRAME_SAMPLES) if state.speech.finished else length // FRAME_SAMPLES
        return lead + whole

    def _bridging(self, state: ContextState) -> bool:
        performance = state.performance
        ahead = state.plan.frames - performance.playing()
        return performance.bridging and ahead >= BRIDGE_MARGIN

    def _heard(self, state: ContextState, chunk: Chunk) -> HeardChunk:
        start, stop, after = chunk.start, chunk.stop, 0
        if chunk.kind is ChunkKind.INTERPOLATION:
            start, stop = chunk.shown_start, chunk.shown_stop
            after = min(BOUNDARY, state.plan.frames - stop)
        before = min(BOUNDARY, start)
        lead = state.performance.lead_frames
        audio = resampled(
            state.speech,
            start - before - CONTEXT_FRAMES - lead,
            stop + after + LOOK_AHEAD - lead,
        )
        offset = -lead * FRAME_SECONDS
        middle = offset + (start + stop) / 2 * FRAME_SECONDS
        references = _references(state, middle)
        return HeardChunk(chunk, before, after, audio, state.speech, offset, references)


def _references(state: ContextState, moment: float) -> References:
    """What the model is told at a moment of the utterance: its sentence's kind, the style."""
    told = state.performance.references
    kind = kind_of(state.speech.words, moment)
    text = told.text if kind is None else sentence_vector(kind)
    return replace(told, text=text, style=state.performance.style() or told.style)


def resampled(speech: Speech, first: int, stop: int) -> NDArray[np.float32]:
    """Returns the frames `first` to `stop` of speech in [-1, 1] at 16 kHz; zeros where none is.

    Sound after `stop` is taken to be silent, although the filter would reach 0.6 ms into it, so
    that the result does not depend on when sound arrives.
    """
    margin = _HALF // _UP
    samples = speech.samples(first * FRAME_SAMPLES - margin, stop * FRAME_SAMPLES)
    filtered = upfirdn(_FILTER, samples.astype(np.float32) * _FULL_SCALE, _UP, _DOWN)
    offset = (margin * _UP + _HALF) // _DOWN
    wanted = (stop - first) * SAMPLES_PER_FRAME
    padded = np.pad(filtered, (0, max(0, offset + wanted - len(filtered))))
    heard = padded[offset : offset + wanted]
    return np.asarray(np.clip(heard, -1.0, 1.0), np.float32)
