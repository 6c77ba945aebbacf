"""What photos are refused over HTTP and why; the studio really looks at them."""

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage.data
from avatar_stage import AGREED, Runtime, kept, serve
from fastapi.testclient import TestClient
from PIL import Image

from agent.avatars.avatars import Avatars
from agent.avatars.store import AvatarStore
from agent.avatars.studio import PhotoStudio
from render.cloning.gallery import portrait_file


def jpeg(rgb: np.ndarray[Any, Any]) -> bytes:
    data = io.BytesIO()
    Image.fromarray(rgb).save(data, "JPEG", quality=92)
    return data.getvalue()


def person(name: str, picture: str = "studio_portrait") -> Image.Image:
    image = Image.open(portrait_file(name).with_name(f"{picture}.jpg")).convert("RGB")
    image.thumbnail((1024, 1024))
    return image


def sample(name: str) -> bytes:
    """A photograph that comes with scikit-image."""
    return jpeg(np.asarray(getattr(skimage.data, name)()))


def two_people() -> bytes:
    pair = [np.asarray(person(name).resize((512, 512))) for name in ("P001", "P008")]
    return jpeg(np.hstack(pair))


def profile() -> bytes:
    full = Image.open(portrait_file("P005").with_name("character_sheet.jpg")).convert("RGB")
    full.thumbnail((2400, 2400))
    return jpeg(np.asarray(full)[137:641, 662:1145])


def ten_pixel_face() -> bytes:
    picture = np.full((600, 800, 3), 120, np.uint8)
    picture[200:216, 300:316] = np.asarray(person("P001").resize((16, 16)))
    return jpeg(picture)


def bomb() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(10**6))
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Path]]:
    folder = tmp_path_factory.mktemp("avatars")
    runtime = Runtime(Avatars(AvatarStore(folder), PhotoStudio(), (128, 128)))
    with serve(runtime) as client:
        yield client, folder


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "agent.server.access.rate.RateLimit.count_request", lambda self, address: None
    )


@pytest.mark.models
@pytest.mark.parametrize(
    ("photo", "codes"),
    [
        (lambda: sample("coffee"), {"no_face"}),
        (lambda: sample("cat"), {"no_face"}),
        (two_people, {"several_faces"}),
        (profile, {"face_turned_away"}),
        (ten_pixel_face, {"no_face", "face_too_small"}),
        (lambda: jpeg(np.asarray(person("P001")))[:9_000], {"photo_truncated"}),
        (lambda: b"Dear photo, this is a letter.", {"not_a_photo"}),
        (lambda: b"", {"photo_empty"}),
        (bomb, {"decompression_bomb"}),
    ],
    ids=["thing", "cat", "two", "profile", "tiny", "truncated", "text", "empty", "bomb"],
)
def test_bad_photos_are_refused_each_for_its_reason(
    real: tuple[TestClient, Path], photo: Any, codes: set[str]
) -> None:
    client, folder = real
    files = {"photo": ("me.jpg", photo(), "image/jpeg")}
    error = client.post("/v1/avatars", data=AGREED, files=files).json()["error"]
    assert error["code"] in codes
    assert "please" in error["message"]
    assert kept(folder) == []


@pytest.mark.models
def test_a_further_photo_is_refused_by_its_name(real: tuple[TestClient, Path]) -> None:
    client, folder = real
    files = {"photo": jpeg(np.asarray(person("P004"))), "smiling": b"no photo"}
    error = client.post("/v1/avatars", data=AGREED, files=files).json()["error"]
    assert error["code"] == "not_a_photo"
    assert error["message"].startswith("About the smiling photo: ")
    assert kept(folder) == []
