/**
 * How deep the forehead wrinkles, as `render/puppet/brows.py` weighs it. Imports channels.
 */

import { at } from "./channels.js";

/** Half the band between the two halves of the forehead, face widths. */
const MIDDLE = 0.1;
/** Weight of a shape at which its wrinkles are as deep as they get. */
const FULL = 0.85;
/** The landmark at the bridge of the nose, the middle of the forehead. */
const BRIDGE = 168;

/**
 * Weights of the raised, the grieving and the frowning map on one half of the forehead.
 * @param {Float32Array} values
 * @param {"Left" | "Right"} side
 * @returns {[number, number, number]}
 */
export function browWeights(values, side) {
  const part = (/** @type {import("./channels.js").Channel} */ name) =>
    Math.min(at(values, name) / FULL, 1);
  const [inner, outer, down] = [
    part("browInnerUp"),
    part(`browOuterUp${side}`),
    part(`browDown${side}`),
  ];
  return [outer, inner * (1 - outer), down * (1 - 0.7 * inner) * (1 - outer)];
}

/**
 * Where the halves meet: the canvas x at which the left one begins, and the width of the band.
 * @param {import("./bundle.js").Bundle} bundle
 * @returns {[number, number]}
 */
export function browBand({ mesh, head }) {
  const width = 2 * MIDDLE * head.width;
  return [mesh.uv[2 * BRIDGE] - width / 2, width];
}
