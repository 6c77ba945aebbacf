"""Head and brows cross seams without a jolt; known phones draw the mouth."""

import numpy as np

from render.motion.engine.items import SpeechMotion
from render.motion.engine.refinement import CARRY_FRAMES, GUIDANCE, Carry, guided
from render.motion.mouth import MOUTH_INDEX, MOUTH_SIZE
from render.types import CHANNEL_INDEX, CHANNELS

YAW, BROW, LID = (CHANNEL_INDEX[name] for name in ("yaw", "browInnerUp", "eyeBlinkLeft"))


def motion(frame: int, **channels: float) -> SpeechMotion:
    rest = np.zeros(len(CHANNELS), np.float32)
    for name, value in channels.items():
        rest[CHANNEL_INDEX[name]] = value
    return SpeechMotion(frame, np.zeros(MOUTH_SIZE, np.float32), rest)


def test_a_head_that_jumps_at_a_seam_is_carried_over_and_arrives() -> None:
    carry, yaws = Carry(), []
    for frame in range(60):
        wanted = motion(frame, yaw=0.1 * frame if frame < 20 else -3.0)
        yaws.append(float(carry.across(wanted, frame in (0, 20)).rest[YAW]))
    np.testing.assert_allclose(yaws[:20], 0.1 * np.arange(20), atol=1e-5)
    np.testing.assert_allclose(yaws[20], 2.0, atol=1e-4)
    assert np.abs(np.diff(yaws)).max() < 1.0
    np.testing.assert_allclose(yaws[20 + CARRY_FRAMES :], -3.0, atol=1e-5)


def test_within_a_chunk_and_without_a_jump_nothing_is_changed() -> None:
    carry = Carry()
    for frame in range(40):
        own = motion(frame, yaw=0.1 * frame, eyeBlinkLeft=float(frame % 7 == 0))
        np.testing.assert_allclose(carry.across(own, frame % 8 == 0).rest, own.rest, atol=1e-5)


def test_lids_are_not_carried_and_brows_stay_in_bounds() -> None:
    carry = Carry()
    for frame in range(10):
        carry.across(motion(frame, browInnerUp=0.9 - 0.09 * frame, eyeBlinkLeft=1.0), frame == 0)
    after = [carry.across(motion(10 + i), i == 0).rest for i in range(10)]
    assert not any(rest[LID] for rest in after)
    assert all(rest[BROW] >= 0 for rest in after)


def test_known_phones_draw_the_mouth_and_decide_on_closures() -> None:
    made, known = np.zeros((2, MOUTH_SIZE), np.float32), np.zeros((2, MOUTH_SIZE), np.float32)
    jaw, seal = MOUTH_INDEX["jawOpen"], MOUTH_INDEX["seal"]
    made[0, [jaw, seal]] = 0.2, 0.7
    known[0, [jaw, seal]] = 0.6, 1.0
    made[1, seal] = 0.8
    mouth = guided(made, known)
    np.testing.assert_allclose(mouth[0, jaw], 0.2 + GUIDANCE * 0.4, rtol=1e-5)
    np.testing.assert_array_equal(mouth[:, seal], [1.0, 0.0])
