"""The audio-to-motion model as the engine uses it: a chunk in, its frames out.

Imports torch and the parts of this room. The model holds weights and nothing else: all that a
stream remembers is in its requests, so memory does not grow with its length.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from render.motion.neural.batches import style_vector
from render.motion.neural.contract import CONTEXT_FRAMES, ChunkRequest, References, check
from render.motion.neural.errors import BadChunk
from render.motion.neural.features import log_mels, mel_power
from render.motion.neural.latent import Latents, denormalise, normalise
from render.motion.neural.lips import SEALING, agreed
from render.motion.neural.network import REFERENCE_SIZES, Heard, MotionNetwork
from render.motion.neural.sampling import sample
from render.motion.neural.seams import carry_over, steady
from render.motion.neural.weights import PACKAGED, load_network


class MotionModel:
    """Generates motion from sound (a `MotionGenerator`).

    Args:
        network: With its weights.
        device: Where it computes.
        dtype: In what; noise and steps stay in float32.
    """

    def __init__(
        self,
        network: MotionNetwork,
        device: str | torch.device = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self._device = torch.device(device)
        self._dtype = dtype
        self.network = network.to(self._device, dtype).eval()

    @staticmethod
    def load(
        path: Path | None = None,
        device: str | torch.device = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> "MotionModel":
        """Loads weights; those in the package by default.

        Raises:
            WeightsUnreadable: The file is missing, damaged or of another network.
        """
        return MotionModel(load_network(path or PACKAGED), device, dtype)

    def generate(self, request: ChunkRequest) -> Latents:
        """Returns (T, LATENT_SIZE) float32 in plain units; known frames exactly as they came.

        Raises:
            BadChunk: The parts of the request do not fit together.
            BadAudio: The sound is not finite.
        """
        check(request)
        mask = request.mask[:, None]
        known = np.where(mask, normalise(request.known), 0).astype(np.float32)
        noise = np.random.default_rng(request.seed).standard_normal(known.shape, np.float32)
        with torch.inference_mode():
            tokens = self._tokens(request)
            sealing = self.network.encoder.visemes(tokens)[0].float().softmax(-1)[:, SEALING]
            made = sample(
                self.network,
                self._listen(request, tokens),
                self._tensor(noise)[None],
                self._tensor(known)[None],
                self._tensor(request.mask.astype(np.float32))[None],
                request.steps,
            )
        values: Latents = denormalise(made[0].float().cpu().numpy())
        values = agreed(values, sealing.cpu().numpy(), request.times + CONTEXT_FRAMES)
        joined = np.where(mask, request.known, steady(values)).astype(np.float32)
        smooth = carry_over(joined, request.mask, request.times)
        return np.where(mask, request.known, smooth).astype(np.float32)

    def _tokens(self, request: ChunkRequest) -> Tensor:
        mels = self._tensor(log_mels(mel_power(request.audio)))
        return self.network.encode(mels[None])

    def _listen(self, request: ChunkRequest, tokens: Tensor) -> Heard:
        vectors = _vectors(request.references)
        given = torch.tensor([[vector is not None for vector in vectors]], device=self._device)
        filled = [
            self._tensor(np.zeros(size, np.float32) if vector is None else vector)[None]
            for vector, size in zip(vectors, REFERENCE_SIZES, strict=True)
        ]
        times = torch.from_numpy(request.times.astype(np.float32)).to(self._device)
        return self.network.listen(tokens, times, filled, given)

    def _tensor(self, array: Latents) -> Tensor:
        return torch.from_numpy(array).to(self._device, self._dtype)


def _vectors(references: References) -> list[Latents | None]:
    """Returns the references as vectors of `REFERENCE_SIZES`; None where null."""
    style = references.style
    factors = np.array([style.jaw, style.lips, style.liveliness], np.float32) if style else None
    vectors = [
        references.identity,
        None if factors is None else style_vector(factors),
        references.text,
        references.scene,
    ]
    for vector, size in zip(vectors, REFERENCE_SIZES, strict=True):
        if vector is not None and (vector.shape != (size,) or not np.isfinite(vector).all()):
            raise BadChunk(f"a reference must be {size} numbers")
    return vectors
