"""A whole recording, chunk after chunk, as a live stream would have it.

Each chunk goes on from the last frames of the one before and hears `LOOK_AHEAD` frames beyond its
own. This is what tests and benchmarks of the model use; streams run through the engine.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from render.motion.neural.contract import (
    CONTEXT_FRAMES,
    LOOK_AHEAD,
    SAMPLES_PER_FRAME,
    ChunkRequest,
    MotionGenerator,
    References,
)
from render.motion.neural.latent import LATENT_SIZE, Latents

FIRST_CHUNK: Final = 8
CHUNK: Final = 16
BOUNDARY: Final = 2
"""Frames of the chunk before that a chunk goes on from."""


def window(audio: NDArray[np.float32], first: int, span: int) -> NDArray[np.float32]:
    """Returns the sound that a chunk of `span` frames from frame `first` needs.

    Args:
        audio: (n,) the whole recording at 16 kHz; zeros are heard around it.
        first: May be negative.
        span: See `ChunkRequest`.
    """
    start = (first - CONTEXT_FRAMES) * SAMPLES_PER_FRAME
    stop = (first + span + LOOK_AHEAD) * SAMPLES_PER_FRAME
    heard = audio[max(start, 0) : max(stop, 0)]
    before = max(-start, 0)
    return np.pad(heard, (before, stop - start - before - len(heard))).astype(np.float32)


def roll_out(
    model: MotionGenerator,
    audio: NDArray[np.float32],
    seed: int = 0,
    references: References | None = None,
) -> Latents:
    """Returns (frames, LATENT_SIZE) motion for all of a recording.

    Args:
        model: Generates the chunks.
        audio: (n,) float32 in [-1, 1] at 16 kHz.
        seed: Of the first chunk's noise; the others' follow from it.
        references: For all chunks.
    """
    count = -(-len(audio) // SAMPLES_PER_FRAME)
    made = np.zeros((0, LATENT_SIZE), np.float32)
    size = FIRST_CHUNK
    while len(made) < count:
        before = made[-BOUNDARY:]
        first = len(made) - len(before)
        sound = window(audio, first, len(before) + size)
        request = ChunkRequest.without_gaps(
            sound, size, before, references=references, seed=seed + len(made)
        )
        made = np.concatenate([made, model.generate(request)[len(before) :]])
        size = CHUNK
    return made[:count]
