"""Shapes, contours and the fit, on numbers alone."""

import numpy as np
import pytest

from render.cloning.contours import ContourRefiner, strip
from render.cloning.face_mesh import build_face_layer
from render.cloning.fit import REST_HEIGHTS, REST_WIDTHS, fit_face, fit_similarity
from render.cloning.own_look import build_own_look
from render.face import topology
from render.face.landmarks import DetectedFace
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


def laughing(excess: float) -> DetectedFace:
    """The canonical face with a full smile and parted lips, wider than its score says."""
    shapes = load_shapes()
    smile = [ARKIT_SHAPES.index(f"mouthSmile{side}") for side in ("Left", "Right")]
    part = [ARKIT_SHAPES.index("jawOpen")]
    moved = shapes.vertices + (1.1 + excess) * shapes.deltas[smile].sum(0)
    moved = moved + 0.25 * shapes.deltas[part].sum(0)
    points = np.zeros((478, 3), np.float32)
    points[:468] = (moved * [20, -20, -20] + [300, 300, 0]).astype(np.float32)
    scores = dict.fromkeys(ARKIT_SHAPES, 0.0) | {"mouthSmileLeft": 1.0, "mouthSmileRight": 1.0}
    return DetectedFace(points=points, scores=scores, pose=np.eye(4))


@pytest.mark.parametrize("excess", [0.0, 0.3])
def test_a_mouth_that_laughed_rests_like_other_mouths(excess: float) -> None:
    fit = fit_face(laughing(excess), load_shapes())
    left, right = fit.neutral[list(topology.MOUTH_CORNERS)]
    middle = fit.neutral[[topology.UPPER_LIP, topology.LOWER_LIP]].mean(0)
    wide = np.linalg.norm(right - left) / fit.width
    high = ((left + right) / 2 - middle) @ fit.up / fit.width
    assert REST_WIDTHS[0] - 0.01 < wide < REST_WIDTHS[1] + 0.01
    assert REST_HEIGHTS[0] - 0.02 < high < REST_HEIGHTS[1] + 0.02
    gap = fit.neutral[list(topology.INNER_UPPER)] - fit.neutral[list(topology.INNER_LOWER)]
    assert np.abs(gap).max() < 1e-6


def test_a_laugh_comes_back_from_its_parts() -> None:
    face = laughing(0.2)
    fit, layer = fit_face(face, load_shapes()), build_face_layer(load_shapes())
    rgb = np.full((600, 600, 3), 120, np.uint8)
    own, textures = build_own_look(rgb, fit, layer, face.scores)
    assert own is not None
    assert set(textures) == {"own_lips", "own_mouth"}
    again = fit.neutral + np.tensordot(own.weights, fit.deltas, 1) + own.delta * own.delta_scale
    np.testing.assert_allclose(again, fit.photo, atol=own.delta_scale)


def test_a_calm_face_keeps_no_expression() -> None:
    face, shapes = laughing(0.0), load_shapes()
    points = face.points.copy()
    points[:468] = fit_face(face, shapes).neutral * [1, -1, -1]
    calm = DetectedFace(points, dict.fromkeys(ARKIT_SHAPES, 0.0), face.pose)
    rgb = np.zeros((600, 600, 3), np.uint8)
    kept = build_own_look(rgb, fit_face(calm, shapes), build_face_layer(shapes), calm.scores)
    assert kept == (None, {})
