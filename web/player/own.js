/**
 * The expression that the photo itself shows, as `render/puppet/own.py` weighs it and
 * `render/puppet/scene.py` places it. Imports channels and correctives.
 */

import { at, SHAPES } from "./channels.js";
import { smoothstep } from "./correctives.js";

/** @typedef {import("./bundle.js").Bundle} Bundle */
/**
 * Weights in [0, 1].
 * @typedef {object} OwnWeights
 * @property {number} look of the photo's lips and opening over what is drawn otherwise
 * @property {number} part of the way the photo's lips part beyond what shapes do
 */

/** How much of the photo's expression is commanded where its look begins and is complete. */
const NEAR = /** @type {const} */ ([0.65, 0.97]);
/** How much of shapes that contradict it makes the look fade and vanish. */
const AGAINST = /** @type {const} */ ([0.2, 0.6]);
/** Lowering the lip this much beyond the photo parts the lips as far as the photo does. */
const ROOM = 0.6;
const NONE = { look: 0, part: 0 };
const CONTRARY = /** @type {const} */ ([
  "jawOpen", "jawLeft", "jawRight", "mouthClose", "mouthFunnel", "mouthPucker",
  "mouthFrownLeft", "mouthFrownRight", "mouthLeft", "mouthRight", "mouthPressLeft",
  "mouthPressRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower",
  "seal", "tuck", "round", "tongueUp",
]); // prettier-ignore

/**
 * @param {Float32Array} values the 65 channels
 * @param {Bundle["own"]} own
 * @returns {OwnWeights}
 */
export function ownWeights(values, own) {
  if (!own) return NONE;
  let size = 0;
  let along = 0;
  SHAPES.forEach((name, s) => {
    if (!/^(mouth|jaw)/.test(name)) return;
    size += own.weights[s] ** 2;
    along += values[s] * own.weights[s];
  });
  if (size < 1e-6 || along / size <= NEAR[0]) return NONE;
  const wanted = new Float32Array(values.length);
  wanted.set(own.weights);
  const beyond = (/** @type {import("./channels.js").Channel} */ name) =>
    Math.max(at(values, name) - at(wanted, name), 0);
  const against = CONTRARY.reduce((sum, name) => sum + beyond(name), 0);
  const look = smoothstep(...NEAR, along / size) * (1 - smoothstep(...AGAINST, against));
  const lowered = (beyond("mouthLowerDownLeft") + beyond("mouthLowerDownRight")) / 2;
  return { look, part: look * Math.max(0, 1 - (beyond("jawOpen") + lowered) / ROOM) };
}

/**
 * The lips as they lie on the photo.
 * @param {Bundle} bundle
 * @returns {{uv: Float32Array, alpha: Float32Array, triangles: number[]}}
 */
export function ownLips({ own, lips, mesh }) {
  const uv = mesh.uv.slice();
  const alpha = new Float32Array(uv.length / 2);
  /** @type {number[]} */
  const triangles = [];
  if (!own) return { uv, alpha, triangles };
  const columns = lips.parted.length;
  [lips.upper, lips.lower].forEach((rings, half) => {
    rings.forEach((vertex) => (alpha[vertex] = 1));
    for (let k = 0; k < 2 * columns; k += 1)
      uv[2 * rings[k >> 1] + (k & 1)] = own.rim_uv[2 * columns * half + k];
  });
  for (let t = 0; t < mesh.face.length; t += 3) {
    const corners = mesh.face.subarray(t, t + 3);
    if (corners.some((vertex) => alpha[vertex] > 0)) triangles.push(...corners);
  }
  return { uv, alpha, triangles };
}

/**
 * Corners of the photo's opening at rest, head space: nine numbers.
 * @param {Bundle} bundle
 * @returns {number[]}
 */
export function ownCorners({ own, textures }) {
  if (!own) return [0, 0, 0, 1, 0, 0, 0, 1, 0];
  const [left, top, right, bottom] = textures.own_mouth.box;
  return [left, -top, own.depth, right, -top, own.depth, left, -bottom, own.depth];
}
