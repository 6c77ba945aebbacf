"""Files that are photos are read upright and in sRGB; all others are refused, each by its name."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from render.cloning.photo.errors import (
    DecompressionBomb,
    NotAPhoto,
    PhotoEmpty,
    PhotoError,
    PhotoFileMissing,
    PhotoFileTooLarge,
    PhotoTruncated,
    PictureTooSmall,
    TooManyPixels,
    UnsupportedFormat,
)
from render.cloning.photo.file import MAX_BYTES, READ_SIDE, load_photo

RED, GREEN, BLUE, YELLOW = (220, 40, 40), (40, 200, 60), (50, 70, 220), (230, 220, 60)
HEIC = Path(__file__).with_name("colours.heic")


def quarters(width: int = 240, height: int = 200) -> Image.Image:
    """Red, green over blue, yellow."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2], pixels[: height // 2, width // 2 :] = RED, GREEN
    pixels[height // 2 :, : width // 2], pixels[height // 2 :, width // 2 :] = BLUE, YELLOW
    return Image.fromarray(pixels)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    data = io.BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def png(width: int, height: int, data: bytes) -> bytes:
    """A PNG that claims a size, whatever its data hold."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def corners(rgb: np.ndarray) -> list[tuple[int, ...]]:
    """Top left, top right, bottom left, bottom right."""
    return [tuple(int(v) for v in rgb[y, x]) for y in (8, -8) for x in (8, -8)]


def close_to(found: list[tuple[int, ...]], wanted: list[tuple[int, ...]], by: int = 12) -> bool:
    return bool(np.abs(np.array(found) - np.array(wanted)).max() <= by)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_reads_the_common_formats(kind: str) -> None:
    rgb = load_photo(encoded(quarters(), kind, quality=95))
    assert rgb.shape == (200, 240, 3)
    assert close_to(corners(rgb), [RED, GREEN, BLUE, YELLOW])


def test_reads_heic_from_a_phone() -> None:
    rgb = load_photo(HEIC)
    assert rgb.shape == (160, 200, 3)
    assert close_to(corners(rgb), [RED, GREEN, BLUE, YELLOW])


@pytest.mark.parametrize(
    ("orientation", "wanted"),
    [
        (2, [GREEN, RED, YELLOW, BLUE]),
        (3, [YELLOW, BLUE, GREEN, RED]),
        (6, [BLUE, RED, YELLOW, GREEN]),
        (8, [GREEN, YELLOW, RED, BLUE]),
    ],
)
def test_turns_the_picture_as_its_exif_mark_says(
    orientation: int, wanted: list[tuple[int, ...]]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    rgb = load_photo(encoded(quarters(), "JPEG", quality=95, exif=exif))
    assert rgb.shape[:2] == ((240, 200) if orientation in (6, 8) else (200, 240))
    assert close_to(corners(rgb), wanted)


def test_lays_transparent_parts_over_light_grey() -> None:
    image = quarters().convert("RGBA")
    image.putalpha(0)
    assert set(np.unique(load_photo(encoded(image, "PNG")))) == {200}


def test_scales_deep_greys_down() -> None:
    deep = np.full((200, 200), 128 * 257, np.uint16)
    rgb = load_photo(encoded(Image.fromarray(deep), "PNG"))
    assert rgb.shape == (200, 200, 3)
    assert np.unique(rgb).tolist() == [128]


def profile_with_red_and_green_exchanged() -> bytes:
    """An sRGB profile whose table points the red primary to green's place and back."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = (profile.index(tag) + 4 for tag in (b"rXYZ", b"gXYZ"))
    profile[red : red + 8], profile[green : green + 8] = (
        profile[green : green + 8],
        profile[red : red + 8],
    )
    return bytes(profile)


def test_converts_from_the_embedded_colour_profile() -> None:
    exchanged = profile_with_red_and_green_exchanged()
    rgb = load_photo(encoded(Image.new("RGB", (200, 200), RED), "PNG", icc_profile=exchanged))
    assert close_to(corners(rgb)[:1], [(40, 220, 40)], by=3)


def test_ignores_a_damaged_colour_profile() -> None:
    rgb = load_photo(encoded(Image.new("RGB", (200, 200), RED), "PNG", icc_profile=b"no profile"))
    assert corners(rgb)[0] == RED


def test_reduces_a_huge_photo_while_reading() -> None:
    rgb = load_photo(encoded(Image.new("RGB", (8000, 6000), RED), "JPEG"))
    assert rgb.shape == (READ_SIDE * 3 // 4, READ_SIDE, 3)


def test_refuses_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(PhotoFileMissing):
        load_photo(tmp_path / "nobody.jpg")


def test_refuses_an_enormous_file_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "huge.jpg"
    with path.open("wb") as file:
        file.truncate(200 * 10**6)
    assert path.stat().st_size > MAX_BYTES
    with pytest.raises(PhotoFileTooLarge):
        load_photo(path)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", PhotoEmpty),
        (b"Dear photo, this is a letter.", NotAPhoto),
        (b"<html><body>no photo</body></html>", NotAPhoto),
        (bytes(4096), NotAPhoto),
        (b"GIF89a" + bytes(500), UnsupportedFormat),
        (b"%PDF-1.7\n" + bytes(500), UnsupportedFormat),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", UnsupportedFormat),
        (encoded(quarters(), "JPEG", quality=95)[:1500], PhotoTruncated),
        (encoded(quarters(), "JPEG")[:12], PhotoTruncated),
        (encoded(quarters(), "PNG")[:200], PhotoTruncated),
        (encoded(quarters(), "WEBP")[:60], PhotoTruncated),
        (HEIC.read_bytes()[:500], PhotoTruncated),
        (png(300, 300, zlib.compress(bytes(1000))), PhotoTruncated),
        (encoded(quarters(100, 90), "JPEG"), PictureTooSmall),
        (png(50_000, 50_000, zlib.compress(bytes(10**6))), DecompressionBomb),
        (png(20_000, 4_000, zlib.compress(bytes(10**6))), DecompressionBomb),
        (png(9_000, 9_000, bytes(10**6)), TooManyPixels),
    ],
)
def test_refuses_what_is_no_photo(data: bytes, error: type[PhotoError]) -> None:
    with pytest.raises(PhotoError) as refusal:
        load_photo(data)
    assert type(refusal.value) is error


def test_refuses_a_letter_named_jpg(tmp_path: Path) -> None:
    path = tmp_path / "letter.jpg"
    path.write_text("Dear photo, this is a letter.")
    with pytest.raises(NotAPhoto):
        load_photo(path)


def test_every_refusal_has_its_own_code_and_a_remedy() -> None:
    kinds = PhotoError.__subclasses__()
    assert len({kind.code for kind in kinds}) == len(kinds) > 15
    for kind in kinds:
        assert kind().message.endswith(".")
        assert kind().message.count(". ") == 0
        assert "please" in kind().message
