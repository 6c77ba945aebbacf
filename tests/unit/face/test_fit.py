"""Shapes, contours and the fit, on numbers alone."""

import numpy as np
import pytest

from render.face import topology
from render.face.contours import ContourRefiner, strip
from render.face.fit import fit_similarity
from render.face.shapes import load_shapes, shape_gain
from render.types import ARKIT_SHAPES


def test_shapes_move_what_they_name() -> None:
    shapes = load_shapes()
    assert shapes.vertices.shape == (468, 3)
    assert shapes.deltas.shape == (52, 468, 3)
    jaw = shapes.deltas[ARKIT_SHAPES.index("jawOpen")]
    assert jaw[topology.LOWER_LIP, 1] < -2
    assert abs(jaw[topology.FOREHEAD]).max() < 0.05
    assert shapes.lower_teeth[ARKIT_SHAPES.index("jawOpen"), 1] < -1
    smile = shapes.deltas[ARKIT_SHAPES.index("mouthSmileLeft")]
    assert smile[291, 1] > 0.3 > abs(smile[61]).max()


def test_left_and_right_shapes_mirror_each_other() -> None:
    shapes = load_shapes()
    left = shapes.deltas[ARKIT_SHAPES.index("eyeBlinkLeft")]
    right = shapes.deltas[ARKIT_SHAPES.index("eyeBlinkRight")]
    np.testing.assert_allclose(left[386], right[159] * [-1, 1, 1], atol=0.03)
    assert shape_gain("browOuterUpLeft") == shape_gain("browOuterUpRight") == 1.9


def test_a_similarity_is_recovered() -> None:
    rng = np.random.default_rng(1)
    points = rng.normal(size=(50, 3))
    angle = 0.4
    turn = np.array(
        [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    )
    scale, rotation, shift = fit_similarity(points, 3 * points @ turn.T + [1, 2, 3])
    assert scale == pytest.approx(3)
    np.testing.assert_allclose(rotation, turn, atol=1e-9)
    np.testing.assert_allclose(shift, [1, 2, 3], atol=1e-9)


def test_contours_pass_through_their_landmarks_and_split_triangles_without_cracks() -> None:
    refiner = ContourRefiner()
    upper, lower = refiner.refine_loop(topology.INNER_UPPER, topology.INNER_LOWER)
    assert len(upper) == len(lower) == 41
    assert upper[::4] == list(topology.INNER_UPPER)
    matrix = refiner.matrix()
    np.testing.assert_allclose(matrix.sum(1), 1)
    pieces = refiner.split((78, 191, 62))
    assert len(pieces) == 4
    assert [p for piece in pieces for p in piece[:2]] == [
        upper[0], upper[1], upper[1], upper[2], upper[2], upper[3], upper[3], upper[4],
    ]  # fmt: skip


def test_a_strip_has_two_triangles_a_step() -> None:
    assert strip([0, 1, 2], [3, 4, 5]) == [(0, 1, 3), (1, 4, 3), (1, 2, 4), (2, 5, 4)]


def test_rings_start_and_end_together() -> None:
    for upper, lower in (*topology.LIP_RINGS, *topology.EYE_RIMS, *topology.EYE_CREASES):
        assert len(upper) == len(lower)
        assert len(set(upper)) == len(upper)
    assert len(set(topology.OVAL)) == 36
