"""Fills textured triangles, compiled. Imports nothing of this package.

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
WIDE = np.uint64(0x000000FF000000FF)
ALPHA_LANE = np.uint64(0x00FF000000000000)
ONE = 65536.0
CULL_NONE, CULL_BACK = 0, 1
MIN_AREA = 1e-6


@njit(nogil=True, cache=True, inline="always")
def spread(pixel: np.uint32) -> np.uint64:
    """Spreads RGBA bytes over four 16-bit lanes: red, blue, green, alpha."""
    wide = np.uint64(pixel)
    return (wide | (wide << U24)) & LANES


@njit(nogil=True, cache=True, inline="always")
def gather(lanes: np.uint64) -> np.uint32:
    """Packs four lanes of at most 255 back into RGBA bytes."""
    return np.uint32((lanes | (lanes >> U24)) & np.uint64(0xFFFFFFFF))


@njit(nogil=True, cache=True, inline="always")
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


@njit(nogil=True, cache=True, inline="always")
def scale_colour(lanes: np.uint64, factor: np.uint64) -> np.uint64:
    """Multiplies red, green and blue by factor / 256 (below 2), clamped; keeps alpha."""
    red_green = ((lanes & WIDE) * factor >> U8) & np.uint64(0x000001FF000001FF)
    red_green |= ((red_green >> U8) & np.uint64(0x0000000100000001)) * BYTE
    blue = min(((lanes >> U16) & BYTE) * factor >> U8, BYTE)
    return (red_green & WIDE) | (blue << U16) | (lanes & ALPHA_LANE)


@njit(nogil=True, cache=True, inline="always")
def over(lanes: np.uint64, below: np.uint32) -> np.uint64:
    """Lays premultiplied lanes over a pixel."""
    rest = BYTE - (lanes >> ALPHA_SHIFT)
    mixed = lanes + (((spread(below) * rest + LANES) >> U8) & LANES)
    spill = (mixed >> U8) & LANE_BITS
    return (mixed | (spill * BYTE)) & LANES


@njit(nogil=True, cache=True, inline="always")
def span(
    x: tuple[float, float, float], y: tuple[float, float, float], row: float
) -> tuple[float, float]:
    """Returns where a triangle enters and leaves the line at height `row`."""
    left, right = 1e9, -1e9
    for e in range(3):
        f = (e + 1) % 3
        if (y[e] <= row < y[f]) or (y[f] <= row < y[e]):
            if y[e] < y[f]:
                at = x[e] + (row - y[e]) * (x[f] - x[e]) / (y[f] - y[e])
            else:
                at = x[f] + (row - y[f]) * (x[e] - x[f]) / (y[e] - y[f])
            left, right = min(left, at), max(right, at)
    return left, right


@njit(nogil=True, cache=True, inline="always")
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
        for row in range(first, last + 1):
            left, right = span(x, y, row + 0.5)
            start = max(0, int(np.ceil(left - 0.5)))
            stop = min(width - 1, int(np.ceil(right - 0.5)) - 1)
            if start > stop:
                continue
            dx, dy = start + 0.5 - x[0], row + 0.5 - y[0]
            u = int((u0 + dx * ux + dy * uy - 0.5) * ONE)
            v = int((v0 + dx * vx + dy * vy - 0.5) * ONE)
            s = int((shade[i] + dx * sx + dy * sy) * ONE)
            count = stop - start
            inside = (
                min(u, u + count * u_step) >= 0
                and max(u, u + count * u_step) <= u_limit
                and min(v, v + count * v_step) >= 0
                and max(v, v + count * v_step) <= v_limit
            )
            if inside and not lit and not soft[t]:
                for column in range(start, stop + 1):
                    out[row, column] = gather(sample(texels, stride, u, v)) | OPAQUE
                    u += u_step
                    v += v_step
                continue
            for column in range(start, stop + 1):
                lanes = sample(texels, stride, min(max(u, 0), u_limit), min(max(v, 0), v_limit))
                if lit:
                    lanes = scale_colour(lanes, np.uint64(max(s >> 8, 0)))
                if soft[t]:
                    out[row, column] = gather(over(lanes, out[row, column]))
                else:
                    out[row, column] = gather(lanes) | OPAQUE
                u += u_step
                v += v_step
                s += s_step


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
    """Blends an opaque texture over triangles that face the viewer.

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
        if first > last or area < MIN_AREA:
            continue
        inverse = 1.0 / area
        u0, v0 = uv[i, 0] * place[0] + place[2], uv[i, 1] * place[1] + place[3]
        u1, v1 = uv[j, 0] * place[0] + place[2], uv[j, 1] * place[1] + place[3]
        u2, v2 = uv[k, 0] * place[0] + place[2], uv[k, 1] * place[1] + place[3]
        ux, uy = gradient(x, y, inverse, u0, u1, u2)
        vx, vy = gradient(x, y, inverse, v0, v1, v2)
        sx, sy = gradient(x, y, inverse, shade[i], shade[j], shade[k])
        ax, ay = gradient(x, y, inverse, alpha[i], alpha[j], alpha[k])
        for row in range(first, last + 1):
            left, right = span(x, y, row + 0.5)
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
