"""A film of a face whose motion is known, drawn and written once."""

import numpy as np
import pytest
from known import FRAMES, SIZE, KnownFilm, known_motion

from render.clock import AUDIO_RATE, FRAME_SAMPLES
from render.face.avatar import AvatarBundle
from render.face.gallery import default_avatar
from render.publish.mp4 import Mp4Writer
from render.puppet.puppet import Puppet
from render.types import AVUnit, Motion, Picture


@pytest.fixture(scope="session")
def vera(tmp_path_factory: pytest.TempPathFactory) -> AvatarBundle:
    return default_avatar("vera", tmp_path_factory.mktemp("avatars"))


@pytest.fixture(scope="session")
def film(vera: AvatarBundle, tmp_path_factory: pytest.TempPathFactory) -> KnownFilm:
    path = tmp_path_factory.mktemp("films") / "known.mp4"
    motion = known_motion()
    tone = np.sin(2 * np.pi * 300 * np.arange(FRAMES * FRAME_SAMPLES) / AUDIO_RATE)
    loud = np.repeat(np.arange(FRAMES) // 25 % 2, FRAME_SAMPLES)
    sound = (8000 * tone * loud).astype(np.int16)
    puppet = Puppet(vera, SIZE, SIZE)
    with Mp4Writer(path, SIZE, SIZE) as video:
        for pts, values in enumerate(motion):
            samples = sound[pts * FRAME_SAMPLES : (pts + 1) * FRAME_SAMPLES]
            now = Motion(values)
            video.write(AVUnit(pts, samples, now, picture=Picture(puppet.draw(now))))
    return KnownFilm(path, motion, sound)
