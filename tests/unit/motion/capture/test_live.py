"""A live face: its rest is learnt first, it moves ours smoothly, and ours comes back."""

import numpy as np
import pytest
from numpy.typing import NDArray

from render.motion.live import (
    BLEND_FRAMES,
    CALIBRATION_FRAMES,
    LOST_FRAMES,
    STALE_FRAMES,
    Following,
    LiveFollower,
    mirrored,
)
from render.motion.reading import READ, READINGS, Reading
from render.types import CHANNEL_INDEX, CHANNELS, Motion

OWN = Motion.of(jawOpen=0.3, yaw=-4.0, breath=0.7)
YAW, JAW, BREATH = (CHANNEL_INDEX[name] for name in ("yaw", "jawOpen", "breath"))


def face(**readings: float) -> Reading:
    """A person whose face at rest is turned a little and frowns."""
    reading = np.full(len(READINGS), 0.05)
    reading[READ["yaw"] :] = 0.0
    reading[READ["yaw"]], reading[READ["z"]], reading[READ["browDownLeft"]] = 6.0, -30.0, 0.4
    for name, value in readings.items():
        reading[READ[name]] = value
    return reading


class Stage:
    """Plays frames of a follower and keeps what was shown."""

    def __init__(self, follower: LiveFollower) -> None:
        self.follower = follower
        self.pts = 0

    def doing(self) -> Following:
        return self.follower.state

    def play(self, frames: int, *seen: Reading | None) -> NDArray[np.float32]:
        """Plays frames; `seen`, if anything is, is seen before each."""
        shown = []
        for _ in range(frames):
            for reading in seen:
                self.follower.see(reading)
            shown.append(self.follower.steer(self.pts, OWN).values)
            self.pts += 1
        return np.array(shown)


@pytest.fixture
def stage() -> Stage:
    return Stage(LiveFollower(mirror=False))


def test_ours_goes_on_while_rest_is_learnt(stage: Stage) -> None:
    shown = stage.play(CALIBRATION_FRAMES - 1, face())
    assert (shown == OWN.values).all()
    assert stage.doing() is Following.CALIBRATING
    stage.play(1, face())
    assert stage.doing() is Following.FOLLOWING
    shown = stage.play(BLEND_FRAMES + 60, face())
    assert abs(shown[-1, YAW]) < 0.01
    assert shown[-1, CHANNEL_INDEX["browDownLeft"]] == 0


def test_a_blink_while_rest_is_learnt_does_no_harm(stage: Stage) -> None:
    stage.play(8, face(eyeBlinkLeft=0.6))
    stage.play(CALIBRATION_FRAMES, face())
    shown = stage.play(30, face(eyeBlinkLeft=0.6))
    assert shown[-1, CHANNEL_INDEX["eyeBlinkLeft"]] > 0.9


def test_it_takes_over_and_gives_back_without_a_jump(stage: Stage) -> None:
    stage.play(CALIBRATION_FRAMES, face(yaw=0.0))
    taking = stage.play(40, face(yaw=10.0))
    assert taking[-1, YAW] > 9
    assert np.abs(np.diff(taking[:, YAW])).max() < 4
    assert (taking[:, BREATH] == OWN["breath"]).all()
    stage.follower.release()
    giving = stage.play(BLEND_FRAMES + 1, face(yaw=10.0))
    assert np.abs(np.diff(giving[:, YAW])).max() < 4
    assert stage.follower.at_rest
    assert (giving[-1] == OWN.values).all()


def test_a_lost_face_is_looked_for_while_ours_lives_on(stage: Stage) -> None:
    stage.play(CALIBRATION_FRAMES, face())
    stage.play(20, face(yaw=12.0))
    stage.play(LOST_FRAMES - 2, None)
    assert stage.doing() is Following.FOLLOWING
    stage.play(1, None)
    assert stage.doing() is Following.SEARCHING
    assert (stage.play(BLEND_FRAMES, None)[-1] == OWN.values).all()
    again = stage.play(30, face(yaw=12.0))
    assert stage.doing() is Following.FOLLOWING
    assert again[-1, YAW] > 5


def test_nobody_at_all_is_said_before_rest_is_known(stage: Stage) -> None:
    stage.play(LOST_FRAMES, None)
    assert stage.doing() is Following.SEARCHING
    stage.play(CALIBRATION_FRAMES, face())
    assert stage.doing() is Following.FOLLOWING


def test_few_pictures_are_not_enough_to_know_rest(stage: Stage) -> None:
    stage.follower.see(face())
    stage.play(CALIBRATION_FRAMES)
    assert stage.doing() is Following.CALIBRATING
    stage.play(5, face())
    assert stage.doing() is Following.FOLLOWING


def test_pictures_that_stop_coming_bring_the_face_to_rest(stage: Stage) -> None:
    stage.play(CALIBRATION_FRAMES, face(yaw=0.0))
    stage.play(30, face(yaw=10.0))
    held = stage.play(STALE_FRAMES - 1)
    assert held[-1, YAW] > 9
    assert abs(stage.play(20)[-1, YAW]) < 0.01


def test_the_next_frame_is_where_it_shows(stage: Stage) -> None:
    stage.play(7, None)
    assert stage.follower.next_pts == 7


def test_a_mirror_exchanges_left_and_right_and_is_its_own_inverse() -> None:
    values = np.random.default_rng(3).normal(size=len(CHANNELS)).astype(np.float32)
    assert (mirrored(mirrored(values)) == values).all()
    seen = mirrored(Motion.of(yaw=5, pitch=3, mouthLeft=0.5, eyeBlinkRight=1, gazeX=0.2).values)
    expected = Motion.of(yaw=-5, pitch=3, mouthRight=0.5, eyeBlinkLeft=1, gazeX=-0.2).values
    np.testing.assert_array_equal(seen, expected)
