"""The audio-to-motion model as a module: its weights, moved like those of any other.

Imports torch, `render.module`, `render.torch_module` and the neural room.
"""

from pathlib import Path

import torch

from render.module import WeightsMissing
from render.motion.engine.engine import MotionPipeline, motion_pipeline
from render.motion.neural.contract import ChunkRequest
from render.motion.neural.errors import WeightsUnreadable
from render.motion.neural.latent import Latents
from render.motion.neural.model import MotionModel
from render.motion.neural.network import MotionNetwork
from render.motion.neural.weights import PACKAGED, load_network
from render.torch_module import TorchModule, one_thread


class MotionModule(TorchModule):
    """The audio-to-motion model and its checkpoint (a `MotionGenerator`).

    Args:
        path: The checkpoint; that in the package by default.
        device: Where it runs.
        compute: Precision that is computed with.
    """

    def __init__(
        self, path: Path = PACKAGED, device: str = "cpu", compute: torch.dtype = torch.float32
    ) -> None:
        self._path = path
        self._model: MotionModel | None = None
        super().__init__("audio_to_motion", self._load, device, compute)

    def generate(self, request: ChunkRequest) -> Latents:
        """See `MotionGenerator.generate`. Raises NotReady if it is not loaded."""
        with self.running():
            assert self._model is not None
            return self._model.generate(request)

    def _load(self) -> MotionNetwork:
        try:
            return load_network(self._path)
        except WeightsUnreadable as error:
            raise WeightsMissing(str(error)) from error

    def _activate(self, device: str) -> None:
        super()._activate(device)
        assert isinstance(self.network, MotionNetwork)
        self._model = MotionModel(self.network, device, self._compute)

    def _park(self) -> None:
        self._model = None
        super()._park()


def neural_pipeline(path: Path = PACKAGED, device: str = "cpu") -> MotionPipeline:
    """Returns the motion pipeline with its model loaded, computing on one thread.

    Raises:
        WeightsMissing: The checkpoint is not there, or is damaged.
    """
    one_thread()
    module = MotionModule(path, device)
    pipeline = motion_pipeline(module, (module,))
    pipeline.load()
    return pipeline
