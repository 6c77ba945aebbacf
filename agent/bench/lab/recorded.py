"""Recorded people of Debian's packages pocketsphinx-testdata and asterisk-core-sounds-en-g722.

The first is LibriVox (public domain) and CMU Sphinx's test recordings, the second Allison Smith's
prompts (CC BY-SA 3.0), the only recordings that end in the middle of a sentence. None of it is
redistributed.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from agent.bench.lab.material import PEAK, MaterialMissing, read_wav

SPHINX = Path("/usr/share/pocketsphinx/test/data")
PROMPTS = Path("/usr/share/asterisk/sounds/en_US_f_Allison")

FRAME = 160
VOICE_DB = -32.0
"""Frames of a recording this far below its loudest hold no voice."""
BREATH_FRAMES = 12
"""Shorter sounds at either end, with a gap, are breath and clicks."""

Samples = NDArray[np.int16]


@cache
def recording(name: str) -> Samples:
    """Returns (n,) int16 at 16 kHz, first to last voiced sample, at the common level.

    Args:
        name: "COLLECTION:NAME", such as "librivox:0870", "cards:001" or "asterisk:digits/5".

    Raises:
        MaterialMissing: The package that holds it is not installed.
    """
    collection, _, key = name.partition(":")
    try:
        return voiced(COLLECTIONS[collection](key))
    except FileNotFoundError:
        asterisk = collection == "asterisk"
        package = "asterisk-core-sounds-en-g722" if asterisk else "pocketsphinx-testdata"
        raise MaterialMissing(f"Recorded speech is missing: apt-get install {package}") from None


def voiced(samples: Samples) -> Samples:
    """Returns a recording from its first to its last voice, at the common level.

    Recordings begin and end with clicks and breath, which nobody would call a part of the turn.
    """
    frames = samples[: len(samples) // FRAME * FRAME].astype(float).reshape(-1, FRAME)
    level = 10 * np.log10((frames**2).mean(1) + 1)
    loud = level > level.max() + VOICE_DB
    edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(int), [0]]))).reshape(-1, 2)
    spans = [(first, last) for first, last in edges if last - first >= BREATH_FRAMES]
    clip = samples[spans[0][0] * FRAME : spans[-1][1] * FRAME].astype(np.float32)
    levelled: Samples = (clip * (PEAK / np.abs(clip).max())).astype(np.int16)
    return levelled


def _librivox(key: str) -> Samples:
    return read_wav(SPHINX / "librivox" / f"sense_and_sensibility_01_austen_64kb-{key}.wav")


def _cards(key: str) -> Samples:
    return read_wav(SPHINX / "cards" / f"{key}.wav")


def _raw(key: str) -> Samples:
    return np.fromfile(SPHINX / f"{key}.raw", np.int16)


def _digits(key: str) -> Samples:
    """TIDIGITS: headerless like the others."""
    return _raw(f"tidigits/{key}")


def _prompt(key: str) -> Samples:
    path = PROMPTS / f"{key}.g722"
    with path.open("rb") as file, av.open(file, "r", format="g722") as container:
        parts = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    return np.concatenate(parts).astype(np.int16)


COLLECTIONS: dict[str, Callable[[str], Samples]] = {
    "librivox": _librivox,
    "cards": _cards,
    "pocketsphinx": _raw,
    "tidigits": _digits,
    "asterisk": _prompt,
}
