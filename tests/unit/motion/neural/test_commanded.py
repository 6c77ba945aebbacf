"""The packaged weights do what their references say."""

import numpy as np
import pytest

from render.motion.habits import HABITS, HABITS_SIZE
from render.motion.neural.contract import References
from render.motion.neural.latent import LATENT_INDEX
from render.motion.neural.manner import SpeakingScene, scene_vector, sentence_vector
from render.motion.neural.model import MotionModel
from render.motion.neural.rollout import roll_out
from render.motion.sentence import Sentence
from render.torch_module import one_thread

BROW, ROLL, JAW = (LATENT_INDEX[name] for name in ("browInnerUp", "roll", "jawOpen"))


def habit(name: str, strength: float) -> References:
    vector = np.zeros(HABITS_SIZE, np.float32)
    vector[HABITS.index(name)] = strength
    return References(identity=vector)


def buzz(seconds: float) -> np.ndarray[tuple[int]]:
    """A voice that opens and closes twice a second."""
    time = np.arange(int(seconds * 16_000)) / 16_000
    pulses = (time * 120 % 1 < 0.1) * 0.4
    return (np.convolve(pulses, np.hanning(20), "same") / 5 * (np.sin(12 * time) > 0)).astype(
        np.float32
    )


@pytest.mark.models
@pytest.mark.parametrize(
    ("one", "other", "channel", "least"),
    [
        (habit("raised_brows", 1), habit("raised_brows", -1), BROW, 0.04),
        (habit("tilted", 1), habit("tilted", -1), ROLL, 1.0),
        (
            References(text=sentence_vector(Sentence.QUESTION)),
            References(text=sentence_vector(Sentence.STATEMENT)),
            BROW,
            0.05,
        ),
        (
            References(scene=scene_vector(SpeakingScene.STAGE)),
            References(scene=scene_vector(SpeakingScene.QUIET)),
            JAW,
            0.005,
        ),
    ],
)
def test_a_reference_moves_the_face_the_way_it_was_taught(
    one: References, other: References, channel: int, least: float
) -> None:
    one_thread()
    model = MotionModel.from_file()
    means = [roll_out(model, buzz(4.0), 0, told)[:, channel].mean() for told in (one, other)]
    assert means[0] > means[1] + least
