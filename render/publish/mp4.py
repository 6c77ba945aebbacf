"""MP4: H.264 and AAC, plays everywhere.

A fragmented one can be played from its temporary name while it is written.
"""

import os
from typing import Final

import av
import numpy as np
from av.video.reformatter import Colorspace
from numpy.typing import NDArray

from render.clock import AUDIO_RATE, FRAME_RATE
from render.publish.film import FilmWriter

_BT709: Final = 1
_AAC_BITRATE: Final = 96_000
_FRAGMENT_FRAMES: Final = FRAME_RATE
"""A fragmented file gets a keyframe, and so a fragment, every second."""


class Mp4Writer(FilmWriter):
    """An MP4 file; transparency is drawn on black.

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
        self._audio_rate = audio_rate
        self._fragmented = fragmented
        super().__init__(path, width, height)

    def _open(self) -> tuple["av.container.OutputContainer", av.VideoStream, av.AudioStream]:
        flags = (
            "frag_keyframe+empty_moov+default_base_moof+delay_moov"
            if self._fragmented
            else "faststart"
        )
        container = av.open(
            str(self.partial_path),
            "w",
            format="mp4",
            options={"movflags": flags, "flush_packets": "1" if self._fragmented else "0"},
        )
        video = container.add_stream("libx264", rate=FRAME_RATE)
        video.width, video.height = self._size
        video.pix_fmt = "yuv420p"
        video.options = {"crf": "20", "preset": "veryfast", "threads": "1"}
        video.gop_size = _FRAGMENT_FRAMES if self._fragmented else 10 * FRAME_RATE
        context = video.codec_context
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        audio = container.add_stream("aac", rate=self._audio_rate, layout="mono")
        audio.bit_rate = _AAC_BITRATE
        return container, video, audio

    def _frame_of(self, rgba: NDArray[np.uint8]) -> av.VideoFrame:
        return av.VideoFrame.from_ndarray(_opaque(rgba), format="rgb24").reformat(
            format="yuv420p", dst_colorspace=Colorspace.ITU709
        )


def _opaque(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Returns (height, width, 3): the picture on black where it is transparent."""
    alpha = rgba[..., 3:]
    if alpha.min() == 255:
        return np.ascontiguousarray(rgba[..., :3])
    blended = (rgba[..., :3].astype(np.uint16) * alpha + 127) // 255
    return blended.astype(np.uint8)
