"""Insides of mouths: where they come from, where they hang, and what a drawn mouth shows."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from compositor import compose, pose, rest_points
from numpy.typing import NDArray
from portraits import close_face_finder, face_finder, people

from render.cloning.data_tools.donors import Person, load_person
from render.cloning.interior.donors import DONORS_FILE, load_donors
from render.cloning.interior.exemplar import (
    SHEET_LABELS,
    Exemplar,
    apply,
    cut_sheet,
    find_exemplar,
    similarity,
    warp,
)
from render.cloning.interior.interior import Interior, build_interior, cavity_light
from render.cloning.interior.shading import NEUTRAL
from render.cloning.interior.textures import incisal_edge

pytestmark = pytest.mark.models


@pytest.fixture(scope="module", autouse=True)
def close_finder() -> Iterator[None]:
    yield
    close_face_finder()


SMILE = {"mouthSmile": 0.95, "mouthUpperUp": 0.7, "mouthLowerDown": 0.5, "jawOpen": 0.12}


@pytest.fixture(scope="module")
def person() -> Person:
    return load_person("P010", face_finder())


@pytest.fixture(scope="module")
def own(person: Person) -> Interior:
    photos = [person.selfie] if person.selfie else []
    return build_interior(person.portrait, person.rest, sheet=person.sheet, photos=photos)


@pytest.fixture(scope="module")
def donated(person: Person) -> Interior:
    return build_interior(person.portrait, person.rest)


def mouth_pixels(
    portrait: Exemplar, interior: Interior, weights: dict[str, float]
) -> NDArray[np.float32]:
    """(n, 3) what changes in the picture when the interior is painted green."""
    marked = replace(
        interior,
        upper_teeth=replace(interior.upper_teeth, rgba=_green(interior.upper_teeth.rgba)),
        cavity=replace(interior.cavity, rgba=_green(interior.cavity.rgba)),
    )
    plain = compose(portrait, interior, weights)
    green = compose(portrait, marked, weights)
    return np.asarray(plain[np.abs(plain - green).max(2) > 20], np.float32)


def _green(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    painted = rgba.copy()
    painted[..., :3] = 0, 255, 0
    return painted


def test_cuts_a_sheet_into_labelled_expressions(person: Person) -> None:
    assert set(person.sheet) == set(SHEET_LABELS)
    assert person.sheet["happy"].face.scores["mouthSmileLeft"] > 0.8
    assert person.sheet["surprised"].opening > 0.3 > person.sheet["neutral"].opening


def test_a_picture_without_frames_is_no_sheet() -> None:
    assert cut_sheet(people("P001", "studio_portrait"), face_finder()) == {}


def test_takes_the_persons_own_mouth_where_photos_show_it(own: Interior) -> None:
    assert own.own_teeth
    assert own.own_cavity
    assert own.own_shading


def test_takes_a_donor_where_only_a_resting_portrait_exists(donated: Interior) -> None:
    assert not donated.own_teeth
    assert not donated.own_cavity
    assert not donated.own_shading


def test_takes_teeth_from_the_portrait_itself_when_it_smiles() -> None:
    selfie = find_exemplar(people("P010", "amateur_selfie", 1536), face_finder())
    assert selfie
    interior = build_interior(selfie, rest_points(selfie))
    assert interior.own_teeth
    assert not interior.own_cavity
    calm = build_interior(*_calm())
    assert _change(interior.smile_ratio) < 0.4 * _change(calm.smile_ratio)


def _calm() -> tuple[Exemplar, NDArray[np.float32]]:
    portrait = find_exemplar(people("P010", "studio_portrait"), face_finder())
    assert portrait
    return portrait, rest_points(portrait)


def _change(ratio: NDArray[np.uint8]) -> float:
    return float(np.abs(ratio.astype(np.float32) - NEUTRAL).mean())


@pytest.mark.parametrize("kind", ["own", "donated"])
def test_upper_incisors_end_just_below_the_resting_seam(
    person: Person, kind: str, request: pytest.FixtureRequest
) -> None:
    interior: Interior = request.getfixturevalue(kind)
    face = float(np.linalg.norm(person.rest[234] - person.rest[454]))
    assert -0.001 <= incisal_edge(interior.upper_teeth) / face <= 0.036
    width = interior.upper_teeth.box[2] - interior.upper_teeth.box[0]
    assert 0.35 < width / face < 0.85


@pytest.mark.parametrize("kind", ["own", "donated"])
def test_closed_lips_show_nothing_of_the_interior(
    person: Person, kind: str, request: pytest.FixtureRequest
) -> None:
    assert len(mouth_pixels(person.portrait, request.getfixturevalue(kind), {})) == 0


@pytest.mark.parametrize("kind", ["own", "donated"])
def test_a_smile_shows_bright_teeth_and_a_wide_mouth_depth(
    person: Person, kind: str, request: pytest.FixtureRequest
) -> None:
    interior: Interior = request.getfixturevalue(kind)
    skin = person.portrait.skin_light()
    smile = mouth_pixels(person.portrait, interior, SMILE).mean(1)
    wide = mouth_pixels(person.portrait, interior, {"jawOpen": 0.8}).mean(1)
    assert np.percentile(smile, 80) > skin
    assert np.median(wide) < 0.6 * skin
    assert len(wide) > 1.9 * len(smile) > 1900


def test_teeth_are_pale_and_the_cavity_is_reddish(own: Interior, donated: Interior) -> None:
    for interior in (own, donated):
        rgba = interior.upper_teeth.rgba.astype(np.float32)
        enamel = rgba[(rgba[..., 3] > 250) & (rgba[..., :3].min(2) > 110)][:, :3]
        assert len(enamel) > 500
        red, _, blue = np.median(enamel, axis=0)
        assert 0.9 < red / blue < 1.6
        inside = interior.cavity.rgba[..., :3].reshape(-1, 3).mean(0)
        assert inside[0] > inside[1]
        assert interior.cavity.rgba[..., 3].min() == 255


def test_a_smile_deepens_the_nasolabial_fold_and_leaves_the_rim_alone(
    person: Person, own: Interior, donated: Interior
) -> None:
    moved = pose(person.portrait, {})
    assert moved.shape == (468, 2)
    for interior in (own, donated):
        ratio = interior.smile_ratio.astype(np.float32).mean(2) / NEUTRAL
        left, top, right, bottom = interior.ratio_box
        size = np.array([ratio.shape[1] / (right - left), ratio.shape[0] / (bottom - top)])
        fold = [person.portrait.points[list(pair)].mean(0) for pair in ((203, 206), (423, 426))]
        for x, y in (np.array(fold) - (left, top)) * size:
            assert ratio[int(y) - 3 : int(y) + 4, int(x) - 5 : int(x) + 6].min() < 0.93
        assert (interior.smile_ratio[0] == NEUTRAL).all()
        assert (interior.open_ratio[:, 0] == NEUTRAL).all()


def test_the_cavity_is_dim_behind_narrow_openings() -> None:
    assert cavity_light(0, 10) == pytest.approx(0.45)
    assert cavity_light(5, 10) == pytest.approx(1.0)
    assert cavity_light(3.2, 10) == pytest.approx(0.725, abs=0.01)


def test_the_packaged_donors_are_small_and_complete() -> None:
    book = load_donors()
    assert 3 <= len(book.donors) <= 5
    assert DONORS_FILE.stat().st_size < 400 * 1024
    for donor in book.donors:
        assert incisal_edge(donor.upper_teeth) == pytest.approx(0, abs=2)
        assert donor.cavity.box[3] > 0 > donor.cavity.box[1]
    assert book.nearest(0).skin_light == min(donor.skin_light for donor in book.donors)


def test_similarity_recovers_a_known_motion() -> None:
    points = np.random.default_rng(3).normal(size=(12, 2)).astype(np.float32)
    known = np.array([[1.2, -0.5, 7], [0.5, 1.2, -3]])
    np.testing.assert_allclose(similarity(points, apply(known, points)), known, atol=1e-5)


def test_warp_keeps_pixel_centres() -> None:
    picture = np.zeros((8, 8), np.float32)
    picture[2, 3] = 1
    double = np.array([[2.0, 0, 0], [0, 2, 0]])
    moved = warp(picture, double, (16, 16))
    weights = np.clip(moved, 0, None)
    rows, columns = np.mgrid[:16, :16] + 0.5
    assert (rows * weights).sum() / weights.sum() == pytest.approx(5.0, abs=0.05)
    assert (columns * weights).sum() / weights.sum() == pytest.approx(7.0, abs=0.05)
