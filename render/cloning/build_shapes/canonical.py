"""Reads MediaPipe's canonical face mesh out of the landmarker's model file.

The mesh is a protocol buffer (`mediapipe.tasks.vision.face_geometry.proto`,
`GeometryPipelineMetadata`); the few fields needed are read straight from the wire format.
"""

import struct
import zipfile
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from render.face.landmarks import landmarker_file

METADATA = "geometry_pipeline_metadata_landmarks.binarypb"
CANONICAL_MESH, VERTEX_BUFFER, INDEX_BUFFER = 1, 3, 4
VERTEX_FLOATS = 5
"""x, y, z, u, v."""
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def read_canonical() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Returns the canonical vertices (468, 3), in centimetres, and triangles (898, 3)."""
    with zipfile.ZipFile(landmarker_file()) as archive:
        metadata = archive.read(METADATA)
    mesh = next(v for field, _, v in _fields(metadata) if field == CANONICAL_MESH)
    assert isinstance(mesh, bytes)
    floats: list[float] = []
    indices: list[int] = []
    for field, wire, value in _fields(mesh):
        if field == VERTEX_BUFFER:
            floats += _floats(wire, value)
        elif field == INDEX_BUFFER:
            indices += [value] if isinstance(value, int) else list(_varints(value))
    vertices = np.array(floats).reshape(-1, VERTEX_FLOATS)[:, :3]
    return vertices, np.array(indices).reshape(-1, 3)


def _floats(wire: int, value: int | bytes) -> list[float]:
    if wire == _FIXED32 and isinstance(value, int):
        return list(struct.unpack("<f", value.to_bytes(4, "little")))
    assert isinstance(value, bytes)
    return list(struct.unpack(f"<{len(value) // 4}f", value))


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Returns the number at a place and the place after it."""
    number, shift = 0, 0
    while True:
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at


def _varints(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        number, at = _varint(data, at)
        yield number


def _fields(data: bytes) -> Iterator[tuple[int, int, int | bytes]]:
    """Yields (field number, wire type, value) of a message."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        wire = key & 7
        if wire == _VARINT:
            number, at = _varint(data, at)
            yield key >> 3, wire, number
            continue
        if wire == _BYTES:
            size, at = _varint(data, at)
            yield key >> 3, wire, data[at : at + size]
        else:
            size = {_FIXED64: 8, _FIXED32: 4}[wire]
            yield key >> 3, wire, int.from_bytes(data[at : at + size], "little")
        at += size
