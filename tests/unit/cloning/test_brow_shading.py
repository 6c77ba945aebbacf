"""Lids that follow a gaze, and the forehead's wrinkle maps."""

import numpy as np
import pytest

from render.cloning.brows.shading import build_brow_shading
from render.cloning.fit import LEAST_OPENING, FaceFit, fit_face
from render.cloning.gallery import portrait_file
from render.cloning.interior.exemplar import Exemplar, find_exemplar
from render.cloning.interior.shading import NEUTRAL
from render.cloning.photo.file import load_photo
from render.face import topology
from render.face.images import decode
from render.face.landmarks import FaceFinder
from render.face.shapes import load_shapes
from render.types import ARKIT_SHAPES


@pytest.fixture(scope="module")
def portrait() -> Exemplar:
    with FaceFinder() as finder:
        found = find_exemplar(load_photo(portrait_file("P001")), finder)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def fit(portrait: Exemplar) -> FaceFit:
    return fit_face(portrait.face, load_shapes())


@pytest.mark.parametrize("eye", [0, 1])
def test_lids_follow_eyes_that_look_down_and_up(fit: FaceFit, eye: int) -> None:
    upper, lower = topology.EYE_RIMS[eye]
    side = ("Right", "Left")[eye]
    top, bottom = upper[4], lower[4]
    width = np.linalg.norm(fit.neutral[upper[0]] - fit.neutral[upper[-1]])
    opening = (fit.neutral[top] - fit.neutral[bottom]) @ fit.up

    def travel(shape: str, landmark: int) -> float:
        return float(fit.deltas[ARKIT_SHAPES.index(shape + side), landmark] @ fit.up / width)

    assert travel("eyeLookDown", top) < -0.08 < travel("eyeLookDown", bottom) < 0
    assert travel("eyeLookUp", top) > travel("eyeLookUp", bottom) > 0
    left = opening / width + travel("eyeLookDown", top) - travel("eyeLookDown", bottom)
    assert left >= LEAST_OPENING * opening / width - 1e-6


def test_the_rim_of_the_wrinkle_maps_changes_nothing(portrait: Exemplar) -> None:
    codes = decode(build_brow_shading(portrait, None)).astype(int)
    for edge in (codes[0], codes[-1], codes[:, 0], codes[:, -1]):
        assert (np.abs(edge - NEUTRAL) <= 1).all()


def test_donated_wrinkles_lie_where_they_belong(portrait: Exemplar) -> None:
    depth = NEUTRAL - decode(build_brow_shading(portrait, None)).astype(int)
    rows, columns = depth.shape[:2]
    middle = slice(int(0.42 * columns), int(0.58 * columns))
    upper, lower = depth[: rows // 2], depth[rows // 2 :]
    raised, frowning = 0, 2
    assert upper[..., raised].max() > 10
    assert lower[:, middle, frowning].max() > 10
    assert upper[..., raised].max() > upper[..., frowning].max()
