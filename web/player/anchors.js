/**
 * Where the pictures that stand in the head are: tongue, cavity, teeth, the photo's own opening and
 * the eyes. Imports channels, deform and own.
 */

import { at } from "./channels.js";
import { project, turn } from "./deform.js";
import { ownCorners } from "./own.js";

/** @typedef {import("./bundle.js").Bundle} Bundle */

/** The pictures in the order of their places. */
export const TONGUE = 0;
export const CAVITY = 1;
export const TEETH = 2;
export const OWN = 3;
export const EYES = 4;

const FACE_BREATH = 0.35;
const LOWER_LIP = 14;

/**
 * Corners of tongue, cavity, teeth, own opening and both eyes at rest, head space: nine numbers each.
 * @param {Bundle} bundle
 */
export function anchorsOf(bundle) {
  const { head, mouth, eyes, textures } = bundle;
  const sprites = [mouth.tongue, mouth.cavity, mouth.upper_teeth].map((sprite) => {
    const across = head.right.map((part) => (part * sprite.width) / 2);
    const upward = head.up.map((part) => (part * sprite.height) / 2);
    return [
      [-1, 1],
      [1, 1],
      [-1, -1],
    ].flatMap(([x, y]) => [...sprite.centre].map((c, d) => c + x * across[d] + y * upward[d]));
  });
  const balls = eyes.map((eye) => {
    const [left, top, right, bottom] = textures[`eye_${eye.side}_photo`].box;
    return [
      [left, top],
      [right, top],
      [left, bottom],
    ].flatMap(([x, y]) => [
      eye.centre[0] + x - eye.centre_uv[0],
      eye.centre[1] - (y - eye.centre_uv[1]),
      eye.centre[2],
    ]);
  });
  return Float32Array.from([...sprites, ownCorners(bundle), ...balls].flat());
}

/**
 * Screen corners of what stands in the head: six numbers each.
 * @param {Bundle} bundle
 * @param {Float32Array} anchors from `anchorsOf`
 * @param {import("./deform.js").Deformer} deformer of this frame
 * @param {Float32Array} values
 * @param {import("./deform.js").Pose} pose
 * @param {import("./deform.js").View} view
 */
export function placeAnchors(bundle, anchors, deformer, values, pose, view) {
  const { mouth, mesh } = bundle;
  const points = anchors.slice();
  const lift = 1 - 0.75 * at(values, "tongueUp");
  for (let d = 0; d < 3; d += 1) {
    let way = 0;
    for (let s = 0; s < mouth.tongue_motion.length / 3; s += 1)
      way += values[s] * mouth.tongue_motion[3 * s + d];
    const lip = deformer.vertices[3 * LOWER_LIP + d] - mesh.rest[3 * LOWER_LIP + d];
    for (let corner = 0; corner < 3; corner += 1) {
      points[9 * TONGUE + 3 * corner + d] += way * lift * 0.96;
      points[9 * CAVITY + 3 * corner + d] += lip;
    }
  }
  const count = points.length / 3;
  const turned = new Float32Array(points.length);
  const screen = new Float32Array(2 * count);
  const [whole, breath] = [1, FACE_BREATH].map((weight) => new Float32Array(count).fill(weight));
  turn(bundle, pose, points, whole, breath, turned);
  project(view, turned, screen);
  return (/** @type {number} */ index) => screen.subarray(6 * index, 6 * index + 6);
}
