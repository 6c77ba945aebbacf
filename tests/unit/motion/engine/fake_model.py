"""A generator that needs no weights: what it makes can be computed by hand."""

import numpy as np

from render.motion.neural.contract import CONTEXT_FRAMES, SAMPLES_PER_FRAME, ChunkRequest, check
from render.motion.neural.latent import LATENT_INDEX, LATENT_SIZE, Latents

JAW, SEAL, YAW = LATENT_INDEX["jawOpen"], LATENT_INDEX["seal"], LATENT_INDEX["yaw"]


class LoudnessModel:
    """The jaw follows the loudness of each frame, the head follows the seed."""

    def __init__(self) -> None:
        self.requests: list[ChunkRequest] = []

    def generate(self, request: ChunkRequest) -> Latents:
        check(request)
        self.requests.append(request)
        start = CONTEXT_FRAMES * SAMPLES_PER_FRAME
        heard = request.audio[start : start + request.span * SAMPLES_PER_FRAME]
        made = np.zeros((request.frame_count, LATENT_SIZE), np.float32)
        made[:, JAW] = np.abs(heard.reshape(request.span, -1)).mean(axis=1)
        made[:, YAW] = np.random.default_rng(request.seed).normal()
        return np.where(request.mask[:, None], request.known, made).astype(np.float32)
