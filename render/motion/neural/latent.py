"""The motion latent: which numbers a generated frame consists of, and how they become a face.

A latent is 14 gestures of the mouth, the same for both sides, and 9 of the upper face and head.
Emotions, gestures, breath and the small asymmetry of a face are not in it: behaviour lays them
over.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from render.motion.mouth import MOUTH_CHANNELS, MOUTH_SIZE
from render.motion.visemes import SHAPES
from render.types import CHANNEL_INDEX, CHANNELS

Latents = NDArray[np.float32]

REST: Final[tuple[str, ...]] = (
    "browInnerUp", "browOuterUp", "browDown", "eyeBlink",
    "yaw", "pitch", "roll", "gazeX", "gazeY",
)  # fmt: skip
"""Everything but the mouth, in the units of `Motion`; a name without a side means both sides."""
LATENT: Final[tuple[str, ...]] = SHAPES + REST
"""Channels of a latent, in order."""
LATENT_INDEX: Final = {name: index for index, name in enumerate(LATENT)}
LATENT_SIZE: Final = len(LATENT)
MOUTH_PART: Final = slice(0, len(SHAPES))
REST_PART: Final = slice(len(SHAPES), LATENT_SIZE)

_MEAN: Final = {
    "jawOpen": 0.07, "mouthLowerDown": 0.18, "mouthUpperUp": 0.16, "browInnerUp": 0.06,
    "browOuterUp": 0.05, "eyeBlink": 0.1,
}  # fmt: skip
_SCALE: Final = {
    "jawOpen": 0.08, "mouthLowerDown": 0.15, "mouthUpperUp": 0.14, "mouthPress": 0.1,
    "mouthRollLower": 0.1, "mouthRollUpper": 0.1, "mouthStretch": 0.1, "mouthSmile": 0.06,
    "mouthFunnel": 0.14, "mouthPucker": 0.22, "round": 0.26, "tongueUp": 0.25,
    "seal": 0.35, "tuck": 0.3, "browInnerUp": 0.08, "browOuterUp": 0.08, "browDown": 0.02,
    "eyeBlink": 0.28, "yaw": 2.4, "pitch": 1.8, "roll": 1.2, "gazeX": 0.12, "gazeY": 0.12,
}  # fmt: skip
MEAN: Final[Latents] = np.array([_MEAN.get(name, 0.0) for name in LATENT], np.float32)
SCALE: Final[Latents] = np.array([_SCALE[name] for name in LATENT], np.float32)
"""The network works on `(value - MEAN) / SCALE`, about unit variance per channel."""

_LOW: Final = np.array(
    [-20.0 if n in ("yaw", "pitch", "roll") else -1.0 if n.startswith("gaze") else 0.0
     for n in LATENT], np.float32,
)  # fmt: skip
_HIGH: Final = np.array(
    [20.0 if n in ("yaw", "pitch", "roll") else 1.0 for n in LATENT], np.float32
)


def _targets(names: tuple[str, ...], channels: tuple[str, ...]) -> NDArray[np.float32]:
    """(len(names), len(channels)) that copies a name to its channel, or to both of its sides."""
    return np.array(
        [[channel in (n, f"{n}Left", f"{n}Right") for channel in channels] for n in names],
        np.float32,
    )


_TO_MOUTH: Final = _targets(SHAPES, MOUTH_CHANNELS)
_FROM_MOUTH: Final = (_TO_MOUTH / _TO_MOUTH.sum(axis=1, keepdims=True)).T
_TO_REST: Final = _targets(REST, CHANNELS)
_FROM_REST: Final = (_TO_REST / _TO_REST.sum(axis=1, keepdims=True)).T

REST_IN_MOTION: Final = np.flatnonzero(_TO_REST.any(axis=0))
"""Where in a `Motion` the channels lie that the rest of a latent moves."""
BLINK_IN_MOTION: Final = np.array([CHANNEL_INDEX["eyeBlinkLeft"], CHANNEL_INDEX["eyeBlinkRight"]])


def normalise(latents: Latents) -> Latents:
    """Returns plain latents (..., LATENT_SIZE) as the network sees them."""
    values: Latents = (latents - MEAN) / SCALE
    return values


def denormalise(values: Latents) -> Latents:
    """Returns what the network made (..., LATENT_SIZE) in plain units, within their bounds."""
    return bounded(values * SCALE + MEAN)


def bounded(latents: Latents) -> Latents:
    """Returns plain latents (..., LATENT_SIZE) within what their channels may be."""
    return np.asarray(np.clip(latents, _LOW, _HIGH), np.float32)


def mouth_of(latents: Latents) -> Latents:
    """Returns the mouth (T, MOUTH_SIZE) of latents (T, LATENT_SIZE), in [0, 1]."""
    mouth: Latents = np.clip(latents[..., MOUTH_PART] @ _TO_MOUTH, 0.0, 1.0)
    assert mouth.shape[-1] == MOUTH_SIZE
    return mouth


def rest_of(latents: Latents) -> Latents:
    """Returns the rest as it stands in a `Motion`: (T, len(CHANNELS)), zero where unmoved.

    The values are what a neutral, speaking face shows (posture, wandering, beats and blinks
    included), to take the place of behaviour's own in `REST_IN_MOTION`.
    """
    motions: Latents = latents[..., REST_PART] @ _TO_REST
    return motions


def latents_of(mouth: Latents, rest: Latents) -> Latents:
    """Returns latents from a mouth (T, MOUTH_SIZE) and motions (T, len(CHANNELS)).

    Sides are averaged; channels that no latent holds are left out.
    """
    return np.concatenate([mouth @ _FROM_MOUTH, rest @ _FROM_REST], axis=-1).astype(np.float32)
