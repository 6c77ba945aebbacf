"""Pictures and sound of a video file or a camera, for whoever watches a face.

Nothing is held: both come piece by piece.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

import av
import cv2
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from render.clock import AUDIO_RATE, FRAME_RATE, FRAME_SAMPLES
from render.motion.errors import NoPictures, UnreadableFilm

LARGEST: Final = 960
"""Pixels of the longer side at which a face is read; larger pictures are reduced."""
_EARLY = 0.25
"""Share of a frame by which a picture may be early and still counts."""
Picture = NDArray[np.uint8]
Frame = TypeVar("Frame", av.VideoFrame, av.AudioFrame)


class Film:
    """A video file.

    Args:
        path: Any container and codec that FFmpeg reads, of any size and frame rate.

    Raises:
        UnreadableFilm: It is no video file, or is damaged from the start.
        NoPictures: It has no video stream.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as container:
            if not container.streams.video:
                raise NoPictures("The file holds no pictures; use a video of one person's face.")
            self._start = (container.start_time or 0) / av.time_base
            self.seconds = (container.duration or 0) / av.time_base
            """How long it says it is; 0 where it does not say."""
            self.sounds = bool(container.streams.audio)
            """Whether it has a sound track."""

    def pictures(self) -> Iterator[tuple[float, Picture]]:
        """Yields seconds and upright (h, w, 3) pictures, at most 25 a second.

        A file that is damaged further on ends where it is.
        """
        due = -np.inf
        with self._open() as container:
            stream = container.streams.video[0]
            rate = float(stream.average_rate or FRAME_RATE)
            for number, frame in enumerate(_until_damage(container.decode(stream))):
                at = number / rate if frame.time is None else frame.time - self._start
                if at >= due:
                    due = at + (1 - _EARLY) / FRAME_RATE
                    yield at, _upright(frame)

    def sound(self) -> Iterator[NDArray[np.int16]]:
        """Yields (960,) mono frames of the media clock at 24 kHz, from second 0 to its end."""
        if not self.sounds:
            return
        held = np.zeros(0, np.int16)
        with self._open() as container:
            resampler = AudioResampler(format="s16", layout="mono", rate=AUDIO_RATE)
            late = True
            for frame in _until_damage(container.decode(container.streams.audio[0])):
                if late and frame.time is not None:
                    silence = max(0.0, frame.time - self._start)
                    held = np.zeros(int(silence * AUDIO_RATE), np.int16)
                late = False
                parts = [part.to_ndarray()[0] for part in resampler.resample(frame)]
                held = np.concatenate([held, *parts])
                while len(held) >= FRAME_SAMPLES:
                    yield held[:FRAME_SAMPLES]
                    held = held[FRAME_SAMPLES:]
        yield np.pad(held, (0, FRAME_SAMPLES - len(held)))

    @contextmanager
    def _open(self) -> Iterator["av.container.InputContainer"]:
        try:
            container = av.open(str(self._path))
        except (av.FFmpegError, OSError) as error:
            raise UnreadableFilm("This is no video file that can be read.") from error
        with container:
            yield container


def camera_pictures(index: int, seconds: float) -> Iterator[tuple[float, Picture]]:
    """Yields seconds and (h, w, 3) pictures of a camera, for so long.

    Raises:
        UnreadableFilm: There is no such camera, or it gives no pictures.
    """
    camera = cv2.VideoCapture(index)
    try:
        start = time.monotonic()
        while (at := time.monotonic() - start) < seconds:
            there, bgr = camera.read()
            if not there:
                raise UnreadableFilm(f"Camera {index} gives no pictures; is it plugged in?")
            yield at, _reduced(np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8))
    finally:
        camera.release()


def _until_damage(frames: Iterator[Frame]) -> Iterator[Frame]:
    while True:
        try:
            frame = next(frames)
        except (StopIteration, av.FFmpegError):
            return
        yield frame


def _upright(frame: av.VideoFrame) -> Picture:
    """Returns a frame as the camera was held; phones store it turned."""
    picture = _reduced(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8))
    return np.ascontiguousarray(np.rot90(picture, round(frame.rotation / 90) % 4))


def _reduced(picture: Picture) -> Picture:
    scale = LARGEST / max(picture.shape[:2])
    if scale >= 1:
        return picture
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)
