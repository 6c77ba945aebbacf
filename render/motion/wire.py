"""The motion packet: one frame of the face in some forty bytes, for clients that draw.

Layout, little-endian (`web/player/packet.js` reads the same):

    u8   kind          0x50 keyframe, 0x51 difference
    u8   flags         bit 0: somebody speaks in this frame; bit 1: lips move
    u32  pts           frames of the media clock
    u16  segment       of speech, modulo 65,536; 0 while nobody speaks
    keyframe:          65 channel codes
    difference:        u32 pts of its keyframe, 9 bytes mask (bit i of byte i // 8: channel i), then
                       the codes of the channels that differ from the keyframe

A channel code is one byte for a value in [0, 1], and a signed 16 bit number for the nine channels
of pose and gaze. Codes are absolute, not sums: whoever missed a keyframe may still apply what a
difference names, and is right again within a second.
"""

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from render.clock import FRAME_RATE
from render.types import ARKIT_SHAPES, CHANNELS, CORRECTIVES, AVUnit, Motion

KEYFRAME_EVERY: Final = FRAME_RATE
"""Frames from one keyframe to the next."""
KEYFRAME, DIFFERENCE = 0x50, 0x51
UNIT_CHANNELS: Final = len(ARKIT_SHAPES) + len(CORRECTIVES)
"""The first channels are in [0, 1] and take a byte; the others take two."""
WIDE_STEPS: Final = np.array([1 / 256] * 3 + [1 / 8192] * 3 + [1 / 1024] * 3, np.float32)
"""What one step of a wide code means: degrees, face widths, breath and gaze."""
MASK_BYTES: Final = (len(CHANNELS) + 7) // 8
_HEAD = struct.Struct("<BBIH")
_PTS = struct.Struct("<I")
_SPEAKING, _LIPS = 1, 2

Codes = NDArray[np.int32]


class BadPacket(ValueError):
    """These bytes are no motion packet."""


@dataclass(frozen=True, slots=True)
class MotionFrame:
    """What a packet says.

    Attributes:
        complete: Whether every channel is right; False after a lost keyframe, until the next.
    """

    pts: int
    segment: int
    lips_moving: bool
    motion: Motion
    complete: bool


class MotionEncoder:
    """Turns units into packets for one client."""

    def __init__(self) -> None:
        self._key: Codes | None = None
        self._key_pts = 0

    def encode_unit(self, unit: AVUnit) -> bytes:
        """Returns the packet of a unit; `pts` must rise. Sound is not in it."""
        codes = quantise(unit.motion)
        flags = (_SPEAKING if unit.segment else 0) | (_LIPS if unit.lips_moving else 0)
        segment = unit.segment and (unit.segment - 1) % 65_535 + 1
        if self._key is None or unit.pts - self._key_pts >= KEYFRAME_EVERY:
            self._key, self._key_pts = codes, unit.pts
            return _HEAD.pack(KEYFRAME, flags, unit.pts, segment) + _pack(codes, np.ones(65, bool))
        changed = codes != self._key
        mask = np.packbits(changed, bitorder="little").tobytes()
        head = _HEAD.pack(DIFFERENCE, flags, unit.pts, segment) + _PTS.pack(self._key_pts)
        return head + mask + _pack(codes, changed)

    def refresh(self) -> None:
        """Makes the next packet a keyframe, for a client that has just joined."""
        self._key = None


class MotionDecoder:
    """Turns packets back into motion, whatever was lost or came late."""

    def __init__(self) -> None:
        self._key = np.zeros(len(CHANNELS), np.int32)
        self._key_pts: int | None = None

    def decode(self, packet: bytes) -> MotionFrame:
        """Reads one packet.

        Raises:
            BadPacket: It is too short, too long, or of another kind.
        """
        if len(packet) < _HEAD.size:
            raise BadPacket("the packet is shorter than its head")
        kind, flags, pts, segment = _HEAD.unpack_from(packet)
        body = packet[_HEAD.size :]
        if kind == KEYFRAME:
            codes = _unpack(body, np.ones(len(CHANNELS), bool), self._key)
            if self._key_pts is None or pts >= self._key_pts:
                self._key, self._key_pts = codes, pts
            complete = True
        elif kind == DIFFERENCE:
            codes, complete = self._difference(body)
        else:
            raise BadPacket("the packet is of an unknown kind")
        return MotionFrame(pts, segment, bool(flags & _LIPS), dequantise(codes), complete)

    def _difference(self, body: bytes) -> tuple[Codes, bool]:
        if len(body) < _PTS.size + MASK_BYTES:
            raise BadPacket("the packet ends within its mask")
        (key_pts,) = _PTS.unpack_from(body)
        bits = np.frombuffer(body, np.uint8, MASK_BYTES, _PTS.size)
        changed = np.unpackbits(bits, bitorder="little")[: len(CHANNELS)].astype(bool)
        codes = _unpack(body[_PTS.size + MASK_BYTES :], changed, self._key)
        return codes, key_pts == self._key_pts


def quantise(motion: Motion) -> Codes:
    """Returns the (65,) codes of a motion; values beyond what a code can say are limited."""
    values = motion.values
    unit = np.clip(np.rint(values[:UNIT_CHANNELS] * 255), 0, 255)
    wide = np.clip(np.rint(values[UNIT_CHANNELS:] / WIDE_STEPS), -32_768, 32_767)
    return np.concatenate([unit, wide]).astype(np.int32)


def dequantise(codes: Codes) -> Motion:
    """Returns the motion that (65,) codes stand for."""
    unit = codes[:UNIT_CHANNELS].astype(np.float32) / 255
    wide = codes[UNIT_CHANNELS:].astype(np.float32) * WIDE_STEPS
    return Motion(np.concatenate([unit, wide]).astype(np.float32))


def _pack(codes: Codes, which: NDArray[np.bool_]) -> bytes:
    unit = codes[:UNIT_CHANNELS][which[:UNIT_CHANNELS]].astype(np.uint8)
    wide = codes[UNIT_CHANNELS:][which[UNIT_CHANNELS:]].astype("<i2")
    return unit.tobytes() + wide.tobytes()


def _unpack(body: bytes, which: NDArray[np.bool_], base: Codes) -> Codes:
    unit, wide = which[:UNIT_CHANNELS], which[UNIT_CHANNELS:]
    narrow = int(unit.sum())
    if len(body) != narrow + 2 * int(wide.sum()):
        raise BadPacket("the packet has the wrong length")
    codes = base.copy()
    codes[:UNIT_CHANNELS][unit] = np.frombuffer(body, np.uint8, narrow)
    codes[UNIT_CHANNELS:][wide] = np.frombuffer(body, "<i2", offset=narrow)
    return codes
