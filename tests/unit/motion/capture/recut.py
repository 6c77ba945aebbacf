"""Films in other shapes: another rate, size, codec, end, or turn; made with the codecs of PyAV."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

_UPRIGHT = np.array([0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000], ">i4").tobytes()
_TURNED = np.array([0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000], ">i4").tobytes()


def pictures_of(path: Path) -> list[NDArray[np.uint8]]:
    """All pictures as they are stored."""
    with av.open(str(path)) as container:
        return [
            np.asarray(f.to_ndarray(format="rgb24"), np.uint8) for f in container.decode(video=0)
        ]


def write(path: Path, pictures: list[NDArray[np.uint8]], rate: int, codec: str) -> Path:
    """Writes a silent film."""
    height, width = pictures[0].shape[:2]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.bit_rate = 3_000_000
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def padded(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """A picture in the middle of a wider one."""
    small = cv2.resize(picture, (height, height), interpolation=cv2.INTER_AREA)
    out = np.zeros((height, width, 3), np.uint8)
    left = (width - height) // 2
    out[:, left : left + height] = small
    return out


def sound_only(path: Path, out: Path) -> Path:
    """The sound track alone."""
    with av.open(str(path)) as source, av.open(str(out), "w", format="mp4") as target:
        stream = target.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(audio=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    return out


def turned(path: Path, out: Path) -> Path:
    """The same film, marked to be shown a quarter turn clockwise, as phones do."""
    data = path.read_bytes()
    at = data.index(_UPRIGHT, data.index(b"tkhd"))
    out.write_bytes(data[:at] + _TURNED + data[at + len(_TURNED) :])
    return out
