"""Fills textured triangles, compiled.

Pixels are RGBA in one uint32, red lowest, premultiplied by alpha. Textures and pictures are
flat; a texel's centre is at +0.5. Spans follow the usual top-left rule on pixel centres, and an
edge is always walked from its upper end, so neighbours neither overlap nor gape.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

LANES = np.uint64(0x00FF00FF00FF00FF)
LANE_BITS = np.uint64(0x0001000100010001)
U8, U16, U24 = np.uint64(8), np.uint64(16), np.uint64(24)
BYTE, FULL = np.uint64(255), np.uint64(256)
OPAQUE = np.uint32(0xFF000000)
ALPHA_SHIFT = np.uint64(48)
SOLID = np.uint64(255 << 48)
WIDE = np.uint64(0x000000FF000000FF)
ALPHA_LANE = np.uint64(0x00FF000000000000)
ONE = 65536.0
CULL_NONE, CULL_BACK = 0, 1
MIN_AREA = 1e-6


@njit(nogil=True, cache=True)
def spread(pixel: np.uint32) -> np.uint64:
    """Spreads RGBA bytes over four 16-bit lanes: red, blue, green, alpha."""
    wide = np.uint64(pixel)
    return (wide | (wide << U24)) & LANES


@njit(nogil=True, cache=True)
def gather(lanes: np.uint64) -> np.uint32:
    """Packs four lanes of at most 255 back into RGBA bytes."""
    return np.uint32((lanes | (lanes >> U24)) & np.uint64(0xFFFFFFFF))


@njit(nogil=True, cache=True)
def sample(texture: NDArray[np.uint32], stride: np.uint64, u: int, v: int) -> np.uint64:
    """Samples bilinearly at 16.16 fixed-point texel coordinates; returns lanes."""
    base = np.uint64(v >> 16) * stride + np.uint64(u >> 16)
    fu, fv = np.uint64((u >> 8) & 255), np.uint64((v >> 8) & 255)
    a, b = spread(texture[base]), spread(texture[base + np.uint64(1)])
    below = base + stride
    c, d = spread(texture[below]), spread(texture[below + np.uint64(1)])
    top = (((a << U8) + (b - a) * fu) >> U8) & LANES
    bottom = (((c << U8) + (d - c) * fu) >> U8) & LANES
    return (((top << U8) + (bottom - top) * fv) >> U8) & LANES


@njit(nogil=True, cache=True)
def scale_colour(lanes: np.uint64, factor: np.uint64) -> np.uint64:
    """Multiplies red, green and blue by factor / 256 (below 2), clamped; keeps alpha."""
    red_green = ((lanes & WIDE) * factor >> U8) & np.uint64(0x000001FF000001FF)
    red_green |= ((red_green >> U8) & np.uint64(0x0000000100000001)) * BYTE
    blue = min(((lanes >> U16) & BYTE) * factor >> U8, BYTE)
    return (red_green & WIDE) | (blue << U16) | (lanes & ALPHA_LANE)


@njit(nogil=True, cache=True)
def over(lanes: np.uint64, below: np.uint32) -> np.uint64:
    """Lays premultiplied lanes over a pixel."""
    rest = BYTE - (lanes >> ALPHA_SHIFT)
    mixed = lanes + (((spread(below) * rest + LANES) >> U8) & LANES)
    spill = (mixed >> U8) & LANE_BITS
    return (mixed | (spill * BYTE)) & LANES


@njit(nogil=True, cache=True)
def edge(ax: float, ay: float, bx: float, by: float) -> tuple[float, float, float, float]:
    """Returns an edge's upper end (x, y), its lower y and its slope, from the upper end down."""
    if ay < by:
        return ax, ay, by, (bx - ax) / (by - ay)
    if by < ay:
        return bx, by, ay, (ax - bx) / (ay - by)
    return ax, ay, by, 0.0


@njit(nogil=True, cache=True)
def crossing(
    line: tuple[float, float, float, float], row: float, left: float, right: float
) -> tuple[float, float]:
    """Widens [left, right] to where an edge crosses the line at height `row`, if it does."""
    if line[1] <= row < line[2]:
        at = line[0] + (row - line[1]) * line[3]
        return min(left, at), max(right, at)
    return left, right


@njit(nogil=True, cache=True)
def span(
    first: tuple[float, float, float, float],
    second: tuple[float, float, float, float],
    third: tuple[float, float, float, float],
    row: float,
) -> tuple[float, float]:
    """Returns where a triangle of three edges enters and leaves the line at height `row`."""
    left, right = crossing(first, row, 1e9, -1e9)
    left, right = crossing(second, row, left, right)
    return crossing(third, row, left, right)


@njit(nogil=True, cache=True)
def gradient(
    x: tuple[float, float, float],
    y: tuple[float, float, float],
    inverse_area: float,
    a: float,
    b: float,
    c: float,
) -> tuple[float, float]:
    """Returns how a value given at three corners changes per pixel right and down."""
    right = ((b - a) * (y[2] - y[0]) - (c - a) * (y[1] - y[0])) * inverse_area
    down = ((c - a) * (x[1] - x[0]) - (b - a) * (x[2] - x[0])) * inverse_area
    return right, down


@njit(nogil=True, cache=True)
def fill_row(
    line: NDArray[np.uint32],
    texels: NDArray[np.uint32],
    stride: np.uint64,
    limits: tuple[int, int],
    columns: tuple[int, int],
    begin: tuple[int, int, int],
    step: tuple[int, int, int],
    lit: bool,
    soft: bool,
) -> None:
    """Fills one line of a triangle.

    Args:
        line: (w,) pixels.
        texels, stride: The texture and its width.
        limits: Largest u and v that may be sampled, 16.16 fixed point.
        columns: First and last column.
        begin: u, v and shade at the first, 16.16 fixed point.
        step: Their change per column.
        lit: Whether the shade differs from 1.
        soft: Whether the texture's alpha counts.
    """
    u, v, s = begin
    count = columns[1] - columns[0]
    end_u, end_v = u + count * step[0], v + count * step[1]
    inside = min(u, end_u) >= 0 and max(u, end_u) <= limits[0]
    inside = inside and min(v, end_v) >= 0 and max(v, end_v) <= limits[1]
    first, last = np.uint64(columns[0]), np.uint64(columns[1] + 1)
    if inside and not lit and not soft:
        for column in range(first, last):
            line[column] = gather(sample(texels, stride, u, v)) | OPAQUE
            u += step[0]
            v += step[1]
        return
    if inside and not soft:
        for column in range(first, last):
            lanes = scale_colour(sample(texels, stride, u, v), np.uint64(s >> 8))
            line[column] = gather(lanes) | OPAQUE
            u += step[0]
            v += step[1]
            s += step[2]
        return
    for column in range(first, last):
        lanes = sample(texels, stride, min(max(u, 0), limits[0]), min(max(v, 0), limits[1]))
        if lit:
            lanes = scale_colour(lanes, np.uint64(max(s >> 8, 0)))
        if not soft or lanes >= SOLID:
            line[column] = gather(lanes) | OPAQUE
        elif lanes > 0:
            line[column] = gather(over(lanes, line[column]))
        u += step[0]
        v += step[1]
        s += step[2]


@njit(nogil=True, cache=True)
def fill_triangles(
    out: NDArray[np.uint32],
    texture: NDArray[np.uint32],
    points: NDArray[np.float32],
    uv: NDArray[np.float32],
    place: NDArray[np.float32],
    triangles: NDArray[np.int32],
    order: NDArray[np.int32],
    soft: NDArray[np.uint8],
    shade: NDArray[np.float32],
    cull: int,
) -> None:
    """Fills triangles in the given order.

    Args:
        out: (h, w) picture.
        texture: (th, tw).
        points: (n, 2) screen pixels.
        uv: (n, 2) canvas pixels.
        place: Texels = canvas pixels * place[0:2] + place[2:4].
        triangles: (t, 3).
        order: Rows of `triangles`, those drawn first in front of the list.
        soft: (t,) 1 where the texture's alpha counts, 0 where it is known to be full.
        shade: (n,) brightness, 1 as photographed.
        cull: `CULL_BACK` leaves out triangles that turned away.
    """
    height, width = out.shape
    rows, stride = np.uint64(texture.shape[0]), np.uint64(texture.shape[1])
    texels = texture.reshape(texture.size)
    u_limit, v_limit = (int(stride) - 2) << 16, (int(rows) - 2) << 16
    for entry in range(order.shape[0]):
        t = order[entry]
        i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        x = (float(points[i, 0]), float(points[j, 0]), float(points[k, 0]))
        y = (float(points[i, 1]), float(points[j, 1]), float(points[k, 1]))
        first = max(0, int(np.ceil(min(y[0], y[1], y[2]) - 0.5)))
        last = min(height - 1, int(np.ceil(max(y[0], y[1], y[2]) - 0.5)) - 1)
        area = (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0])
        if first > last or abs(area) < MIN_AREA or (cull and area < 0):
            continue
        inverse = 1.0 / area
        u0, v0 = uv[i, 0] * place[0] + place[2], uv[i, 1] * place[1] + place[3]
        u1, v1 = uv[j, 0] * place[0] + place[2], uv[j, 1] * place[1] + place[3]
        u2, v2 = uv[k, 0] * place[0] + place[2], uv[k, 1] * place[1] + place[3]
        ux, uy = gradient(x, y, inverse, u0, u1, u2)
        vx, vy = gradient(x, y, inverse, v0, v1, v2)
        sx, sy = gradient(x, y, inverse, shade[i], shade[j], shade[k])
        lit = shade[i] != 1.0 or shade[j] != 1.0 or shade[k] != 1.0
        u_step, v_step, s_step = int(ux * ONE), int(vx * ONE), int(sx * ONE)
        e0 = edge(x[0], y[0], x[1], y[1])
        e1 = edge(x[1], y[1], x[2], y[2])
        e2 = edge(x[2], y[2], x[0], y[0])
        for row in range(first, last + 1):
            left, right = span(e0, e1, e2, row + 0.5)
            start = max(0, int(np.ceil(left - 0.5)))
            stop = min(width - 1, int(np.ceil(right - 0.5)) - 1)
            if start > stop:
                continue
            dx, dy = start + 0.5 - x[0], row + 0.5 - y[0]
            u = int((u0 + dx * ux + dy * uy - 0.5) * ONE)
            v = int((v0 + dx * vx + dy * vy - 0.5) * ONE)
            s = int((shade[i] + dx * sx + dy * sy) * ONE)
            fill_row(
                out[row], texels, stride, (u_limit, v_limit), (start, stop),
                (u, v, s), (u_step, v_step, s_step), lit, soft[t] != 0,
            )  # fmt: skip


@njit(nogil=True, cache=True)
def blend_triangles(
    out: NDArray[np.uint32],
    texture: NDArray[np.uint32],
    points: NDArray[np.float32],
    uv: NDArray[np.float32],
    place: NDArray[np.float32],
    triangles: NDArray[np.int32],
    shade: NDArray[np.float32],
    alpha: NDArray[np.float32],
    strength: float,
) -> None:
    """Blends an opaque texture over triangles, those too that folding turned away.

    Args:
        out, texture, points, uv, place, triangles, shade: As in `fill_triangles`.
        alpha: (n,) coverage in [0, 1].
        strength: Factor on `alpha`.
    """
    height, width = out.shape
    rows, stride = np.uint64(texture.shape[0]), np.uint64(texture.shape[1])
    texels = texture.reshape(texture.size)
    u_limit, v_limit = (int(stride) - 2) << 16, (int(rows) - 2) << 16
    for t in range(triangles.shape[0]):
        i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        x = (float(points[i, 0]), float(points[j, 0]), float(points[k, 0]))
        y = (float(points[i, 1]), float(points[j, 1]), float(points[k, 1]))
        first = max(0, int(np.ceil(min(y[0], y[1], y[2]) - 0.5)))
        last = min(height - 1, int(np.ceil(max(y[0], y[1], y[2]) - 0.5)) - 1)
        area = (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0])
        if first > last or abs(area) < MIN_AREA:
            continue
        inverse = 1.0 / area
        u0, v0 = uv[i, 0] * place[0] + place[2], uv[i, 1] * place[1] + place[3]
        u1, v1 = uv[j, 0] * place[0] + place[2], uv[j, 1] * place[1] + place[3]
        u2, v2 = uv[k, 0] * place[0] + place[2], uv[k, 1] * place[1] + place[3]
        ux, uy = gradient(x, y, inverse, u0, u1, u2)
        vx, vy = gradient(x, y, inverse, v0, v1, v2)
        sx, sy = gradient(x, y, inverse, shade[i], shade[j], shade[k])
        ax, ay = gradient(x, y, inverse, alpha[i], alpha[j], alpha[k])
        e0 = edge(x[0], y[0], x[1], y[1])
        e1 = edge(x[1], y[1], x[2], y[2])
        e2 = edge(x[2], y[2], x[0], y[0])
        for row in range(first, last + 1):
            left, right = span(e0, e1, e2, row + 0.5)
            start = max(0, int(np.ceil(left - 0.5)))
            stop = min(width - 1, int(np.ceil(right - 0.5)) - 1)
            dy = row + 0.5 - y[0]
            for column in range(start, stop + 1):
                dx = column + 0.5 - x[0]
                share = strength * min(max(alpha[i] + dx * ax + dy * ay, 0.0), 1.0)
                u = int((u0 + dx * ux + dy * uy - 0.5) * ONE)
                v = int((v0 + dx * vx + dy * vy - 0.5) * ONE)
                lanes = sample(texels, stride, min(max(u, 0), u_limit), min(max(v, 0), v_limit))
                light = shade[i] + dx * sx + dy * sy
                lanes = scale_colour(lanes, np.uint64(max(int(light * 256.0), 0)))
                below = spread(out[row, column])
                part = np.uint64(int(share * 256.0))
                lanes = ((lanes * part + below * (FULL - part)) >> U8) & LANES
                out[row, column] = gather(lanes)
