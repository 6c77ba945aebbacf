"""The audio-to-motion model as the engine uses it: a chunk in, its frames out.

The model holds weights and nothing else: all that a stream remembers is in its requests, so memory
does not grow with its length.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from render.motion.neural.batches import style_vector
from render.motion.neural.contract import CONTEXT_FRAMES, ChunkRequest, References, check
from render.motion.neural.errors import BadChunk
from render.motion.neural.features import log_mels, mel_power
from render.motion.neural.latent import Latents, denormalise, normalise
from render.motion.neural.lips import agreed
from render.motion.neural.network import REFERENCE_SIZES, MotionNetwork
from render.motion.neural.sampling import Sampler, perform
from render.motion.neural.seams import carry_over, steady
from render.motion.neural.weights import PACKAGED, load_network


class MotionModel:
    """Generates motion from sound (a `MotionGenerator`).

    Args:
        network: With its weights.
        device: Where it computes.
        dtype: In what; noise and steps stay in float32.
        sampler: Runs the network; `perform` or a trace of it.
    """

    def __init__(
        self,
        network: MotionNetwork,
        device: str | torch.device = "cpu",
        dtype: torch.dtype = torch.float32,
        sampler: Sampler = perform,
    ) -> None:
        self._sampler = sampler
        self._device = torch.device(device)
        self._dtype = dtype
        self.network = network.to(self._device, dtype).eval()

    @staticmethod
    def from_file(
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
        return self.generate_many([request])[0]

    def generate_many(self, requests: Sequence[ChunkRequest]) -> list[Latents]:
        """Returns what `generate` does of each; those of one shape are computed together.

        Raises:
            BadChunk: The parts of a request do not fit together.
            BadAudio: A sound is not finite.
        """
        alike: dict[tuple[bytes, int], list[int]] = {}
        for index, request in enumerate(requests):
            check(request)
            shape = request.times.astype(np.float32).tobytes(), request.steps
            alike.setdefault(shape, []).append(index)
        results: list[Latents] = [request.known for request in requests]
        for indices in alike.values():
            together = [requests[index] for index in indices]
            for index, made in zip(indices, self._generate(together), strict=True):
                results[index] = made
        return results

    def _generate(self, requests: list[ChunkRequest]) -> list[Latents]:
        """Computes requests of one shape together."""
        first = requests[0]
        known = [np.where(r.mask[:, None], normalise(r.known), 0) for r in requests]
        noise = [
            np.random.default_rng(r.seed).standard_normal(r.known.shape, np.float32)
            for r in requests
        ]
        references, given = self._references([_vectors(r.references) for r in requests])
        with torch.inference_mode():
            made, sealing = self._sampler(
                self.network,
                self._tensor([log_mels(mel_power(r.audio)) for r in requests]),
                torch.from_numpy(np.stack(noise)).to(self._device),
                self._tensor(known),
                self._tensor([r.mask.astype(np.float32) for r in requests]),
                torch.from_numpy(first.times.astype(np.float32)).to(self._device),
                references,
                given,
                first.steps,
            )
        values: Latents = denormalise(made.float().cpu().numpy())
        heard = sealing.float().cpu().numpy()
        return [finished(r, v, h) for r, v, h in zip(requests, values, heard, strict=True)]

    def _references(self, vectors: list[list[Latents | None]]) -> tuple[list[Tensor], Tensor]:
        """Returns four (B, size) of references, zeros where null, and (B, 4) which are not."""
        given = torch.tensor([[v is not None for v in one] for one in vectors], device=self._device)
        filled = [
            self._tensor([np.zeros(size, np.float32) if v is None else v for v in of_kind])
            for size, of_kind in zip(REFERENCE_SIZES, zip(*vectors, strict=True), strict=True)
        ]
        return filled, given

    def _tensor(self, arrays: Sequence[Latents]) -> Tensor:
        stacked = np.stack(arrays).astype(np.float32, copy=False)
        return torch.from_numpy(stacked).to(self._device, self._dtype)


def finished(request: ChunkRequest, made: Latents, sealing: Latents) -> Latents:
    """Returns a chunk as it is shown: lips agree with the sound, the head has no tremble or seam.

    Args:
        request: What was asked for.
        made: (T, LATENT_SIZE) as the network made it, plain units.
        sealing: (A,) probability of a sealing sound per audio token.
    """
    mask = request.mask[:, None]
    values = agreed(made, sealing, request.times + CONTEXT_FRAMES)
    joined = np.where(mask, request.known, steady(values)).astype(np.float32)
    smooth = carry_over(joined, request.mask, request.times)
    return np.where(mask, request.known, smooth).astype(np.float32)


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
