"""What the encoders make decodes to what went in."""

import av
import numpy as np
import pytest
from aiortc.codecs.h264 import h264_depayload
from listener import SIDE, pitch, unit
from numpy.typing import NDArray

from agent.transport.webrtc.encoders import H264Encoder, OpusEncoder


def decode(decoder: av.VideoCodecContext, payloads: list[bytes]) -> list[av.VideoFrame]:
    return decoder.decode(av.Packet(b"".join(h264_depayload(payload) for payload in payloads)))


def noise(seed: int) -> NDArray[np.uint8]:
    picture = np.full((256, 256, 4), 128, np.uint8)
    picture[64:192, 64:192] = np.random.default_rng(seed).integers(0, 256, (128, 128, 4))
    return picture


def test_every_picture_is_out_at_once_and_only_the_asked_ones_are_keyframes() -> None:
    encoder = H264Encoder(SIDE, SIDE, 900_000, 2_000_000)
    decoder = av.CodecContext.create("h264", "r")
    keyframes = []
    for pts in range(60):
        picture = unit(pts).picture
        assert picture is not None
        payloads = encoder.encode(picture.rgba, pts, keyframe=pts in (0, 40))
        assert payloads
        assert max(map(len, payloads)) <= 1_300
        keyframes += [pts for frame in decode(decoder, payloads) if frame.key_frame]
    assert keyframes == [0, 40]


def test_colours_survive_and_are_named() -> None:
    encoder = H264Encoder(SIDE, SIDE, 900_000, 2_000_000)
    decoder = av.CodecContext.create("h264", "r")
    picture = np.full((SIDE, SIDE, 4), 255, np.uint8)
    picture[:, :, :3] = 200, 120, 90
    frames = decode(decoder, encoder.encode(picture, 0, keyframe=True))
    frames += decoder.decode(None)
    shown = frames[0].to_ndarray(format="rgb24")[SIDE // 2, SIDE // 2]
    assert shown == pytest.approx([200, 120, 90], abs=4)
    assert (frames[0].colorspace, frames[0].color_range) == (6, 1)


def test_bitrate_changes_in_place() -> None:
    encoder = H264Encoder(256, 256, 900_000, 2_000_000)

    def measure(begin: int, bitrate: int) -> float:
        encoder.bitrate = bitrate
        sizes = []
        for pts in range(begin, begin + 75):
            sizes.append(sum(map(len, encoder.encode(noise(pts), pts, keyframe=pts == 0))))
        return sum(sizes[25:]) * 8 * 25 / 50

    assert measure(0, 900_000) == pytest.approx(900_000, rel=0.25)
    assert measure(75, 300_000) == pytest.approx(300_000, rel=0.25)
    assert measure(150, 1_500_000) == pytest.approx(1_500_000, rel=0.25)
    encoder.bitrate = 9_000_000
    assert encoder.bitrate == 2_000_000


def test_opus_takes_24_khz_and_keeps_the_tone() -> None:
    encoder = OpusEncoder(32_000)
    decoder = av.CodecContext.create("libopus", "r")
    sound = []
    sizes = []
    for pts in range(25):
        packets = encoder.encode(unit(pts, tone=True).samples)
        assert len(packets) == 2
        sizes += [len(packet) for packet in packets]
        for packet in packets:
            for frame in decoder.decode(av.Packet(packet)):
                assert frame.samples == 960
                sound.append(frame.to_ndarray().reshape(-1, 2)[:, 0].astype(np.int16))
    assert pitch(np.concatenate(sound)[4_800:], 48_000) == pytest.approx(1_000, abs=5)
    assert sum(sizes) * 8 <= 48_000
