"""Sound files, whatever they are, as the media clock takes them.

Nothing is held: sound comes piece by piece.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from render.clock import AUDIO_RATE

PIECE: Final = AUDIO_RATE // 2
"""Samples a piece has at least, but for the last."""


class UnreadableSound(Exception):
    """It is no sound file, or holds no sound.

    Attributes:
        message: One plain sentence.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Recording:
    """A file with sound, of any container, codec, rate and number of channels FFmpeg reads.

    Args:
        path: The file; it may hold pictures too.

    Raises:
        UnreadableSound: It is no sound file, or is damaged from the start.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as container:
            self.seconds = (container.duration or 0) / av.time_base
            """How long it says it is; 0 where it does not say."""

    def pieces(self) -> Iterator[NDArray[np.int16]]:
        """Yields (n,) mono at 24 kHz. What is no number is silent; what is too loud is clipped.

        A file that is damaged further on ends where it is.

        Raises:
            UnreadableSound: There is no sound in it.
        """
        resampler = AudioResampler(format="fltp", rate=AUDIO_RATE)
        held: list[NDArray[np.float32]] = []
        count = 0
        for frame in self._frames():
            for part in resampler.resample(frame):
                held.append(part.to_ndarray().mean(axis=0, dtype=np.float32))
            if sum(map(len, held)) >= PIECE:
                yield _as_int16(held)
                count, held = count + 1, []
        if held:
            yield _as_int16(held)
        elif not count:
            raise UnreadableSound(f"{self._path.name} holds no sound.")

    def _frames(self) -> Iterator[av.AudioFrame | None]:
        """Yields decoded frames, and None at the end."""
        with self._open() as container:
            frames = container.decode(container.streams.audio[0])
            while True:
                try:
                    frame = next(frames)
                except (StopIteration, av.FFmpegError):
                    break
                yield _finite(frame)
        yield None

    def _open(self) -> "av.container.InputContainer":
        try:
            container = av.open(str(self._path))
        except (av.FFmpegError, OSError) as error:
            raise UnreadableSound(f"{self._path.name} cannot be read as sound.") from error
        if not container.streams.audio:
            container.close()
            raise UnreadableSound(f"{self._path.name} holds no sound.")
        return container


def _finite(frame: av.AudioFrame) -> av.AudioFrame:
    """Silences samples that are no numbers, before a filter spreads them."""
    samples = frame.to_ndarray()
    if samples.dtype.kind != "f" or np.isfinite(samples).all():
        return frame
    clean = np.where(np.isfinite(samples), samples, 0).astype(np.float64)
    if samples.itemsize == 4:
        clean = clean.astype(np.float32)
    out = av.AudioFrame.from_ndarray(clean, format=frame.format.name, layout=frame.layout.name)
    out.sample_rate, out.pts, out.time_base = frame.sample_rate, frame.pts, frame.time_base
    return out


def _as_int16(parts: list[NDArray[np.float32]]) -> NDArray[np.int16]:
    samples = np.nan_to_num(np.concatenate(parts))
    return np.asarray(np.clip(np.rint(samples * 32_768), -32_768, 32_767), np.int16)
