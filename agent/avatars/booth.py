"""The process that makes avatars and films them, beside the sessions and after them in rank.

Runs as a worker of `agent.models`: one at a time, niced, so that talking faces keep their frame
rate.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2

from agent.avatars.clone import Photos, clone
from agent.avatars.record import Consent
from agent.errors import BadPhoto
from render.face.avatar import AvatarBundle
from render.face.bundle import dump_bundle, load_bundle
from render.motion.performer import Performer
from render.publish.mp4 import Mp4Writer
from render.puppet.puppet import Puppet
from render.types import AudioChunk, Picture, SegmentEnd

NICENESS = 10
BEFORE_FRAMES, AFTER_FRAMES = 8, 20
"""Frames in which the face is at rest before and after it speaks."""


@dataclass(frozen=True, slots=True)
class TakenPhoto:
    """An avatar, as it is stored.

    Attributes:
        bundle: The `.avatar` file.
        portrait: JPEG of the face at rest.
        advice: What would make a better one.
        seconds: How long the making took.
    """

    bundle: bytes
    portrait: bytes
    advice: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class PhotoRefused:
    """A photo that cannot be used: the parts of a `BadPhoto`."""

    message: str
    code: str
    status: int


class PhotoReader:
    """Makes and films avatars; a worker's model."""

    def __init__(self) -> None:
        os.nice(NICENESS)
        cv2.setNumThreads(1)

    def take(
        self, photos: Photos, name: str, consent: Consent, size: tuple[int, int]
    ) -> TakenPhoto | PhotoRefused:
        """Makes an avatar and draws it at rest, `size` (width, height) pixels large."""
        try:
            made = clone(photos, name, consent)
        except BadPhoto as error:
            return PhotoRefused(error.message, error.code, error.status)
        portrait = draw_portrait(made.bundle, *size)
        return TakenPhoto(dump_bundle(made.bundle), portrait, made.advice, made.seconds)

    def film(
        self, avatar: Path, speech: Sequence[AudioChunk], out: Path, size: tuple[int, int]
    ) -> None:
        """Writes an MP4 of the avatar in file `avatar` saying `speech`."""
        puppet = Puppet(load_bundle(avatar), *size)
        performer = Performer()
        with Mp4Writer(out, *size) as video:

            def write(frames: int) -> None:
                for _ in range(frames):
                    unit = performer.advance()
                    video.write(replace(unit, picture=Picture(puppet.draw(unit.motion))))

            write(BEFORE_FRAMES)
            for chunk in speech:
                performer.push_speech(chunk)
            performer.push_speech(SegmentEnd())
            while performer.speaking:
                write(1)
            write(AFTER_FRAMES)


def draw_portrait(bundle: AvatarBundle, width: int, height: int) -> bytes:
    """Returns a JPEG of a person at rest."""
    rgba = Puppet(bundle, width, height).draw(Performer().advance().motion)
    good, encoded = cv2.imencode(".jpg", cv2.cvtColor(rgba, cv2.COLOR_RGBA2BGR))
    assert good
    return encoded.tobytes()
