"""Mouth motion from sound alone, by signal processing: for voices that tell no phones.

This is an honest fallback, no recogniser: loudness and the balance of a few spectral bands drive
the jaw, spreading and rounding; hiss closes the jaw; a short dip between two loud stretches brings
the lips together. It follows the rhythm of any voice and language, but cannot tell a P from a T.
"""

import numpy as np
from numpy.typing import NDArray

from render.motion.mouth import MOUTH_INDEX, MOUTH_SIZE
from render.motion.speech import CLOSE, DB, FRONT, HISS, LEVEL, OPEN, Speech

_SPAN = np.arange(-0.05, 0.091, 0.01)
"""Seconds around a moment that its mouth is heard from; later ones, as lips precede sound."""
_WEIGHT = np.exp(-(((_SPAN - 0.01) / 0.028) ** 2))
_WEIGHT /= _WEIGHT.sum()
_DIP_SPAN = np.arange(-0.12, 0.141, 0.01)
_DIP_MIDDLE = len(_DIP_SPAN) // 2

_LOUD_DB = (-34.0, -8.0)
"""Loudness under the running level at which the mouth is closed, and opens fully."""
_OPEN_DB = (-9.0, 5.0)
"""Open against close first formant: from a nearly closed jaw to a wide open one."""
_BRIGHT_DB = (-30.0, -21.0, -12.0)
"""Second formant of front vowels against the first: fully rounded, neither, fully spread."""
_HISS_SHARE = (0.2, 0.6)
_DIP_DB = (9.0, 18.0)
"""Depth of a dip at which lips begin to meet, and have met as far as they do."""
_DIP_SEAL = 0.6

_OPENING = {"jawOpen": 0.36, "mouthLowerDown": 0.36, "mouthUpperUp": 0.28}
_HISSING = {"jawOpen": 0.05, "mouthLowerDown": 0.4, "mouthUpperUp": 0.3, "mouthStretch": 0.22}
_SPREAD = {"mouthStretch": 0.36, "mouthSmile": 0.18, "mouthLowerDown": 0.12}
_ROUND = {"mouthPucker": 0.7, "mouthFunnel": 0.35, "round": 0.8, "mouthLowerDown": -0.14}


def _vector(shape: dict[str, float]) -> NDArray[np.float64]:
    """(MOUTH_SIZE,) with names without a side set on both sides."""
    values = np.zeros(MOUTH_SIZE)
    for name, value in shape.items():
        for channel in (name, f"{name}Left", f"{name}Right"):
            if channel in MOUTH_INDEX:
                values[MOUTH_INDEX[channel]] = value
    return values


_OPENING_V, _HISSING_V = _vector(_OPENING), _vector(_HISSING)
_SPREAD_V, _ROUND_V = _vector(_SPREAD), _vector(_ROUND)


class AudioMotion:
    """The mouth model for sound without phones (a `MouthModel`)."""

    look_ahead = 0.18

    def begin(self, speech: Speech) -> "AudioMotionTrack":
        """Starts one utterance."""
        return AudioMotionTrack(speech)


class AudioMotionTrack:
    """The mouth of one utterance (a `MouthTrack`)."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech

    def at(self, times: NDArray[np.float64]) -> NDArray[np.float32]:
        """See `MouthTrack.at`."""
        heard = self._speech.features(np.maximum(times[:, None] + _SPAN, 0.0)).astype(np.float64)
        below = heard[..., DB] - heard[:, -1:, LEVEL]
        weight = _WEIGHT * 10 ** (below / 20)
        bands = (heard * weight[..., None]).sum(axis=1) + 1e-7
        loud = np.interp(below @ _WEIGHT, _LOUD_DB, (0, 1))
        opening = np.interp(_db(bands[:, OPEN] / bands[:, CLOSE]), _OPEN_DB, (0.3, 1))
        first = bands[:, OPEN] + bands[:, CLOSE]
        bright = np.interp(_db(bands[:, FRONT] / first), _BRIGHT_DB, (-1, 0, 1))
        hiss = np.interp(bands[:, HISS] / (weight.sum(axis=1) + 1e-7), _HISS_SHARE, (0, 1))
        voiced = loud * (1 - hiss)
        mouth = (
            np.outer(voiced * opening, _OPENING_V)
            + np.outer(loud * hiss, _HISSING_V)
            + np.outer(voiced * np.maximum(bright, 0), _SPREAD_V)
            + np.outer(voiced * np.maximum(-bright, 0), _ROUND_V)
        )
        mouth[:, MOUTH_INDEX["seal"]] = self._dips(times) * (1 - hiss) * _DIP_SEAL
        values: NDArray[np.float32] = np.clip(mouth, 0.0, 1.0).astype(np.float32)
        return values

    def _dips(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """(T,) 1 in the middle of a short, deep dip of loudness, 0 where there is none."""
        loudness = self._speech.features(np.maximum(times[:, None] + _DIP_SPAN, 0.0))[..., DB]
        inside = loudness[:, _DIP_MIDDLE - 1 : _DIP_MIDDLE + 4].mean(axis=1)
        before = loudness[:, :_DIP_MIDDLE].max(axis=1)
        after = loudness[:, _DIP_MIDDLE:].max(axis=1)
        depth: NDArray[np.float64] = np.interp(np.minimum(before, after) - inside, _DIP_DB, (0, 1))
        return depth


def _db(ratio: NDArray[np.float64]) -> NDArray[np.float64]:
    decibels: NDArray[np.float64] = 10 * np.log10(ratio)
    return decibels
