/**
 * The opening between two contours (lips, lids) as a strip of quads whose corners know their
 * signed distance to both contours; the same as `render/puppet/strip.py`. Imports nothing.
 */

const MARGIN = 1.5;
/** Numbers per corner: x, y, distance below the upper contour, above the lower one. */
export const STRIDE = 4;

/**
 * @param {Float32Array} line flat x, y
 * @param {number} x
 * @param {number} y
 */
function distanceTo(line, x, y) {
  let best = Infinity;
  for (let k = 0; k < line.length - 2; k += 2) {
    const [dx, dy] = [line[k + 2] - line[k], line[k + 3] - line[k + 1]];
    const size = dx * dx + dy * dy;
    const raw = size > 0 ? ((x - line[k]) * dx + (y - line[k + 1]) * dy) / size : 0;
    const t = Math.min(Math.max(raw, 0), 1);
    best = Math.min(best, Math.hypot(x - line[k] - t * dx, y - line[k + 1] - t * dy));
  }
  return best;
}

/**
 * @param {Float32Array} upper flat screen pixels x, y, left to right
 * @param {Float32Array} lower
 * @param {[number, number]} down the head's down on the screen, a unit vector
 * @param {Float32Array} strip result: for each column the upper and the lower corner
 * @returns {number} the widest gap, pixels
 */
export function buildStrip(upper, lower, [downX, downY], strip) {
  let widest = 0;
  for (let k = 0; k < upper.length; k += 2) {
    const [ux, uy, lx, ly] = [upper[k], upper[k + 1], lower[k], lower[k + 1]];
    const [dx, dy] = [lx - ux, ly - uy];
    const size = Math.hypot(dx, dy);
    const below = dx * downX + dy * downY > 0 ? size : -size;
    const [nx, ny] = below > 0.25 ? [dx / size, dy / size] : [downX, downY];
    widest = Math.max(widest, below);
    const sign = below > 0 ? 1 : -1;
    const toLower = sign * distanceTo(lower, ux, uy) + MARGIN;
    const toUpper = sign * distanceTo(upper, lx, ly) + MARGIN;
    strip.set([ux - nx * MARGIN, uy - ny * MARGIN, -MARGIN, toLower], k * STRIDE);
    strip.set([lx + nx * MARGIN, ly + ny * MARGIN, toUpper, -MARGIN], (k + 1) * STRIDE);
  }
  return widest;
}

/**
 * @param {number} columns
 * @returns {Uint16Array} two triangles a column
 */
export function stripTriangles(columns) {
  const triangles = [];
  for (let k = 0; k < columns - 1; k += 1) {
    const [a, b, c, d] = [2 * k, 2 * k + 2, 2 * k + 1, 2 * k + 3];
    triangles.push(a, b, c, b, d, c);
  }
  return Uint16Array.from(triangles);
}

/**
 * Screen pixels to the unit square of a picture that stands in the head.
 * @param {ArrayLike<number>} corners screen places of top left, top right, bottom left; flat x, y
 * @returns {number[]} 2 x 3, row by row
 */
export function affineFrom(corners) {
  const [x, y] = [corners[0], corners[1]];
  const [ax, ay, bx, by] = [corners[2] - x, corners[3] - y, corners[4] - x, corners[5] - y];
  const inverse = 1 / (ax * by - bx * ay);
  const [a, b, c, d] = [by * inverse, -bx * inverse, -ay * inverse, ax * inverse];
  return [a, b, -(a * x + b * y), c, d, -(c * x + d * y)];
}

/**
 * The head's down on the screen, from a picture's corners.
 * @param {ArrayLike<number>} corners
 * @returns {[number, number]}
 */
export function downward(corners) {
  const [x, y] = [corners[4] - corners[0], corners[5] - corners[1]];
  const size = Math.hypot(x, y);
  return [x / size, y / size];
}
