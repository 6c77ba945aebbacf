"""The `.avatar` file: a zip of a manifest, one block of numbers and the encoded textures.

    manifest.json   {"format", "version", "avatar": fields; an array is {"dtype", "shape", "at"}}
    arrays.bin      all arrays, little-endian, each at a multiple of 8 bytes
    textures/NAME   JPEG, PNG or WebP bytes; their boxes are in the manifest

Version 1 had no expression of the photo's own; it is still read.
"""

import io
import json
import zipfile
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from render.face.avatar import AvatarBundle, Texture
from render.face.errors import BundleCorrupt, BundleTooNew
from render.face.validity import check_bundle

FORMAT, VERSION = "visavis-avatar", 2
MAX_BYTES = 64 * 1024 * 1024
"""Largest content accepted, so that a bomb does not fill the memory."""
DTYPES = {"int8": "<i1", "int16": "<i2", "int32": "<i4", "float32": "<f4"}
_STAMP = (1980, 1, 1, 0, 0, 0)


def dump_bundle(bundle: AvatarBundle) -> bytes:
    """Writes a bundle; equal bundles give equal bytes."""
    block = _Block()
    manifest = {"format": FORMAT, "version": VERSION, "avatar": _pack(bundle, block)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        text = json.dumps(manifest, ensure_ascii=False, separators=(",", ":"))
        _store(archive, "manifest.json", text.encode(), zipfile.ZIP_DEFLATED)
        _store(archive, "arrays.bin", block.bytes(), zipfile.ZIP_DEFLATED)
        for name, texture in sorted(bundle.textures.items()):
            _store(archive, f"textures/{name}", texture.data, zipfile.ZIP_STORED)
    return buffer.getvalue()


def parse_bundle(data: bytes) -> AvatarBundle:
    """Reads what `dump_bundle` wrote.

    Raises:
        BundleCorrupt: It is no bundle, or is truncated or damaged.
        BundleTooNew: A newer version of this package wrote it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_BYTES:
                raise BundleCorrupt("The avatar file is larger than any avatar can be.")
            manifest = json.loads(archive.read("manifest.json"))
            _check_version(manifest)
            reader = _Reader(archive)
            bundle = reader.unpack(AvatarBundle, manifest["avatar"])
    except (zipfile.BadZipFile, EOFError, KeyError, TypeError, ValueError, OSError) as error:
        raise BundleCorrupt("This is no avatar file, or it is damaged.") from error
    assert isinstance(bundle, AvatarBundle)
    check_bundle(bundle)
    return bundle


def save_bundle(bundle: AvatarBundle, path: Path) -> None:
    """Writes a bundle to a file, which is either complete or absent."""
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(dump_bundle(bundle))
    partial.replace(path)


def load_bundle(path: Path) -> AvatarBundle:
    """Reads a bundle from a file.

    Raises:
        BundleCorrupt: It is no bundle, or is truncated or damaged.
        BundleTooNew: A newer version of this package wrote it.
        FileNotFoundError: There is no such file.
    """
    return parse_bundle(path.read_bytes())


def _store(archive: zipfile.ZipFile, name: str, data: bytes, method: int) -> None:
    entry = zipfile.ZipInfo(name, _STAMP)
    entry.compress_type = method
    archive.writestr(entry, data)


def _check_version(manifest: Any) -> None:
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BundleCorrupt("This file is no avatar.")
    version = manifest.get("version")
    if not isinstance(version, int) or version < 1:
        raise BundleCorrupt("The avatar file names no version.")
    if version > VERSION:
        raise BundleTooNew(
            f"The avatar was made by a newer version (format {version}, this one reads {VERSION})."
        )


class _Block:
    """Collects arrays into one aligned block."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def append_array(self, array: NDArray[Any]) -> dict[str, Any]:
        data = np.ascontiguousarray(array, DTYPES[array.dtype.name]).tobytes()
        place = {"dtype": array.dtype.name, "shape": list(array.shape), "at": self._size}
        padded = data + b"\0" * (-len(data) % 8)
        self._parts.append(padded)
        self._size += len(padded)
        return place

    def bytes(self) -> bytes:
        return b"".join(self._parts)


def _pack(value: Any, block: _Block) -> Any:
    """Turns a dataclass tree into JSON, arrays into places in the block."""
    if isinstance(value, np.ndarray):
        return block.append_array(value)
    if isinstance(value, Texture):
        return {"box": block.append_array(value.box)}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _pack(getattr(value, f.name), block) for f in fields(value)}
    if isinstance(value, dict):
        return {key: _pack(item, block) for key, item in sorted(value.items())}
    if isinstance(value, tuple):
        return [_pack(item, block) for item in value]
    return value


class _Reader:
    """Turns JSON back into the dataclass tree."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._block = archive.read("arrays.bin")

    def unpack(self, kind: Any, value: Any) -> Any:
        if is_dataclass(kind):
            hints = get_type_hints(kind)
            return kind(**{key: self.unpack(hints[key], item) for key, item in value.items()})  # type: ignore[operator]
        origin = get_origin(kind)
        if origin is UnionType:
            return None if value is None else self.unpack(get_args(kind)[0], value)
        if origin is np.ndarray:
            return self._array(kind, value)
        if origin is tuple:
            parts = zip(get_args(kind), value, strict=True)
            return tuple(self.unpack(part, item) for part, item in parts)
        if origin is dict:
            return {str(name): self._texture(str(name), item) for name, item in value.items()}
        if kind is float and isinstance(value, int):
            return float(value)
        if not isinstance(value, kind):
            raise ValueError("a field of the manifest has the wrong type")
        return value

    def _texture(self, name: str, value: Any) -> Texture:
        return Texture(self._archive.read(f"textures/{name}"), self._array(None, value["box"]))

    def _array(self, kind: Any, value: Any) -> NDArray[Any]:
        dtype, shape = DTYPES[value["dtype"]], tuple(int(size) for size in value["shape"])
        if kind is not None and np.dtype(get_args(get_args(kind)[1])[0]).name != value["dtype"]:
            raise ValueError("an array has the wrong type")
        if any(size < 0 for size in shape):
            raise ValueError("an array has a negative size")
        count = int(np.prod(shape, dtype=np.int64))
        flat = np.frombuffer(self._block, dtype, count, int(value["at"]))
        return flat.reshape(shape).astype(value["dtype"], copy=True)
