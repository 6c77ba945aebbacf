"""The compiled parts on shapes small enough to check by hand."""

import numpy as np
from numpy.typing import NDArray

from render.puppet.edges import shared_edges
from render.puppet.order import depth_order, mark_away
from render.puppet.pose import make_pose, turn
from render.puppet.raster import CULL_BACK, CULL_NONE, fill_triangles
from render.puppet.strip import build_strip, rasterise_strip
from render.types import Motion

SQUARE = np.array([[0, 0], [8, 0], [8, 8], [0, 8]], np.float32)
TWO = np.array([[0, 1, 2], [0, 2, 3]], np.int32)


def texture() -> NDArray[np.uint32]:
    """10 x 10 opaque texels, each its own colour."""
    rows, columns = np.mgrid[:10, :10]
    rgba = np.dstack([columns * 20, rows * 20, columns * 0 + 7, columns * 0 + 255])
    return np.ascontiguousarray(rgba.astype(np.uint8)).view(np.uint32)[..., 0]


def fill(
    points: NDArray[np.float32], shade: float = 1.0, cull: int = CULL_NONE
) -> NDArray[np.uint8]:
    out = np.zeros((12, 12), np.uint32)
    place = np.array([1, 1, 0, 0], np.float32)
    fill_triangles(
        out, texture(), points, SQUARE, place, TWO, np.arange(2, dtype=np.int32),
        np.zeros(2, np.uint8), np.full(4, shade, np.float32), cull,
    )  # fmt: skip
    return out.view(np.uint8).reshape(12, 12, 4)


def test_a_square_at_its_own_size_copies_its_texture() -> None:
    out = fill(SQUARE)
    np.testing.assert_array_equal(out[:8, :8], texture().view(np.uint8).reshape(10, 10, 4)[:8, :8])
    assert not out[8:].any()
    assert not out[:, 8:].any()


def test_the_pixels_of_a_split_square_are_filled_once_and_without_gaps() -> None:
    moved = SQUARE + np.array([1.3, 2.6], np.float32)
    assert int((fill(moved)[..., 3] == 255).sum()) == 64


def test_shade_multiplies_and_clamps() -> None:
    assert fill(SQUARE, 0.5)[7, 7].tolist() == [70, 70, 3, 255]
    assert fill(SQUARE, 1.9)[7, 7].tolist() == [255, 255, 13, 255]


def test_turned_away_triangles_are_left_out() -> None:
    mirrored = (SQUARE * [-1, 1] + [8, 0]).astype(np.float32)
    assert not fill(mirrored, cull=CULL_BACK).any()
    assert fill(mirrored, cull=CULL_NONE).any()
    away = np.zeros(2, np.uint8)
    mark_away(mirrored, TWO, away)
    assert away.tolist() == [1, 1]


def test_half_covered_texels_mix_with_what_is_behind() -> None:
    half = np.full((10, 10), 0x80404040, np.uint32)
    out = np.full((12, 12), 0xFF0000C8, np.uint32)
    place = np.array([1, 1, 0, 0], np.float32)
    fill_triangles(
        out, half, SQUARE, SQUARE, place, TWO, np.arange(2, dtype=np.int32),
        np.ones(2, np.uint8), np.ones(4, np.float32), CULL_NONE,
    )  # fmt: skip
    red, green, blue, alpha = out.view(np.uint8).reshape(12, 12, 4)[4, 4]
    assert abs(int(red) - (64 + 100)) <= 2
    assert green == blue == 64
    assert alpha == 255


def test_depth_order_puts_the_farthest_first() -> None:
    depth = np.zeros((9, 3), np.float32)
    depth[:3, 2], depth[3:6, 2], depth[6:, 2] = 5, -2, 1
    order = np.zeros(3, np.int32)
    depth_order(depth, np.arange(9, dtype=np.int32).reshape(3, 3), order)
    assert order.tolist() == [1, 2, 0]


def test_edges_are_found_once() -> None:
    assert [sorted(edge[2:]) for edge in shared_edges(TWO, 2).tolist()] == [[0, 1]]
    assert shared_edges(TWO, 2)[:, :2].tolist() == [[0, 2]]
    assert shared_edges(TWO, 0).tolist() == []


def test_a_slit_covers_each_pixel_by_what_lies_inside() -> None:
    across = np.linspace(2, 18, 9)
    upper = np.stack([across, np.full(9, 5.25)], 1).astype(np.float32)
    lower = np.stack([across, np.full(9, 7.0)], 1).astype(np.float32)
    strip = np.zeros((9, 2, 5), np.float32)
    assert build_strip(upper, lower, 0.0, 1.0, strip) == np.float32(1.75)
    field = np.zeros((12, 20, 4), np.float32)
    rasterise_strip(strip, 0, 0, field)
    np.testing.assert_allclose(field[3:9, 10, 0], [0, 0, 0.75, 1, 0, 0], atol=1e-4)
    np.testing.assert_allclose(field[6, 10, 1:3], [1.25, 0.5], atol=1e-4)


def test_crossed_contours_cover_nothing() -> None:
    across = np.linspace(2, 18, 9)
    upper = np.stack([across, np.full(9, 7.0)], 1).astype(np.float32)
    lower = np.stack([across, np.full(9, 5.0)], 1).astype(np.float32)
    strip = np.zeros((9, 2, 5), np.float32)
    assert build_strip(upper, lower, 0.0, 1.0, strip) <= 0
    field = np.zeros((12, 20, 4), np.float32)
    rasterise_strip(strip, 0, 0, field)
    assert field[..., 0].max() == 0


def test_no_pose_moves_nothing_and_weights_hold_the_body() -> None:
    vertices = np.array([[10, 20, 30], [40, -50, 5]], np.float32)
    turned = np.zeros_like(vertices)
    weights, still = np.array([1, 0], np.float32), np.zeros(2, np.float32)
    pivot = np.array([0, -100, -50], np.float32)
    turn(make_pose(Motion.of().values, pivot, 60.0, 100.0), vertices, weights, still, turned)
    np.testing.assert_allclose(turned[:, :2], vertices[:, :2], atol=1e-4)
    pose = make_pose(Motion.of(yaw=10).values, pivot, 60.0, 100.0)
    turn(pose, vertices, weights, still, turned)
    assert turned[0, 0] > vertices[0, 0] + 5
    np.testing.assert_allclose(turned[1, :2], vertices[1, :2], atol=1e-4)
