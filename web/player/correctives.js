/**
 * What linear shapes cannot do to lips and lids; the same as `render/puppet/correctives.py`.
 * Vertices are flat x, y, z in head space; rings are four rows of vertex numbers, inner to outer.
 * Imports nothing.
 */

/** @typedef {import("./bundle.js").Bundle} Bundle */
/** @typedef {Float32Array} Vertices */
/** @typedef {Int16Array} Indices */

const SEAL = [1.0, 0.95, 0.78, 0.45];
const TUCK = [1.0, 0.92, 0.68, 0.3];
const TUCK_BACK = [1.0, 0.7, 0.3, 0.0];
const TUCK_OVER = 0.016;
const ROUND_POWER = 2.2;
const AUTO_ROUND = 0.55;
const AUTO_FROM = 0.25;
const AUTO_TO = 0.7;
const MIN_RING = 0.35;
const MIN_SKIN = 0.6;

/**
 * How far vertex `a` lies beyond vertex `b` along an axis.
 * @param {Vertices} v
 * @param {number} a
 * @param {number} b
 * @param {Float32Array} axis
 */
export function along(v, a, b, axis) {
  return (
    (v[3 * a] - v[3 * b]) * axis[0] +
    (v[3 * a + 1] - v[3 * b + 1]) * axis[1] +
    (v[3 * a + 2] - v[3 * b + 2]) * axis[2]
  );
}

/**
 * @param {Vertices} v
 * @param {number} a
 * @param {Float32Array} axis
 * @param {number} distance
 */
function push(v, a, axis, distance) {
  for (let d = 0; d < 3; d += 1) v[3 * a + d] += axis[d] * distance;
}

/**
 * @param {number} x
 * @param {number} low
 * @param {number} high
 */
export function clamp(x, low, high) {
  return Math.min(Math.max(x, low), high);
}

/**
 * Rises smoothly from 0 at `start` to 1 at `end`.
 * @param {number} start
 * @param {number} end
 * @param {number} x
 */
export function smoothstep(start, end, x) {
  const t = clamp((x - start) / (end - start), 0, 1);
  return t * t * (3 - 2 * t);
}

/**
 * How round the mouth is: as asked, and of itself where it stands wide open.
 * @param {Vertices} v
 * @param {Bundle} bundle
 * @param {number} asked
 */
export function rounding(v, { lips, head }, asked) {
  const columns = lips.parted.length;
  const middle = columns >> 1;
  const width = along(v, lips.upper[columns - 1], lips.upper[0], head.right) + 1e-3;
  const gap = along(v, lips.upper[middle], lips.lower[middle], head.up);
  const auto = AUTO_ROUND * smoothstep(AUTO_FROM, AUTO_TO, gap / width);
  return Math.min(Math.max(asked, auto), 1);
}

/**
 * Pulls half a ring toward the superellipse through its ends and its middle.
 * @param {Vertices} v
 * @param {Indices} ring
 * @param {import("./bundle.js").Head} head
 * @param {number} amount
 */
export function roundRing(v, ring, head, amount) {
  const last = ring.length - 1;
  const first = ring[0];
  const half = along(v, ring[last], first, head.right) / 2 + 1e-3;
  const level = along(v, ring[last], first, head.up) / 2;
  const crest = along(v, ring[ring.length >> 1], first, head.up) - level;
  for (let k = 1; k < last; k += 1) {
    const x = clamp(along(v, ring[k], first, head.right) / half - 1, -1, 1);
    const y = along(v, ring[k], first, head.up) - level;
    const target = crest * (1 - Math.abs(x) ** ROUND_POWER) ** (1 / ROUND_POWER);
    push(v, ring[k], head.up, (target - y) * amount);
  }
}

/**
 * Brings the lower lip up to the edge of the upper teeth and back under it (F, V).
 * @param {Vertices} v
 * @param {Bundle} bundle
 * @param {number} amount
 */
export function tuckLower(v, { lips, head, mouth }, amount) {
  const columns = lips.parted.length;
  const [first, end] = [lips.lower[0], lips.lower[columns - 1]];
  const half = along(v, end, first, head.right) / 2 + 1e-3;
  for (let k = 0; k < columns; k += 1) {
    const inner = lips.lower[k];
    const x = along(v, inner, first, head.right) / half - 1;
    const profile = Math.max(1 - x ** 4, 0) ** 0.5 * amount;
    let toEdge = TUCK_OVER * head.width;
    for (let d = 0; d < 3; d += 1) toEdge += (mouth.upper_edge[d] - v[3 * inner + d]) * head.up[d];
    for (let ring = 0; ring < 4; ring += 1) {
      const vertex = lips.lower[ring * columns + k];
      push(v, vertex, head.up, TUCK[ring] * toEdge * profile);
      push(v, vertex, head.forward, -0.02 * head.width * TUCK_BACK[ring] * profile);
    }
  }
}

/**
 * Closes the lips column by column, whatever the jaw does (P, B, M).
 * @param {Vertices} v
 * @param {import("./bundle.js").Lips} lips
 * @param {number} amount
 */
export function sealLips(v, lips, amount) {
  const columns = lips.parted.length;
  for (let k = 0; k < columns; k += 1)
    for (let d = 0; d < 3; d += 1) {
      const gap = (v[3 * lips.upper[k] + d] - v[3 * lips.lower[k] + d]) * amount;
      for (let ring = 0; ring < 4; ring += 1) {
        v[3 * lips.upper[ring * columns + k] + d] -= 0.35 * SEAL[ring] * gap;
        v[3 * lips.lower[ring * columns + k] + d] += 0.65 * SEAL[ring] * gap;
      }
    }
}

/**
 * Keeps the upper rim from going below the lower one.
 * @param {Vertices} v
 * @param {import("./bundle.js").Lips} lips
 * @param {Float32Array} up
 */
export function partLips(v, lips, up) {
  const columns = lips.parted.length;
  for (let k = 0; k < columns; k += 1) {
    const gap = along(v, lips.upper[k], lips.lower[k], up);
    if (gap >= 0) continue;
    for (let ring = 0; ring < 4; ring += 1) {
      push(v, lips.upper[ring * columns + k], up, -0.45 * SEAL[ring] * gap);
      push(v, lips.lower[ring * columns + k], up, 0.55 * SEAL[ring] * gap);
    }
  }
}

/**
 * Keeps each ring some of its distance at rest outside the next inner one.
 * @param {Vertices} v
 * @param {Indices} rings
 * @param {Float32Array} thickness
 * @param {Float32Array} up
 * @param {number} sign
 */
export function keepThickness(v, rings, thickness, up, sign) {
  const columns = thickness.length / 3;
  for (let ring = 0; ring < 3; ring += 1)
    for (let k = 0; k < columns; k += 1) {
      const outer = rings[(ring + 1) * columns + k];
      const inner = rings[ring * columns + k];
      const lack = MIN_RING * thickness[ring * columns + k] - sign * along(v, outer, inner, up);
      if (lack > 0) push(v, outer, up, sign * lack);
    }
}

/**
 * Lets the skin around the mouth follow what the correctives did to the outer ring.
 * @param {Vertices} v
 * @param {import("./bundle.js").Lips} lips
 * @param {Float32Array} before the rim's vertices before the correctives
 */
export function followRim(v, lips, before) {
  const count = lips.rim.length;
  for (let s = 0; s < lips.skin.length; s += 1)
    for (let r = 0; r < count; r += 1) {
      const weight = lips.skin_weight[s * count + r];
      if (weight <= 1e-4) continue;
      for (let d = 0; d < 3; d += 1)
        v[3 * lips.skin[s] + d] += weight * (v[3 * lips.rim[r] + d] - before[3 * r + d]);
    }
}

/**
 * Keeps the first row of skin from being squeezed against the lips.
 * @param {Vertices} v
 * @param {import("./bundle.js").Lips} lips
 */
export function keepSkin(v, lips) {
  for (let p = 0; p < lips.near.length; p += 1) {
    const direction = lips.near_direction.subarray(3 * p, 3 * p + 3);
    const lack =
      MIN_SKIN * lips.near_distance[p] - along(v, lips.near[p], lips.near_rim[p], direction);
    if (lack > 0) push(v, lips.near[p], direction, lack);
  }
}

/**
 * Keeps the lids from crossing.
 * @param {Vertices} v
 * @param {import("./bundle.js").Eye} eye
 * @param {Float32Array} up
 */
export function partLids(v, eye, up) {
  for (let k = 0; k < eye.upper.length; k += 1) {
    const crossed = along(v, eye.lower[k], eye.upper[k], up);
    if (crossed <= 0) continue;
    push(v, eye.upper[k], up, 0.5 * crossed);
    push(v, eye.lower[k], up, -0.5 * crossed);
  }
}
