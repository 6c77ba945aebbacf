"""Do the model's references do what was taught? A part of `visavis bench motion`.

The same speech is moved with a reference and with its opposite, or none; how far apart the two
motions lie is held against how far apart the teacher's are.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from render.motion.habits import HABITS, HABITS_SIZE
from render.motion.neural.contract import References, Style
from render.motion.neural.latent import LATENT_INDEX, Latents
from render.motion.neural.manner import SpeakingScene, scene_vector, sentence_vector
from render.motion.neural.model import MotionModel
from render.motion.neural.rollout import roll_out
from render.motion.sentence import Sentence

Measure = Callable[[Latents], float]


def _mean(name: str) -> Measure:
    return lambda motion: float(motion[:, LATENT_INDEX[name]].mean())


def _spread(*names: str) -> Measure:
    """Logarithm of how much channels move: what stretches shift by a power of e."""
    at = [LATENT_INDEX[name] for name in names]
    return lambda motion: float(np.log(motion[:, at].std(axis=0)).mean())


def _habit(name: str, strength: float) -> References:
    vector = np.zeros(HABITS_SIZE, np.float32)
    vector[HABITS.index(name)] = strength
    return References(identity=vector)


def _said(kind: Sentence) -> References:
    return References(text=sentence_vector(kind))


def _on(scene: SpeakingScene) -> References:
    return References(scene=scene_vector(scene))


CASES: Final[dict[str, tuple[References, References, Measure, float]]] = {
    "identity: brows raised": (
        _habit("raised_brows", 1), _habit("raised_brows", -1), _mean("browInnerUp"), 0.10,
    ),
    "identity: head tilted": (_habit("tilted", 1), _habit("tilted", -1), _mean("roll"), 2.6),
    "identity: jaw": (_habit("jaw", 1), _habit("jaw", -1), _spread("jawOpen"), 0.4),
    "style: jaw": (
        References(style=Style(jaw=1.25)), References(style=Style(jaw=0.75)), _spread("jawOpen"),
        float(np.log(1.25 / 0.75)),
    ),
    "style: liveliness": (
        References(style=Style(liveliness=1.5)), References(style=Style(liveliness=0.5)),
        _spread("yaw", "pitch", "roll"), float(np.log(3)),
    ),
    "text: question, statement": (
        _said(Sentence.QUESTION), _said(Sentence.STATEMENT), _mean("browInnerUp"), 0.12,
    ),
    "scene: stage, quiet (jaw)": (
        _on(SpeakingScene.STAGE), _on(SpeakingScene.QUIET), _spread("jawOpen"), 0.37,
    ),
    "scene: stage, quiet (head)": (
        _on(SpeakingScene.STAGE), _on(SpeakingScene.QUIET), _spread("yaw", "pitch", "roll"), 0.93,
    ),
}  # fmt: skip
"""Two references, what is measured, and by about how much the teacher's motions differ in it."""


def commanded(model: MotionModel, sounds: list[NDArray[np.float32]]) -> dict[str, Any]:
    """Moves speech with opposite references.

    Args:
        model: To be asked.
        sounds: Each (n,) float32 at 16 kHz.

    Returns:
        By reference, `taught` and `shown`: means differ in the channel's unit, spreads in powers
        of e.
    """
    found = {}
    for name, (one, other, measure, taught) in CASES.items():
        first, second = (
            measure(np.concatenate([roll_out(model, s, i, told) for i, s in enumerate(sounds)]))
            for told in (one, other)
        )
        found[name] = {"taught": round(taught, 3), "shown": round(first - second, 3)}
    return found
