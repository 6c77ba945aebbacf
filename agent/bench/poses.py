"""`visavis bench poses`: whether the drawing is, byte for byte, what it was.

A change that should not change a picture is run before and after: equal digests are equal
pictures. What is drawn comes from a seed alone, so that nothing but the code can differ.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.settings import Settings
from render.clock import AUDIO_RATE, FRAME_RATE
from render.cloning.gallery import DEFAULT_PEOPLE, default_avatar
from render.motion.emotion import Emotion
from render.motion.gesture import GESTURES
from render.motion.performer import Performer
from render.puppet.puppet import Puppet
from render.types import (
    ARKIT_SHAPES,
    CHANNEL_INDEX,
    CHANNELS,
    CORRECTIVES,
    GAZE,
    AudioChunk,
    Motion,
    SegmentEnd,
)

POSES = 60
SIZE = 512
"""Width and height of the pictures, pixels."""
SPOKEN_SECONDS = 12
MOVED_SHAPES = 12
"""Shapes that differ from rest in one pose."""
HEAD_DEGREES = 15.0
HEAD_SHIFT = 0.08
"""Face widths."""
SEED = 20


def run(settings: Settings) -> dict[str, Any]:
    """Draws every default person in the same poses.

    Returns:
        `poses`, and SHA-256 digests: `pictures` by person, and `motion` of a performance with
        emotions and gestures.
    """
    folder = settings.server.data_dir / "avatars"
    people = {}
    for name in DEFAULT_PEOPLE:
        bundle = default_avatar(name, folder, settings.face.people_package)
        puppet = Puppet(bundle, SIZE, SIZE)
        pictures = hashlib.sha256()
        for motion in random_poses():
            pictures.update(puppet.draw(motion).tobytes())
        people[name] = pictures.hexdigest()
    moved = hashlib.sha256()
    for motion in perform():
        moved.update(motion.values.tobytes())
    return {"poses": POSES, "pictures": people, "motion": moved.hexdigest()}


def random_poses() -> Iterator[Motion]:
    """Yields the poses: the first at rest, in each other a dozen shapes, the head and the eyes."""
    random = np.random.default_rng(SEED)
    yield Motion(np.zeros(len(CHANNELS), np.float32))
    shapes = len(ARKIT_SHAPES) + len(CORRECTIVES)
    reach = np.array([HEAD_DEGREES] * 3 + [HEAD_SHIFT] * 3)
    for _ in range(POSES - 1):
        values = np.zeros(len(CHANNELS), np.float32)
        moved = random.choice(shapes, MOVED_SHAPES, replace=False)
        values[moved] = random.uniform(0, 1, MOVED_SHAPES)
        values[shapes : shapes + len(reach)] = random.uniform(-reach, reach)
        values[CHANNEL_INDEX["breath"]] = random.uniform(0, 1)
        values[[CHANNEL_INDEX[name] for name in GAZE]] = random.uniform(-1, 1, len(GAZE))
        yield Motion(values)


def perform() -> Iterator[Motion]:
    """Yields the motion of a face that hears itself speak, feels and gestures."""
    performer = Performer(SEED)
    performer.push_speech(AudioChunk(babble(SPOKEN_SECONDS)))
    performer.push_speech(SegmentEnd())
    emotions, gestures = tuple(Emotion), tuple(GESTURES.values())
    for frame in range((SPOKEN_SECONDS + 2) * FRAME_RATE):
        second, into = divmod(frame, FRAME_RATE)
        if not into:
            performer.set_emotion(emotions[second % len(emotions)], 0.8)
            performer.gesture(gestures[second % len(gestures)])
        yield performer.advance().motion


def babble(seconds: int) -> NDArray[np.int16]:
    """Returns (seconds * 24,000,) of a hum that rises and falls as syllables do."""
    time = np.arange(seconds * AUDIO_RATE) / AUDIO_RATE
    pitch = np.cumsum(120 + 25 * np.sin(1.7 * time)) / AUDIO_RATE
    tone = sum(np.sin(2 * np.pi * k * pitch) / k for k in range(1, 12))
    syllables = np.clip(np.sin(2 * np.pi * 3.3 * time), 0, 1) * (np.sin(0.9 * time) > -0.6)
    return np.asarray(5000 * syllables * tone, np.int16)
