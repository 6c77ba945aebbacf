"""The opening between two contours (lips, lids) as a strip of quads, compiled.

Each corner carries its signed distance to both contours, so that a pixel knows how much of it the
opening covers and how deep inside it lies, without any mask or blur.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

MARGIN = 1.5
"""Pixels by which the strip reaches beyond the contours, for its soft edge."""
COLUMNS = 5
"""Per corner: x, y, distance below the upper contour, above the lower one, position across."""


@njit(nogil=True, cache=True)
def distance_to(line: NDArray[np.float32], x: float, y: float) -> float:
    """Returns the distance from a point to a polyline (m, 2), pixels."""
    best = 1e18
    for k in range(line.shape[0] - 1):
        ax, ay = line[k, 0], line[k, 1]
        dx, dy = line[k + 1, 0] - ax, line[k + 1, 1] - ay
        size = dx * dx + dy * dy
        t = 0.0
        if size > 0:
            t = min(max(((x - ax) * dx + (y - ay) * dy) / size, 0.0), 1.0)
        ex, ey = x - ax - t * dx, y - ay - t * dy
        best = min(best, ex * ex + ey * ey)
    return float(np.sqrt(best))


@njit(nogil=True, cache=True)
def build_strip(
    upper: NDArray[np.float32],
    lower: NDArray[np.float32],
    down_x: float,
    down_y: float,
    strip: NDArray[np.float32],
) -> float:
    """Writes (m, 2, 5) corners of the strip between two contours.

    Args:
        upper, lower: (m, 2) screen pixels, left to right.
        down_x, down_y: Unit vector of the head's down on the screen.
        strip: For each column the upper and the lower corner, as `COLUMNS` says.

    Returns:
        The widest gap, pixels.
    """
    count, widest = upper.shape[0], 0.0
    for k in range(count):
        dx, dy = lower[k, 0] - upper[k, 0], lower[k, 1] - upper[k, 1]
        size = np.sqrt(dx * dx + dy * dy)
        below = size if dx * down_x + dy * down_y > 0 else -size
        if below > 0.25:
            nx, ny = dx / size, dy / size
        else:
            nx, ny = down_x, down_y
        widest = max(widest, below)
        to_lower = distance_to(lower, upper[k, 0], upper[k, 1])
        to_upper = distance_to(upper, lower[k, 0], lower[k, 1])
        across = 2.0 * k / (count - 1) - 1.0
        strip[k, 0, 0] = upper[k, 0] - nx * MARGIN
        strip[k, 0, 1] = upper[k, 1] - ny * MARGIN
        strip[k, 0, 2] = -MARGIN
        strip[k, 0, 3] = (to_lower if below > 0 else -to_lower) + MARGIN
        strip[k, 1, 0] = lower[k, 0] + nx * MARGIN
        strip[k, 1, 1] = lower[k, 1] + ny * MARGIN
        strip[k, 1, 2] = (to_upper if below > 0 else -to_upper) + MARGIN
        strip[k, 1, 3] = -MARGIN
        strip[k, 0, 4] = across
        strip[k, 1, 4] = across
    return widest


@njit(nogil=True, cache=True)
def rasterise_strip(
    strip: NDArray[np.float32], left: int, top: int, field: NDArray[np.float32]
) -> None:
    """Fills (h, w, 4) with coverage, both distances and the position across.

    Args:
        strip: (m, 2, 5) corners.
        left, top: Screen position of the field's first pixel.
        field: Cleared to 0 by the caller.
    """
    height, width = field.shape[0], field.shape[1]
    for k in range(strip.shape[0] - 1):
        for half in range(2):
            if half == 0:
                a, b, c = strip[k, 0], strip[k + 1, 0], strip[k, 1]
            else:
                a, b, c = strip[k + 1, 0], strip[k + 1, 1], strip[k, 1]
            area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
            if area < 1e-6:
                continue
            first = max(0, int(np.floor(min(a[1], b[1], c[1]))) - top)
            last = min(height - 1, int(np.ceil(max(a[1], b[1], c[1]))) - top)
            start = max(0, int(np.floor(min(a[0], b[0], c[0]))) - left)
            stop = min(width - 1, int(np.ceil(max(a[0], b[0], c[0]))) - left)
            for row in range(first, last + 1):
                y = row + top + 0.5 - a[1]
                for column in range(start, stop + 1):
                    x = column + left + 0.5 - a[0]
                    wb = (x * (c[1] - a[1]) - (c[0] - a[0]) * y) / area
                    wc = ((b[0] - a[0]) * y - x * (b[1] - a[1])) / area
                    wa = 1.0 - wb - wc
                    if wa < -1e-6 or wb < -1e-6 or wc < -1e-6:
                        continue
                    below = wa * a[2] + wb * b[2] + wc * c[2]
                    above = wa * a[3] + wb * b[3] + wc * c[3]
                    cover = min(max(min(below, 0.5) + min(above, 0.5), 0.0), 1.0)
                    if cover >= field[row, column, 0]:
                        field[row, column, 0] = cover
                        field[row, column, 1] = below
                        field[row, column, 2] = above
                        field[row, column, 3] = wa * a[4] + wb * b[4] + wc * c[4]


@njit(nogil=True, cache=True)
def blurred_step(distance: float, radius: float) -> float:
    """Returns how much of a soft disc of that radius lies beyond an edge that far away."""
    t = min(max(distance / radius, -1.0), 1.0)
    return 0.5 + 0.75 * t - 0.25 * t * t * t


@njit(nogil=True, cache=True)
def cover_strip(
    strip: NDArray[np.float32], width: int, height: int
) -> tuple[int, int, NDArray[np.float32]]:
    """Rasterises the part of a strip that lies inside a picture.

    Args:
        strip: (m, 2, 5) corners from `build_strip`.
        width, height: Of the picture, pixels.

    Returns:
        Left and top of the covered box, and what `rasterise_strip` writes for it; the box has no
        pixels where the strip lies outside.
    """
    left = max(0, int(np.floor(strip[:, :, 0].min())))
    top = max(0, int(np.floor(strip[:, :, 1].min())))
    right = min(width, int(np.ceil(strip[:, :, 0].max())) + 1)
    bottom = min(height, int(np.ceil(strip[:, :, 1].max())) + 1)
    field = np.zeros((max(0, bottom - top), max(0, right - left), 4), np.float32)
    if field.size:
        rasterise_strip(strip, left, top, field)
    return left, top, field
