"""Motion packets: exact, small, and healing."""

import numpy as np
import pytest

from render.clock import FRAME_SAMPLES
from render.motion.performer import Performer
from render.motion.wire import (
    KEYFRAME,
    KEYFRAME_EVERY,
    BadPacket,
    MotionDecoder,
    MotionEncoder,
    dequantise,
    quantise,
)
from render.types import CHANNELS, AudioChunk, AVUnit, Motion, Phone, SegmentEnd


def _unit(pts: int, motion: Motion, segment: int = 0, lips: bool = False) -> AVUnit:
    return AVUnit(pts, np.zeros(FRAME_SAMPLES, np.int16), motion, segment, lips_moving=lips)


def _random(seed: int) -> Motion:
    rng = np.random.default_rng(seed)
    values = rng.uniform(0, 1, len(CHANNELS)).astype(np.float32)
    values[56:59] = rng.uniform(-15, 15, 3)
    values[59:62] = rng.uniform(-0.2, 0.2, 3)
    values[63:] = rng.uniform(-1, 1, 2)
    return Motion(values)


def test_a_packet_carries_every_channel_to_within_half_a_step() -> None:
    motion = _random(1)
    error = np.abs(dequantise(quantise(motion)).values - motion.values)
    assert error[:56].max() <= 0.5 / 255 + 1e-6
    assert error[56:59].max() <= 0.5 / 256 + 1e-6
    assert error[59:62].max() <= 0.5 / 8192 + 1e-6
    assert error[62:].max() <= 0.5 / 1024 + 1e-6


def test_values_beyond_the_code_are_limited() -> None:
    motion = Motion.of(jawOpen=7.0, yaw=-400.0, shiftX=9.0)
    decoded = dequantise(quantise(motion))
    assert decoded["jawOpen"] == 1.0
    assert decoded["yaw"] == -128.0
    assert decoded["shiftX"] == pytest.approx(4.0, abs=1e-3)


def test_what_goes_in_comes_out() -> None:
    encoder, decoder = MotionEncoder(), MotionDecoder()
    for pts in range(60):
        motion = _random(pts // 3)
        frame = decoder.decode(encoder.encode_unit(_unit(pts, motion, 70_000, lips=pts % 2 == 1)))
        assert np.array_equal(quantise(frame.motion), quantise(motion))
        assert (frame.pts, frame.segment) == (pts, 4_465)
        assert frame.lips_moving == (pts % 2 == 1)
        assert frame.complete


def test_a_keyframe_comes_every_second_and_when_asked() -> None:
    encoder = MotionEncoder()
    kinds = [encoder.encode_unit(_unit(pts, _random(0)))[0] for pts in range(51)]
    assert [pts for pts, kind in enumerate(kinds) if kind == KEYFRAME] == [0, 25, 50]
    encoder.refresh()
    assert encoder.encode_unit(_unit(51, _random(0)))[0] == KEYFRAME


def test_any_lost_packet_is_healed_within_a_second() -> None:
    for lost in range(30):
        encoder, decoder = MotionEncoder(), MotionDecoder()
        for pts in range(60):
            motion = _random(pts)
            packet = encoder.encode_unit(_unit(pts, motion))
            if pts == lost:
                continue
            frame = decoder.decode(packet)
            if frame.complete:
                assert np.array_equal(quantise(frame.motion), quantise(motion))
            else:
                key_lost = lost % KEYFRAME_EVERY == 0
                assert key_lost
                assert 0 < pts - lost < KEYFRAME_EVERY


def test_a_keyframe_that_comes_late_does_not_become_the_base() -> None:
    encoder, decoder = MotionEncoder(), MotionDecoder()
    packets = [encoder.encode_unit(_unit(pts, _random(pts))) for pts in range(30)]
    decoder.decode(packets[25])
    late = decoder.decode(packets[0])
    assert np.array_equal(quantise(late.motion), quantise(_random(0)))
    assert decoder.decode(packets[26]).complete


@pytest.mark.parametrize("packet", [b"", b"\x50", b"\x50" * 30, b"\x51" * 12, b"\x99" * 90])
def test_other_bytes_are_refused(packet: bytes) -> None:
    with pytest.raises(BadPacket):
        MotionDecoder().decode(packet)


def test_speech_stays_below_two_and_a_half_kilobytes_a_second() -> None:
    performer, encoder = Performer(seed=3), MotionEncoder()
    samples = (np.random.default_rng(1).normal(0, 3000, 24_000 * 4)).astype(np.int16)
    phones = tuple(Phone("mɑsiot"[i % 6], i * 0.08, (i + 1) * 0.08) for i in range(50))
    performer.push_speech(AudioChunk(samples, phones))
    performer.push_speech(SegmentEnd())
    sizes = [len(encoder.encode_unit(performer.advance())) for _ in range(100)]
    assert sum(sizes) / 4 <= 2500
