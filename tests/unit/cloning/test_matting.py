"""What of a picture is the person: judged where there can be no doubt."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from portraits import Picture, close_face_finder, face_finder, people

from render.cloning import matting
from render.cloning.matting import foreground_alpha

pytestmark = pytest.mark.models


@pytest.fixture(scope="module", autouse=True)
def close_finder() -> Iterator[None]:
    yield
    close_face_finder()


def face_of(rgb: Picture) -> np.ndarray:
    return face_finder().find_faces(rgb)[0].points


def distance_from_grey(rgb: Picture) -> np.ndarray:
    """How much a pixel differs from the plain studio background."""
    background = np.median(rgb[:40].reshape(-1, 3), axis=0)
    return np.asarray(np.abs(rgb.astype(np.float32) - background).max(2))


@pytest.mark.parametrize("name", ["P001", "P007", "P008", "P010"])
def test_cuts_a_person_out_of_a_plain_background(name: str) -> None:
    rgb = people(name, "studio_portrait")
    alpha = foreground_alpha(rgb, face_of(rgb))
    assert alpha.shape == rgb.shape[:2]
    assert alpha.dtype == np.float32
    assert 0 <= alpha.min() <= alpha.max() <= 1
    apart = distance_from_grey(rgb)
    person = cv2.erode((apart > 60).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    nothing = cv2.dilate((apart > 25).astype(np.uint8), np.ones((41, 41), np.uint8)) == 0
    assert alpha[person].mean() > 0.97
    assert alpha[nothing].max() < 0.05
    assert np.isin(alpha, (0, 1)).mean() > 0.8


@pytest.mark.parametrize("name", ["P001", "P005", "P008", "P010"])
def test_keeps_the_whole_face_in_selfies(name: str) -> None:
    rgb = people(name, "amateur_selfie")
    points = face_of(rgb)
    alpha = foreground_alpha(rgb, points)
    face = np.zeros(alpha.shape, np.uint8)
    cv2.fillConvexPoly(face, cv2.convexHull(points[:468, :2].astype(np.int32)), 1)
    assert alpha[face > 0].mean() > 0.995
    assert alpha[:20].max() < 0.05


def test_leaves_other_people_in_the_background() -> None:
    person = people("P010", "studio_portrait")
    other = cv2.resize(people("P008", "studio_portrait"), (512, 512))
    grey = np.median(person[:40].reshape(-1, 3), axis=0)
    wide = np.full((1024, 1536, 3), grey, np.uint8)
    wide[:, :1024], wide[:512, 1024:] = person, other
    alpha = foreground_alpha(wide, face_of(person))
    assert alpha[500, 512] == 1
    assert alpha[250, 1280] < 0.05


def test_grabcut_takes_over_where_the_model_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    rgb = people("P010", "studio_portrait")
    points = face_of(rgb)
    by_model = foreground_alpha(rgb, points) > 0.5
    monkeypatch.setattr(matting, "modnet_file", lambda: None)
    by_grabcut = foreground_alpha(rgb, points) > 0.5
    assert (by_model & by_grabcut).sum() / (by_model | by_grabcut).sum() > 0.93
