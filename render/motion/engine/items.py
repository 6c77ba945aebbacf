"""What travels between the stages of the motion engine.

Frames count from the first the engine generates, which precedes the first sound by
`Performance.lead_frames`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from render.chunks import LENGTHS, Chunk, Lengths
from render.motion.neural.contract import References, Style
from render.motion.neural.latent import Latents
from render.motion.speech import Speech
from render.types import Phone, Word


@dataclass(frozen=True, slots=True)
class Performance:
    """What is the same for a whole utterance: the request of the motion pipeline.

    Attributes:
        seed: Of all noise: the same sound and seed give the same motion. With None the noise
            follows from the sound: who says the same again makes the same face.
        references: Who speaks, how, and on what occasion.
        style: Says how they speak just now, in the place of the style of `references`.
        lead_frames: Frames before the first sound in which lips prepare.
        lengths: Of chunks.
        playing: Says which frame is being played; seams are bridged only well ahead of it.
        bridging: Whether seams are bridged at all.
    """

    seed: int | None = 0
    references: References = field(default_factory=References)
    style: Callable[[], Style | None] = lambda: None
    lead_frames: int = 1
    lengths: Lengths = LENGTHS
    playing: Callable[[], int] = lambda: -1_000_000
    bridging: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class SpeechPart:
    """A stretch of an utterance, in order.

    Attributes:
        samples: (n,) int16 mono at 24 kHz; n may be 0.
        phones: Not told before, in seconds of the utterance.
        words: Likewise.
        last: Whether the utterance ends here.
    """

    samples: NDArray[np.int16]
    phones: tuple[Phone, ...] = ()
    words: tuple[Word, ...] = ()
    last: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class HeardChunk:
    """A chunk and what the model hears of it.

    Attributes:
        chunk: Which frames.
        before: Known frames the model is given right before the first that it generates; of an
            I chunk the last of them is its early anchor.
        after: Likewise after the last one; the first of them is the late anchor.
        audio: (audio_length(span),) float32 at 16 kHz, see `ChunkRequest`; from the first known
            frame to the last.
        speech: What is known of the utterance so far; later stages only read it.
        start: Seconds of the utterance at which frame 0 starts; negative.
        references: What the model is told besides.
    """

    chunk: Chunk
    before: int
    after: int
    audio: NDArray[np.float32]
    speech: Speech
    start: float
    references: References


@dataclass(frozen=True, slots=True, eq=False)
class MovedChunk:
    """A chunk as generated.

    Attributes:
        heard: What it was made from.
        first: Number of the first frame.
        latents: (T, LATENT_SIZE) plain units: what was generated, without what was known.
    """

    heard: HeardChunk
    first: int
    latents: Latents


@dataclass(frozen=True, slots=True, eq=False)
class SpeechMotion:
    """One frame of the motion that speech brings.

    Attributes:
        frame: Its number; every number from 0 comes exactly once, in order.
        mouth: (MOUTH_SIZE,) float32 in [0, 1].
        rest: (len(CHANNELS),) float32: head, brows, lids and gaze of a neutral, speaking face.
    """

    frame: int
    mouth: NDArray[np.float32]
    rest: NDArray[np.float32]
