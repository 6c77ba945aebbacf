"""H.264 and Opus encoders for a talking face: cheap, low delay, bit rate changed in place.

Synchronous and not thread-safe: one session's encoders run in one executor job at a time.
May import PyAV, OpenCV, numpy, aiortc's packetiser and `render`.
"""

from fractions import Fraction

import av
import cv2
import numpy as np
from aiortc.codecs.h264 import H264Encoder as H264Packetizer
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType
from numpy.typing import NDArray

from render.clock import (
    AUDIO_RATE,
    FRAME_RATE,
    FRAME_SAMPLES,
    RTP_TICKS_PER_FRAME,
    RTP_VIDEO_RATE,
)

OPUS_RTP_RATE = 48_000
"""Opus RTP timestamps always count 48 kHz samples (RFC 7587), whatever rate is encoded."""
OPUS_FRAMES_PER_UNIT = 2
"""A 40 ms unit is two Opus frames of 20 ms."""
OPUS_TICKS_PER_UNIT = OPUS_RTP_RATE // FRAME_RATE

_BT601_LIMITED = {"colorspace": 6, "color_primaries": 6, "color_trc": 6, "color_range": 1}
"""What `cv2.COLOR_RGBA2YUV_I420` makes (SMPTE 170M, limited range), told in the stream."""
_OPUS_SILENCE = b"\xf8\xff\xfe"
"""20 ms of digital silence: one CELT frame, full band, mono."""
_SILENT_AFTER = 3
"""Units of zeros after which nothing of what sounded before is left in the encoder."""


class H264Encoder:
    """libx264, Baseline, one thread, no delay; keyframes only when asked for.

    x264 changes its bit rate in place only when it was opened with a constant bit rate
    (`maxrate` equal to the rate), so it is opened at `maximum` and turned down.
    """

    def __init__(self, width: int, height: int, bitrate: int, maximum: int) -> None:
        """Opens the encoder.

        Args:
            width: Pixels, even.
            height: Pixels, even.
            bitrate: Bits a second to start with.
            maximum: Bits a second never exceeded.
        """
        self.width = width
        self.height = height
        self._maximum = maximum
        self._packetizer = H264Packetizer()
        codec = av.CodecContext.create("libx264", "w")
        assert isinstance(codec, VideoCodecContext)
        codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
        codec.framerate = Fraction(FRAME_RATE)
        codec.time_base = Fraction(1, RTP_VIDEO_RATE)
        codec.bit_rate = maximum
        codec.profile = "Baseline"
        codec.thread_count = 1
        codec.gop_size = 1_000_000
        for name, value in _BT601_LIMITED.items():
            setattr(codec, name, value)
        codec.options = {
            "preset": "superfast",
            "tune": "zerolatency",
            "forced-idr": "1",
            "sc_threshold": "0",
            "bf": "0",
            "maxrate": str(maximum),
            "bufsize": str(bitrate // 2),  # a keyframe holds at most half a second of bits
        }
        codec.open()
        self._codec = codec
        self.bitrate = bitrate

    @property
    def bitrate(self) -> int:
        """Bits a second aimed at; setting it takes effect with the next picture."""
        return self._codec.bit_rate or 0

    @bitrate.setter
    def bitrate(self, value: int) -> None:
        self._codec.bit_rate = min(value, self._maximum)

    def encode(self, rgba: NDArray[np.uint8], pts: int, keyframe: bool) -> list[bytes]:
        """Encodes one picture.

        Args:
            rgba: (height, width, 4) uint8.
            pts: Frames of the media clock, rising.
            keyframe: Whether the picture must decode on its own.

        Returns:
            Its RTP payloads (RFC 6184), the last of which ends the picture.
        """
        planes = cv2.cvtColor(rgba, cv2.COLOR_RGBA2YUV_I420).astype(np.uint8, copy=False)
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts = pts * RTP_TICKS_PER_FRAME
        frame.time_base = Fraction(1, RTP_VIDEO_RATE)
        frame.pict_type = PictureType.I if keyframe else PictureType.NONE
        payloads: list[bytes] = []
        for packet in self._codec.encode(frame):
            payloads += self._packetizer.pack(packet)[0]
        return payloads


class OpusEncoder:
    """Opus for speech, mono, 20 ms frames, with in-band forward error correction.

    libopus takes 24 kHz as it is, so the voice needs no resampling: the listener's decoder
    makes 48 kHz of it. Lasting silence is not encoded, but sent as what it is.
    """

    def __init__(self, bitrate: int, complexity: int = 10) -> None:
        """Opens the encoder for (960,) int16 units at 24 kHz.

        Args:
            bitrate: Bits a second.
            complexity: 0 to 10; at 1 it takes less than a third of the time that it does at 10,
                and sounds a little rougher.
        """
        codec = av.CodecContext.create("libopus", "w")
        codec.sample_rate = AUDIO_RATE
        codec.layout = "mono"
        codec.format = "s16"
        codec.bit_rate = bitrate
        codec.time_base = Fraction(1, AUDIO_RATE)
        codec.options = {
            "application": "voip",
            "frame_duration": "20",
            "fec": "1",
            "packet_loss": "5",
            "vbr": "on",
            "compression_level": str(complexity),
        }
        codec.open()
        self._codec = codec
        self._samples = 0
        self._silent = 0

    def resting(self, samples: NDArray[np.int16]) -> bool:
        """Whether `encode` of these would have nothing to compute."""
        return self._silent >= _SILENT_AFTER and not samples.any()

    def encode(self, samples: NDArray[np.int16]) -> list[bytes]:
        """Encodes one unit of (960,) int16 at 24 kHz into two packets of 20 ms."""
        if self.resting(samples):
            return [_OPUS_SILENCE] * OPUS_FRAMES_PER_UNIT
        self._silent = 0 if samples.any() else self._silent + 1
        packets: list[bytes] = []
        size = FRAME_SAMPLES // OPUS_FRAMES_PER_UNIT
        for start in range(0, FRAME_SAMPLES, size):
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(samples[None, start : start + size]), "s16", "mono"
            )
            frame.sample_rate = AUDIO_RATE
            frame.time_base = Fraction(1, AUDIO_RATE)
            frame.pts = self._samples
            self._samples += size
            packets += [bytes(packet) for packet in self._codec.encode(frame)]
        return packets
