"""The seam between the engine and the model: what a chunk asks for, and what comes back.

The engine decides which frames a chunk holds and which of them are known; the model knows nothing
of streams, files or time.
"""

from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from render.clock import FRAME_RATE
from render.motion.neural.errors import BadAudio, BadChunk
from render.motion.neural.latent import LATENT_SIZE, Latents

MODEL_RATE: Final = 16_000
"""Samples a second that the model hears."""
SAMPLES_PER_FRAME: Final = MODEL_RATE // FRAME_RATE
CONTEXT_FRAMES: Final = 16
"""Frames of sound before the first frame that the model hears; zeros before the beginning."""
LOOK_AHEAD: Final = 2
"""Frames of sound after the last frame that the model hears; zeros after the end."""
MOST_FRAMES: Final = 32
"""Longest span of a chunk."""
N_STEPS: Final = 4
I_STEPS: Final = 2
"""Steps of the sampler for chunks of the timeline, and for those that smooth a seam."""


@dataclass(frozen=True, slots=True)
class Style:
    """How somebody speaks; 1 is conversational.

    Attributes:
        jaw: Factor on how far the jaw opens.
        lips: Factor on how far the lips part.
        liveliness: Factor on how much head and brows move.
    """

    jaw: float = 1.0
    lips: float = 1.0
    liveliness: float = 1.0


@dataclass(frozen=True, slots=True)
class References:
    """What a chunk is conditioned on besides sound: one token each; None is a learned null.

    Attributes:
        identity: (IDENTITY_SIZE,) float32, see `render.motion.habits`.
        style: How they speak.
        text: (TEXT_SIZE,) float32, what is said; see `manner.sentence_vector`.
        scene: (SCENE_SIZE,) float32, on what occasion; see `manner.scene_vector`.
    """

    identity: Latents | None = None
    style: Style | None = None
    text: Latents | None = None
    scene: Latents | None = None


STYLE_SIZE: Final = 3


def audio_length(span: int) -> int:
    """Returns the samples that a chunk of `span` frames must bring."""
    return (CONTEXT_FRAMES + span + LOOK_AHEAD) * SAMPLES_PER_FRAME


@dataclass(frozen=True, slots=True)
class ChunkRequest:
    """One chunk of motion to generate.

    Attributes:
        audio: (audio_length(span),) float32 in [-1, 1] at 16 kHz, from `CONTEXT_FRAMES` before
            the first frame to `LOOK_AHEAD` after the last, where span = floor(times[-1]) + 1.
        known: (T, LATENT_SIZE) float32, plain units; rows where `mask` is False do not matter.
        mask: (T,) bool, True where a frame is known: boundary frames and anchors.
        times: (T,) float32, ascending from 0: offsets of the frames, in frames.
        references: See `References`.
        seed: Of the noise: the same request gives the same motion.
        steps: Of the sampler.
    """

    audio: NDArray[np.float32]
    known: Latents
    mask: NDArray[np.bool_]
    times: NDArray[np.float32]
    references: References = field(default_factory=References)
    seed: int = 0
    steps: int = N_STEPS

    @property
    def frame_count(self) -> int:
        """Frames, known ones included."""
        return len(self.times)

    @property
    def span(self) -> int:
        """Frames from the first to the last, both included."""
        return int(self.times[-1]) + 1

    @staticmethod
    def without_gaps(
        audio: NDArray[np.float32],
        frames: int,
        before: Latents | None = None,
        after: Latents | None = None,
        references: References | None = None,
        seed: int = 0,
        steps: int = N_STEPS,
    ) -> "ChunkRequest":
        """Builds a chunk without gaps: known frames, `frames` to generate, known frames.

        Args:
            audio: See above; the first frame is the first of `before`.
            frames: How many to generate.
            before: (n, LATENT_SIZE) the frames right before them, or None.
            after: (m, LATENT_SIZE) the frames right after them, or None.
            references: See `References`.
            seed: Of the noise.
            steps: Of the sampler.
        """
        none = np.zeros((0, LATENT_SIZE), np.float32)
        first, last = (none if part is None else part for part in (before, after))
        known = np.concatenate([first, np.zeros((frames, LATENT_SIZE), np.float32), last])
        mask = np.ones(len(known), bool)
        mask[len(first) : len(first) + frames] = False
        times = np.arange(len(known), dtype=np.float32)
        return ChunkRequest(audio, known, mask, times, references or References(), seed, steps)


class MotionGenerator(Protocol):
    """What generates motion: a chunk in, its frames out."""

    def generate(self, request: ChunkRequest) -> Latents:
        """Returns (T, LATENT_SIZE) float32 in plain units; known frames exactly as they came.

        Raises:
            BadChunk: The parts of the request do not fit together.
            BadAudio: The sound is not finite.
        """
        ...


def check(request: ChunkRequest) -> None:
    """Raises `BadChunk` or `BadAudio` unless the parts of a request fit together."""
    count = len(request.times)
    if not count or request.times[0] != 0 or (np.diff(request.times) <= 0).any():
        raise BadChunk("times must ascend from 0")
    if not 0 < request.span <= MOST_FRAMES:
        raise BadChunk(f"a chunk spans 1 to {MOST_FRAMES} frames")
    if request.known.shape != (count, LATENT_SIZE) or request.mask.shape != (count,):
        raise BadChunk("known frames, mask and times must be of one length")
    if request.audio.shape != (audio_length(request.span),):
        raise BadChunk(
            f"a span of {request.span} frames needs {audio_length(request.span)} samples"
        )
    if not np.isfinite(request.audio).all():
        raise BadAudio("the sound holds numbers that are none")
    if not np.isfinite(request.known[request.mask]).all():
        raise BadChunk("known frames hold numbers that are none")
    if request.steps < 1:
        raise BadChunk("at least one step")
