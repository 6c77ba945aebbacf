"""What `visavis bench poses` draws."""

import numpy as np

from agent.bench.poses import POSES, babble, perform, random_poses
from render.clock import AUDIO_RATE


def test_the_poses_are_the_same_every_time_and_all_different() -> None:
    first, second = (np.array([pose.values for pose in random_poses()]) for _ in range(2))

    assert np.array_equal(first, second)
    assert len(np.unique(first, axis=0)) == POSES


def test_a_babbled_second_is_a_second_and_opens_the_mouth() -> None:
    assert babble(1).shape == (AUDIO_RATE,)
    jaws = [motion["jawOpen"] for motion in perform()]
    assert max(jaws) > 0.1
    assert jaws[-1] < 0.05
