"""Reads a photo from a file or from bytes, upright and in sRGB, and refuses what is none.

Every refusal is one of `photo_errors`; nothing is decoded before its size is known.
"""

import io
import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pi_heif  # type: ignore[import-untyped]
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from render.cloning.photo.errors import (
    DecompressionBomb,
    NotAPhoto,
    PhotoEmpty,
    PhotoFileMissing,
    PhotoFileTooLarge,
    PhotoTruncated,
    PictureTooSmall,
    TooManyPixels,
    UnsupportedFormat,
)

MAX_BYTES = 128 * 2**20
MAX_PIXELS = 50_000_000
MIN_SIDE = 160
READ_SIDE = 4096
"""Larger pictures come back with their longer side reduced to this many pixels."""

_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
_BOMB_RATIO = 200
_HEADERS_OF_PHOTOS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
_HEADERS_OF_OTHERS = (
    b"GIF8", b"BM", b"II*\0", b"MM\0*", b"%PDF", b"<svg", b"<?xml", b"\0\0\1\0", b"8BPS",
    b"\0\0\0\x0cjP", b"\xff\x0a",
)  # fmt: skip
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")

pi_heif.register_heif_opener()


def load_photo(source: bytes | Path) -> NDArray[np.uint8]:
    """Reads a photo.

    Orientation marks and colour profiles are applied; transparent parts become light grey.

    Args:
        source: The file's bytes, or where it lies. JPEG, PNG, WebP or HEIC.

    Returns:
        (h, w, 3) uint8 sRGB, upright, the longer side at most `READ_SIDE`.

    Raises:
        PhotoError: One of its kinds, with a sentence for the person.
    """
    size = _size_in_bytes(source)
    if size == 0:
        raise PhotoEmpty
    if size > MAX_BYTES:
        raise PhotoFileTooLarge
    if isinstance(source, Path):
        with source.open("rb") as file:
            return _decode(file, size)
    return _decode(io.BytesIO(source), size)


def _size_in_bytes(source: bytes | Path) -> int:
    if isinstance(source, bytes):
        return len(source)
    if not source.is_file():
        raise PhotoFileMissing
    return source.stat().st_size


def _decode(file: BinaryIO, size: int) -> NDArray[np.uint8]:
    header = file.read(32)
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=_FORMATS) as image:
                _refuse_sizes(image.size, size)
                return _pixels(image)
    except Image.DecompressionBombError as error:
        raise DecompressionBomb from error
    except UnidentifiedImageError as error:
        raise _unreadable(header) from error
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError) as error:
        raise PhotoTruncated from error


def _refuse_sizes(size: tuple[int, int], size_in_bytes: int) -> None:
    pixels = size[0] * size[1]
    if pixels > MAX_PIXELS:
        raise DecompressionBomb if pixels > _BOMB_RATIO * size_in_bytes else TooManyPixels
    if min(size) < MIN_SIDE:
        raise PictureTooSmall


def _unreadable(header: bytes) -> NotAPhoto | UnsupportedFormat | PhotoTruncated:
    """Tells a damaged photo from another kind of picture and from no picture at all."""
    brand = header[8:12] if header[4:8] == b"ftyp" else b""
    if header.startswith(_HEADERS_OF_PHOTOS) or brand in _HEIF_BRANDS:
        return PhotoTruncated()
    if brand or header.lstrip().lower().startswith(tuple(h.lower() for h in _HEADERS_OF_OTHERS)):
        return UnsupportedFormat()
    return NotAPhoto()


def _pixels(image: Image.Image) -> NDArray[np.uint8]:
    longest = max(image.size)
    if longest > READ_SIDE:
        image.draft("RGB", (READ_SIDE, READ_SIDE))
    upright = ImageOps.exif_transpose(image)
    plain = _to_srgb(_flatten(upright))
    if max(plain.size) > READ_SIDE:
        plain.thumbnail((READ_SIDE, READ_SIDE), Image.Resampling.BOX, reducing_gap=2.0)
    return np.array(plain, np.uint8)


def _flatten(image: Image.Image) -> Image.Image:
    """To 8 bit RGB or CMYK: deep greys are scaled down, transparency becomes light grey."""
    if image.mode.startswith("I"):
        deep = np.asarray(image, np.float32) / 257
        return Image.fromarray(np.clip(deep, 0, 255).astype(np.uint8)).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        over = image.convert("RGBA")
        flat = Image.new("RGBA", over.size, (200, 200, 200, 255))
        flat.alpha_composite(over)
        flat.info = {"icc_profile": image.info.get("icc_profile")}
        return flat.convert("RGB")
    return image if image.mode in ("RGB", "CMYK") else image.convert("RGB")


def _to_srgb(image: Image.Image) -> Image.Image:
    """Converts from the embedded colour profile (Display P3 on most phones), if there is one."""
    profile = image.info.get("icc_profile")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB")
