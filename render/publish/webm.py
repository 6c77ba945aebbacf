"""WebM: VP9 with transparency, and Opus."""

from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

from render.clock import FRAME_RATE
from render.publish.film import FilmWriter

_OPUS_RATE: Final = 48_000
_OPUS_BITRATE: Final = 64_000


class WebmWriter(FilmWriter):
    """A WebM file whose pictures keep their transparency; browsers and editors lay it over others.

    Args:
        path: Where the finished file goes; its folder must exist.
        width: Pixels, even.
        height: Pixels, even.

    Raises:
        PublishError: The size is not even and positive.
        OSError: The folder cannot be written.
    """

    def _open(self) -> tuple["av.container.OutputContainer", av.VideoStream, av.AudioStream]:
        container = av.open(str(self.partial_path), "w", format="webm")
        video = container.add_stream("libvpx-vp9", rate=FRAME_RATE)
        video.width, video.height = self._size
        video.pix_fmt = "yuva420p"
        video.options = {
            "crf": "24", "b": "0", "deadline": "realtime", "cpu-used": "6", "threads": "1",
            "auto-alt-ref": "0",
        }  # fmt: skip
        video.gop_size = 10 * FRAME_RATE
        audio = container.add_stream("libopus", rate=_OPUS_RATE, layout="mono")
        audio.bit_rate = _OPUS_BITRATE
        return container, video, audio

    def _frame_of(self, rgba: NDArray[np.uint8]) -> av.VideoFrame:
        return av.VideoFrame.from_ndarray(np.ascontiguousarray(rgba), format="rgba").reformat(
            format="yuva420p"
        )
