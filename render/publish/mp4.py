"""Writes frames of the media clock into an MP4: H.264 and AAC.

Imports `render.types` and `render.clock`. The file appears under its name only when it is whole;
a fragmented one can be played from its temporary name while it is written.
"""

import os
import tempfile
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.video.reformatter import Colorspace
from numpy.typing import NDArray

from render.clock import AUDIO_RATE, FRAME_RATE, FRAME_SAMPLES
from render.types import AVUnit

AI_GENERATED: Final = "AI-generated: the face and the voice in this video are synthetic."
"""The comment every file carries."""
_BT709: Final = 1
_AAC_BITRATE: Final = 96_000
_FRAGMENT_FRAMES: Final = FRAME_RATE
"""A fragmented file gets a keyframe, and so a fragment, every second."""


class PublishError(Exception):
    """A video cannot be written from these frames."""


class Mp4Writer:
    """One MP4 file being written; a context manager.

    Leaving the context normally finishes the file and gives it its name; leaving it by an
    exception, or calling `abort`, leaves nothing behind.

    Args:
        path: Where the finished file goes; its folder must exist.
        width: Pixels, even.
        height: Pixels, even.
        audio_rate: Samples a second of the AAC stream; 24 kHz sound is resampled if it differs.
        fragmented: Whether the file can be played while it grows, at a slightly larger size.

    Raises:
        PublishError: The size is not even and positive.
        OSError: The folder cannot be written.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        width: int,
        height: int,
        audio_rate: int = AUDIO_RATE,
        fragmented: bool = False,
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
            self._open(audio_rate, fragmented)
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
                have the size of the file; transparency is drawn on black.

        Raises:
            PublishError: The picture is missing or of another size, a frame was left out, or the
                file is closed already.
        """
        self._check(unit)
        assert unit.picture is not None
        rgb = _opaque(unit.picture.rgba)
        frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
            format="yuv420p", dst_colorspace=Colorspace.ITU709
        )
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

    def _open(self, audio_rate: int, fragmented: bool) -> None:
        flags = (
            "frag_keyframe+empty_moov+default_base_moof+delay_moov" if fragmented else "faststart"
        )
        self._container = av.open(
            str(self.partial_path),
            "w",
            format="mp4",
            options={"movflags": flags, "flush_packets": "1" if fragmented else "0"},
        )
        self._container.metadata["comment"] = AI_GENERATED
        self._video = self._container.add_stream("libx264", rate=FRAME_RATE)
        self._video.width, self._video.height = self._size
        self._video.pix_fmt = "yuv420p"
        self._video.options = {"crf": "20", "preset": "veryfast", "threads": "1"}
        self._video.gop_size = _FRAGMENT_FRAMES if fragmented else 10 * FRAME_RATE
        context = self._video.codec_context
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        self._audio = self._container.add_stream("aac", rate=audio_rate, layout="mono")
        self._audio.bit_rate = _AAC_BITRATE
        self._resampler = AudioResampler(format="fltp", layout="mono", rate=audio_rate)

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


def _opaque(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Returns (height, width, 3): the picture on black where it is transparent."""
    alpha = rgba[..., 3:]
    if alpha.min() == 255:
        return np.ascontiguousarray(rgba[..., :3])
    blended = (rgba[..., :3].astype(np.uint16) * alpha + 127) // 255
    return blended.astype(np.uint8)
