"""Writes frames of the media clock into a film: what its kinds have in common.

The file appears under its name only when it is whole.
"""

import os
import tempfile
from abc import ABC, abstractmethod
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import av
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from render.clock import AUDIO_RATE, FRAME_RATE, FRAME_SAMPLES
from render.types import AVUnit

AI_GENERATED: Final = "AI-generated: the face and the voice in this video are synthetic."
"""The comment every file carries."""


class PublishError(Exception):
    """A video cannot be written from these frames."""


class FilmWriter(ABC):
    """One film being written; a context manager.

    Leaving the context normally finishes the file and gives it its name; leaving it by an
    exception, or calling `abort`, leaves nothing behind.

    Args:
        path: Where the finished file goes; its folder must exist.
        width: Pixels, even.
        height: Pixels, even.

    Raises:
        PublishError: The size is not even and positive.
        OSError: The folder cannot be written.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        width: int,
        height: int,
    ) -> None:
        if width <= 0 or height <= 0 or width % 2 or height % 2:
            raise PublishError("width and height must be even and positive")
        self._path = Path(path)
        self._size = (width, height)
        descriptor, name = tempfile.mkstemp(
            prefix=f".{self._path.name}.", suffix=".part", dir=self._path.parent
        )
        os.close(descriptor)
        self.partial_path = Path(name)
        """Where the file is while it is written."""
        self._frames = 0
        self._next_pts: int | None = None
        self._done = False
        try:
            self._container, self._video, self._audio = self._open()
            self._container.metadata["comment"] = AI_GENERATED
            self._resampler = AudioResampler(
                format=self._audio.format.name, layout="mono", rate=self._audio.rate
            )
        except BaseException:
            self.partial_path.unlink(missing_ok=True)
            raise

    @property
    def frames(self) -> int:
        """Frames written so far."""
        return self._frames

    def write(self, unit: AVUnit) -> None:
        """Writes one frame.

        Args:
            unit: The next of the media clock: its `pts` follows the last one's. Its picture must
                have the size of the file.

        Raises:
            PublishError: The picture is missing or of another size, a frame was left out, or the
                file is closed already.
        """
        self._check(unit)
        assert unit.picture is not None
        frame = self._frame_of(unit.picture.rgba)
        frame.pts, frame.time_base = self._frames, Fraction(1, FRAME_RATE)
        self._container.mux(self._video.encode(frame))
        sound = av.AudioFrame.from_ndarray(unit.samples[None], format="s16", layout="mono")
        sound.sample_rate = AUDIO_RATE
        sound.pts, sound.time_base = self._frames * FRAME_SAMPLES, Fraction(1, AUDIO_RATE)
        self._encode_sound(sound)
        self._frames += 1
        self._next_pts = unit.pts + 1

    def close(self) -> None:
        """Finishes the file and gives it its name; later calls do nothing.

        Raises:
            PublishError: Nothing was written; no file is left.
        """
        if self._done:
            return
        if not self._frames:
            self.abort()
            raise PublishError("a video needs at least one frame")
        try:
            self._container.mux(self._video.encode(None))
            self._encode_sound(None)
            self._container.mux(self._audio.encode(None))
            self._container.close()
            self.partial_path.chmod(0o644)
            self.partial_path.replace(self._path)
        except BaseException:
            self.abort()
            raise
        self._done = True

    def abort(self) -> None:
        """Drops the file; later calls do nothing."""
        if self._done:
            return
        self._done = True
        try:
            with suppress(av.FFmpegError):
                self._container.close()
        finally:
            self.partial_path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()

    @abstractmethod
    def _open(
        self,
    ) -> tuple["av.container.OutputContainer", av.VideoStream, av.AudioStream]:
        """Returns the file at `partial_path` with its streams of picture and mono sound."""

    @abstractmethod
    def _frame_of(self, rgba: NDArray[np.uint8]) -> av.VideoFrame:
        """Returns a (height, width, 4) picture as the encoder takes it."""

    def _encode_sound(self, sound: av.AudioFrame | None) -> None:
        for resampled in self._resampler.resample(sound):
            self._container.mux(self._audio.encode(resampled))

    def _check(self, unit: AVUnit) -> None:
        if self._done:
            raise PublishError("the file is closed")
        if unit.picture is None:
            raise PublishError("a frame without a picture cannot be written")
        width, height = self._size
        if unit.picture.rgba.shape != (height, width, 4):
            raise PublishError(f"pictures of this file are {width} x {height}")
        if self._next_pts is not None and unit.pts != self._next_pts:
            raise PublishError(f"frame {self._next_pts} was expected, not {unit.pts}")
