"""A WebM keeps what is transparent, and its sound."""

from pathlib import Path

import av
import numpy as np
import pytest

from render.clock import AUDIO_RATE, FRAME_SAMPLES
from render.publish.film import AI_GENERATED, PublishError
from render.publish.webm import WebmWriter
from render.types import AVUnit, Motion, Picture

SIZE, FRAMES = 128, 25


def test_transparency_and_sound_come_back(tmp_path: Path) -> None:
    path = tmp_path / "out.webm"
    rgba = np.zeros((SIZE, SIZE, 4), np.uint8)
    rgba[32:96, 32:96] = (220, 40, 40, 255)
    tone = 8000 * np.sin(2 * np.pi * 300 * np.arange(FRAMES * FRAME_SAMPLES) / AUDIO_RATE)
    with WebmWriter(path, SIZE, SIZE) as writer:
        for pts in range(FRAMES):
            samples = tone[pts * FRAME_SAMPLES : (pts + 1) * FRAME_SAMPLES].astype(np.int16)
            writer.write(AVUnit(pts, samples, Motion.of(), picture=Picture(rgba)))
    with av.open(str(path)) as film:
        assert film.metadata["COMMENT"] == AI_GENERATED
        assert film.streams.video[0].metadata["alpha_mode"] == "1"
        heard = np.concatenate([f.to_ndarray().ravel() for f in film.decode(audio=0)])
    assert np.std(heard.astype(float)) > 0.1
    with av.open(str(path)) as film:
        decoder = av.CodecContext.create("libvpx-vp9", "r")
        assert isinstance(decoder, av.VideoCodecContext)
        seen = [frame for packet in film.demux(video=0) for frame in decoder.decode(packet)]
    assert len(seen) == FRAMES
    alpha = seen[12].to_ndarray(format="rgba")[..., 3]
    assert alpha[36:92, 36:92].min() > 250
    assert alpha[:24].max() < 6


def test_nothing_is_left_of_what_fails(tmp_path: Path) -> None:
    with pytest.raises(PublishError), WebmWriter(tmp_path / "out.webm", SIZE, SIZE):
        pass
    assert list(tmp_path.iterdir()) == []
