"""The face benches measure what they say: broken faces are caught, sound ones pass."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent.bench import face, render
from agent.bench.lab.subjects import Subject, cloned, photos, subjects
from agent.commands.contact_sheet import POSES, SHOWN_VISEMES, contact_sheet, write_contact_sheet
from agent.errors import BadRequest, NotFound
from agent.settings import ServerSettings, Settings
from render.face.landmarks import FaceFinder
from render.motion.emotion import Emotion
from render.puppet.puppet import Puppet
from render.types import ARKIT_SHAPES, Motion


@pytest.fixture(scope="module")
def vera(avatars_dir: Path) -> Subject:
    settings = Settings(server=ServerSettings(data_dir=avatars_dir.parent))
    return next(subjects(settings))


@pytest.fixture(scope="module")
def measured(vera: Subject) -> dict[str, Any]:
    with FaceFinder() as finder:
        return face.measure(vera, finder)


def without(subject: Subject, *shapes: str) -> Subject:
    """The same person, whose face lacks some shapes."""
    deltas = subject.bundle.mesh.deltas.copy()
    deltas[[ARKIT_SHAPES.index(name) for name in shapes]] = 0
    mesh = replace(subject.bundle.mesh, deltas=deltas)
    return replace(subject, bundle=replace(subject.bundle, mesh=mesh))


@pytest.mark.models
def test_a_default_person_reaches_every_aim(measured: dict[str, Any]) -> None:
    assert face.misses(measured) == []
    assert set(measured["shapes"]) == set(face.SWEPT)
    assert measured["background_motion"] == 0


@pytest.mark.models
def test_a_face_that_cannot_move_is_caught(vera: Subject) -> None:
    stiff = without(vera, "jawOpen", "eyeBlinkLeft", "eyeBlinkRight")
    puppet = Puppet(stiff.bundle, face.SIZE, face.SIZE)
    with FaceFinder() as finder:
        assert face.sweep(puppet, finder, "jawOpen")["gain"] < 0.1
        assert face.sweep(puppet, finder, "mouthSmile")["gain"] > 0.5
    assert face.blink_aperture(puppet) > 0.9


@pytest.mark.models
def test_likeness_falls_with_another_expression(
    vera: Subject, measured: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(face, "own_expression", lambda found: {"jawOpen": 0.6})
    assert face.identity_psnr(vera) < measured["identity_psnr_db"] - 5


def test_misses_are_named() -> None:
    good = {"r": 0.99, "gain": 0.8}
    avatar = {
        "name": "x", "shapes": dict.fromkeys(face.SWEPT, good), "lip_gap_px": 0.2,
        "blink_aperture": 0.02, "background_motion": 0, "yaw_read_deg": 10.0,
        "identity_psnr_db": 33.0,
    }  # fmt: skip
    assert face.misses(avatar) == []
    for name, value in (
        ("lip_gap_px", 1.0),
        ("blink_aperture", 0.1),
        ("background_motion", 1),
        ("yaw_read_deg", 8.9),
        ("identity_psnr_db", 29.9),
    ):
        assert face.misses(avatar | {name: value}) == [f"x: {name} {value}"]
    weak = {**avatar["shapes"], "jawOpen": {"r": 0.94, "gain": 0.8}}  # type: ignore[dict-item]
    assert face.misses(avatar | {"shapes": weak}) == ["x: jawOpen r 0.94 gain 0.8"]


def test_psnr_is_that_of_the_mask() -> None:
    one = np.zeros((4, 4, 3), np.uint8)
    other = one.copy()
    other[0] = 255
    inside = np.zeros((4, 4), bool)
    inside[0] = True
    assert face.psnr(one, other, inside) == pytest.approx(0.0)
    assert face.psnr(one, other, ~inside) > 100


@pytest.mark.models
def test_test_photos_become_avatars() -> None:
    found = dict(photos("openpeople"))
    assert len(found) == 8
    subject = cloned("tilted", found["tilted"])
    eyes = subject.face.points[[33, 263], :2]
    assert abs(np.degrees(np.arctan2(*(eyes[1] - eyes[0])[::-1]))) < 4


@pytest.mark.models
def test_drawing_is_timed_frame_by_frame(vera: Subject) -> None:
    motions = [Motion.of(jawOpen=level) for level in np.linspace(0, 1, 30)]
    report = render.draw_all(Puppet(vera.bundle, 128, 128), motions)
    assert report["frames"] == 30
    assert 0 < report["ms_p50"] <= report["ms_p95"]
    assert report["fps"] > 0
    assert report["threads"] >= 1


async def test_sizes_and_lengths_are_checked() -> None:
    with pytest.raises(BadRequest):
        await render.run(Settings(), "13x13", 1.0)
    with pytest.raises(BadRequest):
        await render.run(Settings(), "512x512", 0.0)


@pytest.mark.models
def test_a_contact_sheet_shows_all_faces_and_all_differ(vera: Subject) -> None:
    sheet = np.asarray(contact_sheet(vera.bundle, tile=64))
    rows, columns = len(SHOWN_VISEMES) + len(POSES), len(Emotion)
    assert sheet.shape[:2] == (28 + 64 * rows, 90 + 64 * columns)
    tiles = [
        sheet[28 + 64 * row : 92 + 64 * row, 90 + 64 * column : 154 + 64 * column].tobytes()
        for row in range(rows)
        for column in range(columns)
    ]
    assert len(set(tiles)) == len(tiles)


def test_contact_sheets_are_refused_in_words(tmp_path: Path) -> None:
    for avatar, out, error in (
        ("vera", tmp_path / "sheet.txt", BadRequest),
        ("vera", tmp_path / "nowhere" / "sheet.png", BadRequest),
        ("nobody", tmp_path / "sheet.png", NotFound),
    ):
        with pytest.raises(error):
            write_contact_sheet(Settings(), avatar, out)
    assert not list(tmp_path.iterdir())
