"""Backgrounds, sizes and kinds of film, and what is refused."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from agent.errors import BadBackground, BadRequest
from agent.films.backdrop import load_backdrop, opaque_backdrop
from agent.films.shot import SIZES, Shot, parse_size
from render.face.avatar import AvatarBundle
from render.publish.mp4 import Mp4Writer
from render.publish.webm import WebmWriter
from render.types import Motion

CORNER = np.s_[2:10, 2:10]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "wall.png"
    cv2.imwrite(str(path), np.full((180, 320, 3), (30, 60, 200), np.uint8))  # BGR
    return path


def test_what_a_name_means(picture: Path) -> None:
    assert load_backdrop("photo") is None
    assert load_backdrop("transparent") == "transparent"
    assert load_backdrop("#1e2A38") == (0x1E, 0x2A, 0x38)
    wall = load_backdrop(picture.name, picture.parent)
    assert isinstance(wall, np.ndarray)
    assert wall.shape == (180, 320, 3)
    assert wall[0, 0].tolist() == [200, 60, 30]


@pytest.mark.parametrize("name", ["#12345", "#gggggg", "#1234567", "", "missing.png", "text.jpg"])
def test_what_cannot_be_a_background(tmp_path: Path, name: str) -> None:
    (tmp_path / "text.jpg").write_text("no picture at all")
    with pytest.raises(BadBackground) as caught:
        load_backdrop(name, tmp_path)
    assert (caught.value.code, caught.value.status) == ("bad_background", 422)


def test_only_a_webm_is_transparent(tmp_path: Path) -> None:
    with pytest.raises(BadBackground):
        opaque_backdrop("transparent")
    with pytest.raises(BadBackground):
        Shot.of(tmp_path / "out.mp4", "square", "transparent")
    shot = Shot.of(tmp_path / "out.webm", "square", "transparent")
    writer = shot.film()
    writer.abort()
    assert isinstance(writer, WebmWriter)
    other = Shot.of(tmp_path / "out.mp4", "square", "photo").film()
    other.abort()
    assert isinstance(other, Mp4Writer)


def test_sizes_have_names() -> None:
    assert {name: parse_size(name) for name in SIZES} == dict(SIZES)
    assert parse_size("640x360") == (640, 360)
    for size in ("round", "641x360", "10x10", "9999x9999", "640", "-640x360"):
        with pytest.raises(BadRequest):
            parse_size(size)


@pytest.mark.models
@pytest.mark.parametrize("size", ["320x320", "320x180", "180x320"])
def test_a_person_stands_before_what_was_chosen(
    vera: AvatarBundle, picture: Path, size: str
) -> None:
    out = picture.parent / "out.webm"

    def corner(background: str) -> list[int]:
        rgba = Shot.of(out, size, background, picture.parent).puppet(vera).draw(Motion.of())
        values: list[int] = rgba[CORNER].reshape(-1, 4).mean(0).round().astype(int).tolist()
        return values

    assert corner("#0000ff") == [0, 0, 255, 255]
    assert corner("wall.png") == [200, 60, 30, 255]
    assert corner("transparent")[3] == 0
    own = corner("photo")
    assert own[3] == 255
    assert own not in ([0, 0, 255, 255], [200, 60, 30, 255])
