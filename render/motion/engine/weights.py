"""The audio-to-motion model as a module: its weights, moved like those of any other."""

from collections.abc import Sequence
from pathlib import Path

import torch

from render.module import WeightsMissing
from render.motion.engine.engine import MotionPipeline, motion_pipeline
from render.motion.engine.together import Together
from render.motion.neural.contract import ChunkRequest
from render.motion.neural.errors import WeightsUnreadable
from render.motion.neural.latent import Latents
from render.motion.neural.model import MotionModel
from render.motion.neural.network import MotionNetwork
from render.motion.neural.traced import TracedSampler
from render.motion.neural.weights import PACKAGED, load_network
from render.torch_module import TorchModule, one_thread


class MotionModule(TorchModule):
    """The audio-to-motion model and its checkpoint (a `MotionGenerator`).

    Args:
        path: The checkpoint; that in the package by default.
        device: Where it runs.
        compute: Precision that is computed with; the fastest one of the device if None.
    """

    def __init__(
        self, path: Path = PACKAGED, device: str = "cpu", compute: torch.dtype | None = None
    ) -> None:
        self._path = path
        self._model: MotionModel | None = None
        self._samplers: dict[str, TracedSampler] = {}
        super().__init__("audio_to_motion", self._load, device, compute or fastest(device))

    def generate(self, request: ChunkRequest) -> Latents:
        """See `MotionGenerator.generate`. Raises NotReady if it is not loaded."""
        return self.generate_many([request])[0]

    def generate_many(self, requests: Sequence[ChunkRequest]) -> list[Latents]:
        """See `MotionModel.generate_many`. Raises NotReady if it is not loaded."""
        with self.running():
            assert self._model is not None
            return self._model.generate_many(requests)

    def _load(self) -> MotionNetwork:
        try:
            return load_network(self._path)
        except WeightsUnreadable as error:
            raise WeightsMissing(str(error)) from error

    def _activate(self, device: str) -> None:
        super()._activate(device)
        assert isinstance(self.network, MotionNetwork)
        sampler = self._samplers.setdefault(device, TracedSampler())
        self._model = MotionModel(self.network, device, self._compute, sampler)

    def _park(self) -> None:
        self._model = None
        super()._park()

    def _forget(self) -> None:
        self._samplers.clear()
        super()._forget()


def fastest(device: str) -> torch.dtype:
    """Returns the precision that a device computes with fastest.

    In bfloat16, where a processor multiplies it by itself, chunks take half the time of float32 and
    differ by less than a step of the wire format in nearly all channels.
    """
    native = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    return torch.bfloat16 if device == "cpu" and native() else torch.float32


def neural_pipeline(path: Path = PACKAGED, device: str = "cpu") -> MotionPipeline:
    """Returns the motion pipeline with its model loaded, computing on one thread.

    Chunks of several utterances are computed together.

    Raises:
        WeightsMissing: The checkpoint is not there, or is damaged.
    """
    one_thread()
    module = MotionModule(path, device)
    pipeline = motion_pipeline(Together(module), (module,))
    pipeline.load_models()
    return pipeline
