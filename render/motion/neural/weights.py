"""The weights as they ship: float16 in one file, next to this module."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np
import torch

from render.motion.neural.errors import WeightsUnreadable
from render.motion.neural.network import MotionNetwork, NetworkShape

PACKAGED: Final = Path(__file__).with_name("motion.npz")
_SHAPE: Final = "shape"


def save_weights(network: MotionNetwork, path: Path = PACKAGED) -> None:
    """Writes a network's weights in float16, with its sizes."""
    arrays = {
        name: v.detach().numpy().astype(np.float16) for name, v in network.state_dict().items()
    }
    arrays[_SHAPE] = np.array(json.dumps(asdict(network.shape)))
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **arrays)


def load_network(path: Path = PACKAGED) -> MotionNetwork:
    """Returns the network of a file, in float32.

    Raises:
        WeightsUnreadable: The file is missing, damaged or of another network.
    """
    try:
        with np.load(path) as file:
            shape = NetworkShape(**json.loads(str(file[_SHAPE])))
            state = {
                name: torch.from_numpy(file[name].astype(np.float32))
                for name in file.files
                if name != _SHAPE
            }
        network = MotionNetwork(shape)
        network.load_state_dict(state)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, BadZipFile) as error:
        raise WeightsUnreadable(f"cannot load the motion model from {path}") from error
    return network.eval()
